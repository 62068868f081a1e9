"""包保责任表: who answered for whom on a day, the narrowest line first (rules.md 6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import select

from rules.model.people import Pairing, PairingLevel, PairingScope, Person, Post, Role
from rules.model.school import SchoolClass, Unit
from storage.chunks import chunks
from storage.held import holds_on
from storage.ledgers.pupils import Pupil, pupils_of
from storage.ledgers.scope import Scope, Table
from storage.tables.people import pairings, people, posts
from storage.tables.school import classes, units
from storage.work import Reading

T = TypeVar("T")

COLUMNS = (
    "school",
    "grade",
    "class",
    "name",
    "teacher",
    "leader",
    "section",
    "bureau_leader",
    "township_contact",
)
_LEVELS = (
    PairingLevel.TEACHER,
    PairingLevel.LEADER,
    PairingLevel.SECTION,
    PairingLevel.BUREAU_LEADER,
    PairingLevel.TOWNSHIP,
)
_Lines = Mapping[tuple[PairingScope, int], Mapping[PairingLevel, str]]


@dataclass(frozen=True)
class Paired:
    """The names of one child's or class's chain."""

    names: Mapping[PairingLevel, str]

    def name(self, level: PairingLevel) -> str | None:
        """Who answers at a level; None for a gap."""
        return self.names.get(level)


@dataclass(frozen=True)
class _Table:
    """All lines that held on the day."""

    lines: _Lines
    teachers: Mapping[int, str]
    townships: Mapping[int, int | None]

    def of(self, school_id: int, class_id: int, student_id: int | None) -> Paired:
        """From the widest line to the narrowest: each replaces what the one before said."""
        names: dict[PairingLevel, str] = {}
        if class_id in self.teachers:
            names[PairingLevel.TEACHER] = self.teachers[class_id]
        for place in (
            (PairingScope.TOWNSHIP, self.townships.get(school_id)),
            (PairingScope.SCHOOL, school_id),
            (PairingScope.CLASS, class_id),
            (PairingScope.STUDENT, student_id),
        ):
            if place[1] is not None:
                names |= self.lines.get((place[0], place[1]), {})
        return Paired(names)


async def pairing(read: Reading, scope: Scope) -> Table:
    """Every class, and below it the children who have somebody of their own."""
    table = await _table(read, scope)
    schools = {one.id: one for one in await read.all(select(units), Unit)}
    own = {number for (kind, number) in table.lines if kind is PairingScope.STUDENT}
    rows: list[tuple[tuple[object, ...], tuple[object, ...]]] = []
    for room in await read.all(select(classes), SchoolClass):
        is_there = room.since is None or room.since <= scope.as_of
        if is_there and scope.covers(room.school_id):
            place = (schools[room.school_id].name, room.grade, room.number)
            paired = table.of(room.school_id, room.id, None)
            rows.append(((*place, "", 0), (*place, None, *_names(paired))))
    for pupil in (await pupils_of(read, own, scope)).values():
        paired = table.of(pupil.school_id, pupil.class_id, pupil.student.id)
        place = (pupil.school, pupil.grade, pupil.number)
        rows.append((pupil.order, (*place, pupil.name, *_names(paired))))
    return Table(COLUMNS, tuple(row for _, row in sorted(rows, key=lambda one: one[0])))


async def paired_on(read: Reading, found: Sequence[Pupil], scope: Scope) -> dict[int, Paired]:
    """The chain of each of these children on the day."""
    table = await _table(read, scope)
    return {one.student.id: table.of(one.school_id, one.class_id, one.student.id) for one in found}


def _names(paired: Paired) -> tuple[str | None, ...]:
    return tuple(paired.name(level) for level in _LEVELS)


async def _names_of(read: Reading, ids: Collection[int]) -> dict[int, str]:
    names = dict[int, str]()
    for some in chunks(ids):
        query = select(people).where(people.c.id.in_(some))
        names |= {one.id: one.name for one in await read.all(query, Person)}
    return names


async def _table(read: Reading, scope: Scope) -> _Table:
    query = select(pairings).where(holds_on(pairings, scope.as_of)).order_by(pairings.c.id.desc())
    paired = await read.all(query, Pairing)
    taught = select(posts).where(
        posts.c.role == Role.CLASS_TEACHER.value, holds_on(posts, scope.as_of)
    )
    teaching = await read.all(taught.order_by(posts.c.id.desc()), Post)
    holders = {one.person_id for one in paired} | {one.person_id for one in teaching}
    names = await _names_of(read, holders)
    lines: dict[tuple[PairingScope, int], dict[PairingLevel, str]] = defaultdict(dict)
    for one in paired:
        lines[one.scope, one.scope_id][one.level] = names[one.person_id]
    teachers = {one.class_id: names[one.person_id] for one in teaching if one.class_id is not None}
    places = (await read.execute(select(units.c.id, units.c.township_id))).rows
    return _Table(lines, teachers, {row[0]: row[1] for row in places})
