"""Who answers for a class or a child from today on."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from rules.model.school import SchoolClass, Student
from storage.facts.overdue import names_of
from storage.naming import child_name
from storage.tables.school import classes, students
from storage.views import OutboxRow, Unwanted, view
from storage.work import Reading


@dataclass(frozen=True)
class StaffingChangedView:
    """A change as the old or the new holder hears it; `child` is empty for the whole class."""

    what: str
    grade: int
    number: int
    child: str
    is_new: bool
    old: str
    new: str
    tasks: int


@view("staffing_changed")
async def staffing_changed(read: Reading, row: OutboxRow) -> StaffingChangedView | Unwanted:
    """Names are read when it is sent; what changed hands came along."""
    query = select(classes).where(classes.c.id == row.item)
    school_class = await read.one(query, SchoolClass)
    if school_class is None:
        return Unwanted("gone")
    more = row.more
    student = select(students).where(students.c.id == int(more["student"]))
    child = await read.one(student, Student)
    old, new = int(more["old"]), int(more["new"])
    names = await names_of(read, [old, new])
    return StaffingChangedView(
        what=str(more["what"]),
        grade=school_class.grade,
        number=school_class.number,
        child=child_name(read, child) if child else "",
        is_new=row.to == new,
        old=names.get(old, ""),
        new=names.get(new, ""),
        tasks=int(more["tasks"]),
    )
