"""Whom nobody has reached for long: a class by name, a school by class (plan 二(二)1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from rules.ledgers import Ledger
from rules.model.school import SchoolClass, Student, Unit
from rules.policy.sections import Reaching
from rules.reach import RepairReason
from storage.facts.rosters import EXPECTED
from storage.ledgers.repairs import Repair, age_in_days, repairs
from storage.ledgers.scope import Scope
from storage.tables.school import classes, students, units
from storage.views.binding import Place, place_of
from storage.work import Reading

#: More would not be read; the ledger has them all.
SHOWN = 40
_EXPECTED = students.c.status.in_(EXPECTED)
_AN_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class ReachLine:
    """One guardian, by the child; `days` None: never reached."""

    name: str
    relation: str
    reason: str
    days: int | None


@dataclass(frozen=True)
class ClassReachView:
    """Everybody of a class whose contact needs repair, those longest unheard of first."""

    place: Place
    lines: tuple[ReachLine, ...]
    more: int


@dataclass(frozen=True)
class ClassLine:
    """A class: how many of its children nobody was reached of, and the longest silence."""

    class_id: int
    grade: int
    number: int
    children: int
    silent: int
    never: int
    other: int
    longest: int | None


@dataclass(frozen=True)
class SchoolReachView:
    """A school class by class, the ones with most to repair first."""

    school: str
    children: int
    classes: tuple[ClassLine, ...]
    ledger: str
    as_of: date


async def class_lines(
    read: Reading, children: Sequence[Student], rules: Reaching, now: datetime, on: date
) -> tuple[ReachLine, ...]:
    """The guardians of these children whose contact needs repair, the stalest first."""
    schools = frozenset(one.school_id for one in children)
    scope = _scope(read, schools, rules, now, on)
    found = await repairs(read, scope, [one.id for one in children])
    lines = [_line(one, scope.upto) for one in found]
    return tuple(sorted(lines, key=lambda one: (one.days is not None, -(one.days or 0))))


async def class_reach(
    read: Reading, school_class: SchoolClass, rules: Reaching, now: datetime, on: date
) -> ClassReachView:
    """One class by name."""
    query = select(students).where(students.c.class_id == school_class.id, _EXPECTED)
    children = await read.all(query, Student)
    lines = await class_lines(read, children, rules, now, on)
    place = await place_of(read, school_class.id)
    return ClassReachView(place, lines[:SHOWN], len(lines[SHOWN:]))


async def school_reach(
    read: Reading, school_id: int, rules: Reaching, now: datetime, on: date
) -> SchoolReachView:
    """A school as it stands."""
    found = await repairs(read, _scope(read, frozenset({school_id}), rules, now, on))
    rooms: dict[int, list[Repair]] = defaultdict(list)
    for one in found:
        rooms[one.pupil.class_id].append(one)
    sizes = await _sizes(read, school_id)
    query = select(classes).where(classes.c.school_id == school_id)
    lines = [
        _class_line(room, sizes.get(room.id, 0), rooms[room.id], now)
        for room in await read.all(query, SchoolClass)
        if rooms[room.id]
    ]
    unit = await read.one(select(units).where(units.c.id == school_id), Unit)
    ordered = sorted(lines, key=lambda one: (-(one.silent + one.never), one.grade, one.number))
    name = unit.name if unit else ""
    return SchoolReachView(
        name, sum(sizes.values()), tuple(ordered), Ledger.CONTACT_REPAIR.value, on
    )


def _scope(
    read: Reading, schools: frozenset[int], rules: Reaching, now: datetime, on: date
) -> Scope:
    return Scope(on, now + _AN_INSTANT, schools, read.staff_names, rules)


def _line(one: Repair, upto: datetime) -> ReachLine:
    days = age_in_days(one.last, upto)
    return ReachLine(one.pupil.name, one.link.relation.value, one.reason.value, days)


def _class_line(room: SchoolClass, size: int, found: Sequence[Repair], now: datetime) -> ClassLine:
    by_reason: dict[RepairReason, set[int]] = defaultdict(set)
    for one in found:
        by_reason[one.reason].add(one.pupil.student.id)
    silent, never = by_reason[RepairReason.SILENT], by_reason[RepairReason.NEVER]
    other = by_reason[RepairReason.TASK] | by_reason[RepairReason.UNANSWERED]
    ages = [age_in_days(one.last, now) for one in found if one.reason is RepairReason.SILENT]
    return ClassLine(
        room.id,
        room.grade,
        room.number,
        size,
        len(silent),
        len(never),
        len(other - silent - never),
        max((age for age in ages if age is not None), default=None),
    )


async def _sizes(read: Reading, school_id: int) -> dict[int, int]:
    query = (
        select(students.c.class_id, func.count())
        .where(students.c.school_id == school_id, _EXPECTED)
        .group_by(students.c.class_id)
    )
    return {row[0]: row[1] for row in (await read.execute(query)).rows}
