"""The child behind a line: by its numbers, else the only one of the name in that class."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from rules.model.school import Student
from rules.reconciling.lines import Line
from storage.lookups import id_hash, register_hash
from storage.tables.school import classes, students
from storage.work import Reading


async def students_of(read: Reading, lines: Sequence[Line]) -> list[int | None]:
    """For each line the child's id, or None where the record does not know it (yet)."""
    return [await student_of(read, line) for line in lines]


async def student_of(read: Reading, line: Line) -> int | None:
    """One of them."""
    found = await _by_number(read, line)
    return found if found is not None else await _by_name(read, line)


async def _by_number(read: Reading, line: Line) -> int | None:
    vault = read.vault
    asked = []
    if line.register_number:
        asked.append(students.c.register_hash == register_hash(vault, line.register_number))
    if line.id_number:
        asked.append(students.c.id_hash == id_hash(vault, line.id_number))
    for condition in asked:
        found = await read.scalar(select(students.c.id).where(condition).order_by(students.c.id))
        if found is not None:
            return int(found)
    return None


async def _by_name(read: Reading, line: Line) -> int | None:
    query = (
        select(students)
        .join(classes, classes.c.id == students.c.class_id)
        .where(
            students.c.school_id == line.school,
            students.c.name == line.name,
            classes.c.grade == line.grade,
            classes.c.number == line.number,
        )
    )
    found = await read.all(query, Student)
    return found[0].id if len(found) == 1 else None
