"""What a class teacher has to keep anyway, filled from the record each month: 家访记录 and
因病缺课登记表, class by class."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import or_, select

from rules.calendar import Calendar
from rules.model.attendance import Leave, LeaveState
from rules.model.case import Contact
from rules.model.people import Person
from storage.ledgers.pupils import Pupil, pupils_of
from storage.ledgers.scope import Scope, Table
from storage.tables.attendance import leaves
from storage.tables.cases import contacts
from storage.tables.people import people
from storage.work import Reading

VISITS = ("name", "at", "whom", "reason", "result", "agreed_on", "by", "note")
SICK = (
    "name",
    "sex",
    "sick_from",
    "sick_back",
    "sick_days",
    "leave_way",
    "asked_by",
    "by",
    "has_proof",
)
#: What was asked for and not granted is no leave.
_HELD = (LeaveState.OPEN.value, LeaveState.ACCEPTED.value)


@dataclass(frozen=True)
class Month:
    """A month of some schools: its first day, and the scope of its end."""

    first: date
    since: datetime
    scope: Scope
    calendar: Calendar


@dataclass(frozen=True)
class ClassPaper:
    """One table of one class."""

    kind: str  # visits | sick
    school: str
    grade: int
    number: int
    table: Table


Row = tuple[tuple[object, ...], tuple[object, ...]]


async def class_papers(read: Reading, month: Month) -> list[ClassPaper]:
    """Every class that had a visit or a child ill, in the order of school and class."""
    names = {one.id: one.name for one in await read.all(select(people), Person)}
    visits = _by_class("visits", VISITS, await _visits(read, month, names))
    sick = _by_class("sick", SICK, await _sick(read, month, names))
    return sorted(visits + sick, key=lambda one: (one.school, one.grade, one.number, one.kind))


async def _visits(read: Reading, month: Month, names: dict[int, str]) -> list[tuple[Pupil, Row]]:
    query = select(contacts).where(
        contacts.c.means == "visit",
        contacts.c.at >= month.since,
        contacts.c.at < month.scope.upto,
    )
    logged = await read.all(query.order_by(contacts.c.at, contacts.c.id), Contact)
    found = await pupils_of(read, {one.student_id for one in logged}, month.scope)
    return [
        (found[one.student_id], _visit(found[one.student_id], one, names))
        for one in logged
        if one.student_id in found
    ]


def _visit(pupil: Pupil, one: Contact, names: dict[int, str]) -> Row:
    result = one.result or ("reached" if one.reached else "not_reached")
    said = (one.whom, one.reason, result, one.agreed_on, names.get(one.by), one.note)
    return (one.at, one.id), (pupil.name, one.at, *said)


async def _sick(read: Reading, month: Month, names: dict[int, str]) -> list[tuple[Pupil, Row]]:
    """Leave for illness that covers a day of the month; one without an end is still open."""
    last = month.scope.as_of
    query = select(leaves).where(
        leaves.c.kind == "sick",
        leaves.c.state.in_(_HELD),
        leaves.c.from_on <= last,
        or_(leaves.c.back_on.is_(None), leaves.c.back_on > month.first),
        leaves.c.asked_at < month.scope.upto,
    )
    noted = await read.all(query.order_by(leaves.c.from_on, leaves.c.id), Leave)
    found = await pupils_of(read, {one.student_id for one in noted}, month.scope)
    return [
        (found[one.student_id], _illness(found[one.student_id], one, month, names))
        for one in noted
        if one.student_id in found
    ]


def _illness(pupil: Pupil, one: Leave, month: Month, names: dict[int, str]) -> Row:
    """The days are those of this month on which there was school."""
    last = month.scope.as_of
    if one.back_on is not None:
        last = min(last, one.back_on - timedelta(days=1))
    here = month.calendar.school(pupil.school_id, pupil.grade)
    days = len(here.school_days(max(one.from_on, month.first), last))
    who, by = names.get(one.asked_by or 0), names.get(one.noted_by or 0)
    said = (one.from_on, one.back_on, days, one.way, who, by, "yes" if one.has_proof else "no")
    return (one.from_on, one.id), (pupil.name, pupil.student.sex, *said)


def _by_class(
    kind: str, columns: Collection[str], rows: Iterable[tuple[Pupil, Row]]
) -> list[ClassPaper]:
    rooms: dict[tuple[str, int, int], list[Row]] = defaultdict(list)
    for pupil, row in rows:
        rooms[pupil.school, pupil.grade, pupil.number].append(row)
    return [
        ClassPaper(kind, *room, Table(tuple(columns), tuple(row for _, row in sorted(found))))
        for room, found in rooms.items()
    ]
