"""Children with their place as it was on a day, as ledgers print them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Column, ColumnElement, or_, select, true

from rules.model.school import SchoolClass, Student, Unit
from rules.naming import shown_name
from storage.chunks import chunks
from storage.ledgers.scope import Scope
from storage.past import as_it_was, past_of
from storage.tables.school import classes, past_places, students, units
from storage.work import Reading

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
    placed: list[tuple[Student, int, int]] = []
    for some in chunks(ids):
        before = await _places_then(read, some, scope)
        for one in await _children_then(read, some, scope):
            school_id, class_id = before.get(one.id, (one.school_id, one.class_id))
            if scope.covers(school_id):
                placed.append((one, school_id, class_id))
    schools = await _schools(read, {school_id for _, school_id, _ in placed})
    rooms = await _rooms(read, {class_id for *_, class_id in placed})
    return {
        one.id: Pupil(
            one,
            shown_name(one, scope.names),
            schools[school_id].name,
            school_id,
            class_id,
            rooms[class_id].grade,
            rooms[class_id].number,
        )
        for one, school_id, class_id in placed
    }


async def _children_then(read: Reading, ids: Collection[int], scope: Scope) -> list[Student]:
    """As the register had them; who became known later is left out."""
    query = select(students).where(
        students.c.id.in_(ids), or_(students.c.since.is_(None), students.c.since < scope.upto)
    )
    past = await past_of(read, ids, scope.upto)
    return [as_it_was(one, past.get(one.id)) for one in await read.all(query, Student)]


async def _schools(read: Reading, ids: Collection[int]) -> dict[int, Unit]:
    found = [
        await read.all(select(units).where(units.c.id.in_(some)), Unit) for some in chunks(ids)
    ]
    return {one.id: one for some in found for one in some}


async def _rooms(read: Reading, ids: Collection[int]) -> dict[int, SchoolClass]:
    found = [
        await read.all(select(classes).where(classes.c.id.in_(some)), SchoolClass)
        for some in chunks(ids)
    ]
    return {one.id: one for some in found for one in some}


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
