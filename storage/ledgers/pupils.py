"""Children with their place as it was on a day, as ledgers print them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Column, ColumnElement, select, true

from rules.model.school import SchoolClass, Student, Unit
from rules.naming import shown_name
from storage.ledgers.scope import Scope
from storage.tables.school import classes, past_places, students, units
from storage.work import Reading

#: As many children are asked for with one statement.
CHUNK = 500
COLUMNS = ("school", "grade", "class", "name", "sex", "birth_on", "id_number", "register_number")


@dataclass(frozen=True)
class Pupil:
    """One child, and where it was on that day."""

    student: Student
    name: str  # as the county wants its staff to read it
    school: str
    school_id: int
    class_id: int
    grade: int
    number: int

    @property
    def order(self) -> tuple[str, int, int, str, int]:
        """School, class, name: the order of every ledger."""
        return self.school, self.grade, self.number, self.name, self.student.id

    @property
    def cells(self) -> tuple[object, ...]:
        """The columns that every ledger of children begins with."""
        one = self.student
        known: tuple[date | str | None, ...] = (one.birth_on, one.id_number, one.register_number)
        return self.school, self.grade, self.number, self.name, one.sex, *known


def belonging(child: Column[int], scope: Scope) -> ColumnElement[bool]:
    """Whether a child is or was at one of the schools asked for: `pupils_of` says which day."""
    if scope.schools is None:
        return true()
    here = select(students.c.id).where(students.c.school_id.in_(scope.schools))
    before = select(past_places.c.student_id).where(past_places.c.school_id.in_(scope.schools))
    return child.in_(here.union(before))


async def pupils_of(read: Reading, ids: Collection[int], scope: Scope) -> dict[int, Pupil]:
    """These children, as far as they belonged to the scope on its day."""
    rooms = {one.id: one for one in await read.all(select(classes), SchoolClass)}
    schools = {one.id: one for one in await read.all(select(units), Unit)}
    found: dict[int, Pupil] = {}
    ordered = sorted(ids)
    for first in range(0, len(ordered), CHUNK):
        some = ordered[first : first + CHUNK]
        before = await _places_then(read, some, scope)
        query = select(students).where(students.c.id.in_(some))
        for student in await read.all(query, Student):
            school_id, class_id = before.get(student.id, (student.school_id, student.class_id))
            if scope.covers(school_id):
                room = rooms[class_id]
                found[student.id] = Pupil(
                    student,
                    shown_name(student, scope.names),
                    schools[school_id].name,
                    school_id,
                    class_id,
                    room.grade,
                    room.number,
                )
    return found


async def _places_then(
    read: Reading, ids: Collection[int], scope: Scope
) -> dict[int, tuple[int, int]]:
    """School and class of those who have moved since: the place that they left first."""
    query = (
        select(past_places.c.student_id, past_places.c.school_id, past_places.c.class_id)
        .where(past_places.c.student_id.in_(ids), past_places.c.until >= scope.upto)
        .order_by(past_places.c.until.desc(), past_places.c.id.desc())
    )
    return {row[0]: (row[1], row[2]) for row in (await read.execute(query)).rows}
