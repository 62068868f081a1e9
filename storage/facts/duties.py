"""Who answers for a child or a class on a day, by name of the duty.

The same lines, posts and deputies as the chain, read by the same queries (storage/facts/found.py).
"""

from __future__ import annotations

from datetime import date

from rules.child.facts import Duties
from rules.model.people import PairingLevel, Role
from rules.model.school import SchoolKind, Student
from storage.by_key import CLASS, UNIT
from storage.facts.found import found_at
from storage.facts.rungs import Found, Place, first_of
from storage.work import Reading


async def duties_of(read: Reading, student: Student, on: date) -> Duties:
    """Who answers for this child on this day."""
    return await _duties(read, student.school_id, student.class_id, student.id, on)


async def duties_of_class(read: Reading, class_id: int, on: date) -> Duties:
    """Who answers for a class as a whole; all None where there is no such class."""
    found = await read.get(CLASS, class_id)
    return await _duties(read, found.school_id, class_id, None, on) if found else Duties()


async def duties_of_school(read: Reading, school_id: int, on: date) -> Duties:
    """Who answers for a school as a whole; all None where there is no such school."""
    return await _duties(read, school_id, 0, None, on)


async def _duties(
    read: Reading, school_id: int, class_id: int, student_id: int | None, on: date
) -> Duties:
    school = await read.get(UNIT, school_id)
    if school is None:
        return Duties()
    place = Place(
        student_id,
        class_id,
        school_id,
        school.township_id,
        school.parent_id,
        school.school_kind is SchoolKind.VILLAGE_PRIMARY,
    )
    return _duties_at(place, await found_at(read, [place], on))


def _duties_at(place: Place, found: Found) -> Duties:
    head = _holder(found, Role.HEAD, place)
    named = {
        "class_teacher_id": found.class_teacher(place),
        "paired_teacher_id": found.responsible_teacher(place),
        "leader_id": found.paired(place, PairingLevel.LEADER),
        "head_id": head,
        "section_id": found.paired(place, PairingLevel.SECTION),
        "bureau_leader_id": found.paired(place, PairingLevel.BUREAU_LEADER),
    }
    rungs = [found.persons[one] for one in set(named.values()) if one is not None]
    return Duties(
        **named,
        register_clerk_id=_holder(found, Role.REGISTER_CLERK, place) or head,
        deputies={
            one.person_id: one.deputy_id for one in rungs if one.person_id and one.deputy_id
        },
        unreachable=frozenset(
            one.person_id for one in rungs if one.person_id and not one.is_reachable
        ),
    )


def _holder(found: Found, role: Role, place: Place) -> int | None:
    """Who holds a post in the school, or else in its central school (rules.md 6)."""
    units_asked = (one for one in (place.school_id, place.parent_id) if one)
    return first_of(one for unit in units_asked for one in found.holders(role, unit))
