"""The columns of the weekly report, counted from the record at one instant (rules.md 9).

All but `enrolled` are about children of monitored households.  Where a child is: on leave, absent
so many counted days of the running episode, suspended, or present.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, exists, func, select

from rules.model.attendance import LeaveState, MarkKind, Session
from rules.model.case import CaseState
from rules.model.school import CategoryKind, EnrolmentStatus
from rules.reports.figures import COLUMNS
from storage.held import holds_on
from storage.tables.attendance import leaves, marks
from storage.tables.cases import cases
from storage.tables.ladder import categories
from storage.tables.school import status_changes, students
from storage.work import Reading

#: Who is on the register of a school.
REGISTERED = tuple(
    one.value
    for one in EnrolmentStatus
    if one not in (EnrolmentStatus.TRANSFERRED, EnrolmentStatus.LEFT)
)
AWAY = (EnrolmentStatus.SUSPECTED.value, EnrolmentStatus.DROPOUT.value)
#: Nothing is kept for these: they stay empty, and are never a zero.
NOT_KEPT = ("home_due", "home_done")
#: Counted by what register and rosters say (registers.py), not child by child.
COMPARED = ("unregistered", "present_elsewhere", "registered_not_present")
#: Up to how many counted days a child stands in which column.
BY_DAYS = ((2, "absent_1_2"), (5, "absent_3_5"))


@dataclass(frozen=True)
class Asked:
    """Whose figures, on which day, and what counts as new: since the report before."""

    schools: tuple[int, ...]
    on: date
    since: datetime
    until: datetime
    only_monitored: bool = True


@dataclass(frozen=True)
class Counted:
    """The figures of each school, and the children behind each column."""

    figures: Mapping[int, dict[str, int | None]]
    children: Mapping[str, tuple[int, ...]]


@dataclass(frozen=True)
class _Pupil:
    id: int
    school_id: int
    status: str
    is_monitored: bool


async def counted(read: Reading, asked: Asked) -> Counted:
    """Count everything that the columns ask for, school by school."""
    pupils = await _pupils(read, asked)
    columns: dict[str, list[int]] = defaultdict(list)
    where = await _whereabouts(read, asked, pupils)
    for pupil in pupils:
        for name in (where[pupil.id], *_standing(pupil)):
            columns[name].append(pupil.id)
    columns.update(await _changes(read, asked, {one.id for one in pupils}))
    columns.pop("home", None)
    school_of = {one.id: one.school_id for one in pupils}
    enrolled = await _enrolled(read, asked.schools)
    tallies = {name: Counter(school_of[one] for one in ids) for name, ids in columns.items()}
    figures = {
        school: {"enrolled": enrolled.get(school, 0), **_numbers(tallies, school)}
        for school in asked.schools
    }
    return Counted(figures, {name: tuple(ids) for name, ids in columns.items()})


def _numbers(tallies: Mapping[str, Counter[int]], school: int) -> dict[str, int | None]:
    return {
        name: None if name in (*NOT_KEPT, *COMPARED) else tallies.get(name, _NONE)[school]
        for name in COLUMNS
        if name != "enrolled"
    }


_NONE: Counter[int] = Counter()


def _standing(pupil: _Pupil) -> list[str]:
    """The columns that a child stands in whatever happened this week."""
    names = ["monitored"] if pupil.is_monitored else []
    return [*names, *([pupil.status] if pupil.status in AWAY else [])]


async def _enrolled(read: Reading, schools: Collection[int]) -> dict[int, int]:
    query = (
        select(students.c.school_id, func.count())
        .where(students.c.school_id.in_(schools), students.c.status.in_(REGISTERED))
        .group_by(students.c.school_id)
    )
    return {row[0]: row[1] for row in (await read.execute(query)).rows}


async def _pupils(read: Reading, asked: Asked) -> list[_Pupil]:
    is_monitored = belongs_to_monitored(students.c.id, asked.on)
    query = select(students.c.id, students.c.school_id, students.c.status, is_monitored).where(
        students.c.school_id.in_(asked.schools), students.c.status.in_(REGISTERED)
    )
    if asked.only_monitored:
        query = query.where(is_monitored)
    rows = (await read.execute(query.order_by(students.c.id))).rows
    return [_Pupil(*row) for row in rows]


def belongs_to_monitored(child: ColumnElement[int], on: date) -> ColumnElement[bool]:
    """Whether a child belongs to a monitored household on that day."""
    line = (categories.c.student_id == child) & holds_on(categories, on)
    return exists().where(line, categories.c.kind == CategoryKind.MONITORED.value)


async def _whereabouts(read: Reading, asked: Asked, pupils: Collection[_Pupil]) -> dict[int, str]:
    """Where each child is: every child stands in one column, those taught at home in none."""
    leave = await _on_leave(read, asked)
    absent = await _absent(read, asked)
    return {one.id: _where(one, leave, absent) for one in pupils}


def _where(pupil: _Pupil, leave: Mapping[int, str], absent: Mapping[int, int]) -> str:
    if pupil.status == EnrolmentStatus.SUSPENSION.value:
        return "suspension"
    if pupil.status == EnrolmentStatus.HOME_TEACHING.value:
        return "home"
    if pupil.id in leave:
        return leave[pupil.id]
    if pupil.id not in absent:
        return "present"
    days = absent[pupil.id]
    if pupil.status in AWAY:
        return "absent_over_5"
    return next((name for most, name in BY_DAYS if days <= most), "absent_over_5")


async def _on_leave(read: Reading, asked: Asked) -> dict[int, str]:
    """Leave that covers the day, unless the child was seen on it all the same."""
    seen = exists().where(
        marks.c.student_id == leaves.c.student_id,
        marks.c.on == asked.on,
        marks.c.session == Session.MORNING.value,
        marks.c.kind == MarkKind.PRESENT.value,
        marks.c.void.is_(False),
    )
    holds = (LeaveState.OPEN.value, LeaveState.ACCEPTED.value)
    query = (
        select(leaves.c.student_id, leaves.c.kind)
        .join(students, students.c.id == leaves.c.student_id)
        .where(
            students.c.school_id.in_(asked.schools),
            leaves.c.state.in_(holds),
            leaves.c.from_on <= asked.on,
            leaves.c.back_on.is_(None) | (leaves.c.back_on > asked.on),
            ~seen,
        )
        .order_by(leaves.c.id)
    )
    rows = (await read.execute(query)).rows
    return {row[0]: "leave_sick" if row[1] == "sick" else "leave_other" for row in rows}


async def _absent(read: Reading, asked: Asked) -> dict[int, int]:
    """The counted days of every running episode; a child that was seen again is not away."""
    query = (
        select(cases.c.student_id, cases.c.counted)
        .join(students, students.c.id == cases.c.student_id)
        .where(
            students.c.school_id.in_(asked.schools),
            cases.c.state == CaseState.OPEN.value,
            cases.c.seen_on.is_(None),
        )
    )
    return {row[0]: row[1] for row in (await read.execute(query)).rows}


async def _changes(read: Reading, asked: Asked, ids: Collection[int]) -> dict[str, list[int]]:
    """Who is newly suspected, and who is back, since the report before."""
    query = (
        select(status_changes.c.student_id, status_changes.c.old, status_changes.c.new)
        .join(students, students.c.id == status_changes.c.student_id)
        .where(
            students.c.school_id.in_(asked.schools),
            status_changes.c.at > asked.since,
            status_changes.c.at <= asked.until,
        )
        .order_by(status_changes.c.id)
    )
    found: dict[str, dict[int, None]] = {"new_suspected": {}, "returned": {}}
    for child, old, new in (await read.execute(query)).rows:
        if child in ids and new == EnrolmentStatus.SUSPECTED.value:
            found["new_suspected"][child] = None
        if child in ids and old in AWAY and new == EnrolmentStatus.ENROLLED.value:
            found["returned"][child] = None
    return {name: list(children) for name, children in found.items()}
