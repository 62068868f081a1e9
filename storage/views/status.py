"""Those who were told of a status hear that it went back; and who stands in for whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sqlalchemy import Table, select

from rules.model.case import Case
from rules.model.people import Deputy
from rules.model.school import SchoolClass, Student, Unit
from storage.facts.overdue import names_of
from storage.naming import child_name
from storage.tables.cases import cases
from storage.tables.people import deputies
from storage.tables.school import classes, students, units
from storage.views import OutboxRow, Unwanted, view
from storage.work import Reading

T = TypeVar("T")


@dataclass(frozen=True)
class StatusChangedView:
    """The child, what it is now, and why."""

    child: str
    grade: int
    number: int
    school: str
    status: str
    why: str
    case_id: int


@view("status_changed")
async def status_changed(read: Reading, row: OutboxRow) -> StatusChangedView | Unwanted:
    """Read again: a status that has been set once more is not called taken back."""
    case = await read.one(select(cases).where(cases.c.id == row.item), Case)
    child = await _one(read, students, case.student_id if case else 0, Student)
    if case is None or child is None or child.status.value in ("suspected", "dropout"):
        return Unwanted("changed_again")
    school_class = await _one(read, classes, child.class_id, SchoolClass)
    school = await _one(read, units, child.school_id, Unit)
    if school_class is None or school is None:
        raise LookupError(f"class {child.class_id}")
    return StatusChangedView(
        child=child_name(read, child),
        grade=school_class.grade,
        number=school_class.number,
        school=school.name,
        status=child.status.value,
        why=str(row.more.get("why", "returned")),
        case_id=case.id,
    )


async def _one(read: Reading, table: Table, id: int, record: type[T]) -> T | None:
    return await read.one(select(table).where(table.c.id == id), record)


@dataclass(frozen=True)
class DeputyView:
    """Who stands in for whom, on which days."""

    person: str
    deputy: str
    from_on: date
    to_on: date
    is_ended: bool
    is_deputy: bool


@view("deputy_named")
async def deputy_named(read: Reading, row: OutboxRow) -> DeputyView | Unwanted:
    """As the line stands now."""
    line = await read.one(select(deputies).where(deputies.c.id == row.item), Deputy)
    if line is None:
        return Unwanted("gone")
    names = await names_of(read, [line.person_id, line.deputy_id])
    return DeputyView(
        names.get(line.person_id, ""),
        names.get(line.deputy_id, ""),
        line.from_on,
        line.to_on,
        is_ended=line.ended_at is not None,
        is_deputy=row.to == line.deputy_id,
    )
