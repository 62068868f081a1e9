"""Whom a case is about, and how it stands."""

from __future__ import annotations

from sqlalchemy import select

from rules.masking import masked_id, masked_phone
from rules.model.case import Case
from rules.model.dossier import CaseSheet, ChildSheet, Kin
from rules.model.school import SchoolClass, Student, Unit
from storage.casefile.sight import Sight
from storage.facts.child import guardians_of
from storage.facts.overdue import names_of
from storage.naming import child_name
from storage.tables.school import classes, students, units
from storage.work import Reading


async def student_of_case(read: Reading, case: Case) -> Student:
    """The child of a case; LookupError is a broken record."""
    found = await read.one(select(students).where(students.c.id == case.student_id), Student)
    if found is None:
        raise LookupError(f"child {case.student_id}")
    return found


async def child_sheet(read: Reading, child: Student, sight: Sight) -> ChildSheet:
    """Name (in full for the office), place, family; numbers masked, no address, no health."""
    school = await read.one(select(units).where(units.c.id == child.school_id), Unit)
    taught = await read.one(select(classes).where(classes.c.id == child.class_id), SchoolClass)
    if school is None or taught is None:
        raise LookupError(f"class {child.class_id}")
    township = await read.scalar(select(units.c.name).where(units.c.id == school.township_id))
    return ChildSheet(
        name=child.name if sight.protected else child_name(read, child),
        sex=child.sex,
        birth_on=child.birth_on,
        id_number=masked_id(child.id_number) if child.id_number else None,
        register_number=masked_id(child.register_number) if child.register_number else None,
        school=school.name,
        township=township,
        grade=taught.grade,
        number=taught.number,
        boards=child.boards,
        status=child.status.value,
        confirmation=child.confirmation.value,
        kin=await _kin(read, child),
    )


async def _kin(read: Reading, child: Student) -> tuple[Kin, ...]:
    return tuple(
        Kin(
            name=one.person.name,
            relation=one.link.relation.value,
            is_carer=one.link.is_carer,
            phone=masked_phone(one.person.phone) if one.person.phone else None,
            is_bound=one.is_bound,
        )
        for one in await guardians_of(read, child.id)
    )


async def case_sheet(read: Reading, case: Case) -> CaseSheet:
    """How the case stands."""
    names = await names_of(read, [case.responsible_id, case.ended_by])
    return CaseSheet(
        id=case.id,
        stage=case.stage.value,
        state=case.state.value,
        opened_at=case.opened_at,
        first_absent_on=case.first_absent_on,
        counted=case.counted,
        untaken=case.untaken,
        round=case.round,
        responsible=names.get(case.responsible_id or 0),
        marks=case.marks,
        watch_until=case.watch_until,
        ended_as=case.ended_as.value if case.ended_as else None,
        ended_at=case.ended_at,
        ended_by=names.get(case.ended_by or 0),
    )
