"""Where our record and the national register may differ: corrections that nobody has made yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, select

from rules.model.case import Task, TaskState
from rules.model.school import SchoolClass, Student
from storage.tables.cases import tasks
from storage.tables.school import classes, students
from storage.work import Reading

CORRECTION = "register_correction"
_WAITS = and_(tasks.c.kind == CORRECTION, tasks.c.state == TaskState.OPEN.value)


@dataclass(frozen=True)
class Differing:
    """One child of whom the registers may say different things."""

    task: Task
    child: Student
    grade: int
    number: int


async def differing_schools(read: Reading) -> list[int]:
    """The schools with corrections that wait."""
    query = (
        select(tasks.c.school_id)
        .where(_WAITS)
        .where(tasks.c.school_id.is_not(None))
        .distinct()
        .order_by(tasks.c.school_id)
    )
    return [int(one) for one in await read.scalars(query)]


async def differing_at(read: Reading, school_id: int) -> list[Differing]:
    """The children of one school, class by class."""
    query = select(tasks).where(_WAITS, tasks.c.school_id == school_id)
    waiting = await read.all(query.order_by(tasks.c.id), Task)
    ids = {one.student_id for one in waiting}
    found = await read.all(select(students).where(students.c.id.in_(ids)), Student)
    children = {one.id: one for one in found}
    places = select(classes).where(classes.c.id.in_({one.class_id for one in found}))
    rooms = {one.id: one for one in await read.all(places, SchoolClass)}
    lines = [
        _line(one, children[one.student_id], rooms)
        for one in waiting
        if one.student_id in children
    ]
    return sorted(lines, key=lambda one: (one.grade, one.number, one.task.id))


def _line(task: Task, child: Student, rooms: dict[int, SchoolClass]) -> Differing:
    room = rooms[child.class_id]
    return Differing(task, child, room.grade, room.number)


def is_last_school_day_of_week(next_school_day: date | None, on: date) -> bool:
    """Whether the next school day, if there is one, lies in another week."""
    return next_school_day is None or next_school_day.isocalendar()[:2] != on.isocalendar()[:2]
