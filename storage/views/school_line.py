"""A school's morning in one line, the classes without a roll call, and what the guard holds."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import func, select

from rules.model.attendance import MarkKind, RollCall, RollCallState, Session
from rules.model.case import TaskState
from rules.model.school import SchoolClass, Unit
from storage.facts.class_days import marks_of
from storage.facts.rosters import EXPECTED, roll_call_by_id
from storage.tables.attendance import leaves, marks, roll_calls
from storage.tables.cases import tasks
from storage.tables.school import classes, students, units
from storage.views import OutboxRow, Unwanted, view
from storage.views.tasks import instant_of
from storage.work import Reading

#: What was tapped has become marks; the bulk guard keeps only the families from hearing of it.
TAKEN = (RollCallState.RELEASED, RollCallState.HELD)


@dataclass(frozen=True)
class ClassLine:
    """One class and its roll call."""

    roll_call_id: int
    grade: int
    number: int
    due_at: datetime
    missing: int = 0


@dataclass(frozen=True)
class MorningView:
    """应到/实到/请假/未到/未联系上; `present` counts only classes whose roll call is in."""

    school: str
    on: date
    expected: int
    present: int
    excused: int
    absent: int
    unreached: int
    untaken: tuple[ClassLine, ...]


@dataclass(frozen=True)
class ClassesView:
    """Classes that wait for somebody."""

    lines: tuple[ClassLine, ...]
    school: str


@view("morning_line")
async def morning_line(read: Reading, row: OutboxRow) -> MorningView:
    """The day of the newest roll call that has been asked for."""
    return await morning_of(read, row.item, instant_of(row))


async def morning_of(read: Reading, school_id: int, now: datetime) -> MorningView:
    """A school's morning as it stands."""
    asked = roll_calls.c.school_id == school_id
    query = select(func.max(roll_calls.c.on)).where(asked, roll_calls.c.ask_at <= now)
    on = await read.scalar(query) or now.date()
    calls = await calls_on(read, [school_id], on)
    pupils = await _pupils(read, [one.class_id for one in calls])
    taken = {one.class_id for one in calls if one.state in TAKEN}
    away = await away_on(read, school_id, on)
    excused = len([one for one in away if away[one]])
    known = sum(pupils.get(one, 0) for one in taken)
    untaken = [one for one in calls if one.state is RollCallState.OPEN]
    school = await read.one(select(units).where(units.c.id == school_id), Unit)
    return MorningView(
        school=school.name if school else "",
        on=on,
        expected=sum(pupils.values()),
        present=known - len(await away_on(read, school_id, on, taken)),
        excused=excused,
        absent=len(away) - excused,
        unreached=await count_tasks(read, [school_id], "call"),
        untaken=await _lines(read, untaken),
    )


async def calls_on(read: Reading, school_ids: Collection[int], on: date) -> list[RollCall]:
    """The morning roll calls of some schools on a day."""
    query = select(roll_calls).where(
        roll_calls.c.school_id.in_(school_ids),
        roll_calls.c.on == on,
        roll_calls.c.session == Session.MORNING.value,
    )
    return await read.all(query.order_by(roll_calls.c.class_id), RollCall)


async def _pupils(read: Reading, class_ids: Sequence[int]) -> dict[int, int]:
    query = (
        select(students.c.class_id, func.count())
        .where(
            students.c.class_id.in_(class_ids),
            students.c.on_roster.is_(True),
            students.c.status.in_(EXPECTED),
        )
        .group_by(students.c.class_id)
    )
    return {row[0]: row[1] for row in (await read.execute(query)).rows}


async def away_on(
    read: Reading, school_id: int, on: date, class_ids: Collection[int] | None = None
) -> dict[int, bool]:
    """The children of a school, or of some of its classes, who are marked missing, and whether
    leave covers the day."""
    here = students.c.school_id == school_id
    if class_ids is not None:
        here &= students.c.class_id.in_(class_ids)
    gone = (
        select(marks.c.student_id)
        .join(students, students.c.id == marks.c.student_id)
        .where(here, marks.c.on == on, marks.c.session == Session.MORNING.value)
        .where(marks.c.kind.in_(("absent", "leave")))
    )
    on_leave = (
        select(leaves.c.student_id)
        .join(students, students.c.id == leaves.c.student_id)
        .where(here, leaves.c.state.in_(("open", "accepted")), leaves.c.from_on <= on)
        .where(leaves.c.back_on.is_(None) | (leaves.c.back_on > on))
    )
    excused = set(await read.scalars(on_leave))
    return {child: child in excused for child in await read.scalars(gone)}


async def count_tasks(read: Reading, school_ids: Collection[int], *kinds: str) -> int:
    """How many tasks of these kinds are open."""
    query = select(func.count()).where(
        tasks.c.school_id.in_(school_ids),
        tasks.c.state == TaskState.OPEN.value,
        tasks.c.kind.in_(kinds),
    )
    return int(await read.scalar(query) or 0)


async def _lines(read: Reading, calls: Sequence[RollCall]) -> tuple[ClassLine, ...]:
    ids = [one.class_id for one in calls]
    found = await read.all(select(classes).where(classes.c.id.in_(ids)), SchoolClass)
    by_id = {one.id: one for one in found}
    return tuple(
        ClassLine(
            one.id,
            by_id[one.class_id].grade,
            by_id[one.class_id].number,
            one.due_at,
            sum(value != "seen" for _, value in one.picks),
        )
        for one in calls
    )


@view("roll_call_due")
@view("roll_call_missing")
async def classes_untaken(read: Reading, row: OutboxRow) -> ClassesView | Unwanted:
    """The classes of the message that still have no roll call."""
    return await _classes(read, row, RollCallState.OPEN, "submitted")


@view("bulk_held")
async def bulk_held(read: Reading, row: OutboxRow) -> ClassesView | Unwanted:
    """The classes whose alerts are still held back, each with those missing at this moment."""
    found = await _classes(read, row, RollCallState.HELD, "decided")
    if isinstance(found, Unwanted):
        return found
    counted = [replace(one, missing=await _missing(read, one.roll_call_id)) for one in found.lines]
    return replace(found, lines=tuple(counted))


async def _missing(read: Reading, roll_call_id: int) -> int:
    roll_call = await roll_call_by_id(read, roll_call_id)
    recorded = await marks_of(read, roll_call) if roll_call else ()
    return sum(one.kind is MarkKind.ABSENT for one in recorded)


async def _classes(
    read: Reading, row: OutboxRow, state: RollCallState, otherwise: str
) -> ClassesView | Unwanted:
    query = select(roll_calls).where(
        roll_calls.c.id.in_(row.items), roll_calls.c.state == state.value
    )
    calls = await read.all(query.order_by(roll_calls.c.class_id), RollCall)
    if not calls:
        return Unwanted(otherwise)
    school = await read.one(select(units).where(units.c.id == calls[0].school_id), Unit)
    return ClassesView(await _lines(read, calls), school.name if school else "")
