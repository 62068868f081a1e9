"""The section's day in numbers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select

from rules.model.attendance import RollCallState
from rules.model.case import TaskState
from rules.model.people import PairingLevel, PairingScope
from storage.facts.overdue import HIDDEN
from storage.journal import head_of
from storage.tables.attendance import questions
from storage.tables.cases import cases, tasks
from storage.tables.people import pairings
from storage.tables.plumbing import outbox
from storage.tables.school import classes, students, units
from storage.views import OutboxRow, Unwanted, view
from storage.views.school_line import away_on, calls_on, count_tasks
from storage.views.tasks import instant_of
from storage.work import Reading


@dataclass(frozen=True)
class AllClearView:
    """The section's day in numbers, and the head of the journal (privacy D6)."""

    on: date
    schools: int
    taken: int
    due: int
    absent: int
    answered: int
    stages: tuple[tuple[str, int], ...]
    overdue: int
    gaps: int
    waiting: int
    head: str


@view("all_clear")
async def all_clear(read: Reading, row: OutboxRow) -> AllClearView | Unwanted:
    """The numbers of the schools that this person of the section answers for."""
    now = instant_of(row)
    on = date.fromisoformat(str(row.payload.get("round", now.date())))
    school_ids = await _schools_of(read, row.to)
    if not school_ids:
        return Unwanted("no_schools")
    calls = await calls_on(read, school_ids, on)
    away = [await away_on(read, school_id, on) for school_id in school_ids]
    return AllClearView(
        on=on,
        schools=len(school_ids),
        taken=sum(one.state is RollCallState.RELEASED for one in calls),
        due=len(calls),
        absent=sum(not is_excused for one in away for is_excused in one.values()),
        answered=await _answered(read, school_ids, on),
        stages=await _stages(read, school_ids),
        overdue=await _overdue(read, school_ids, now),
        gaps=await count_tasks(read, school_ids, "gap"),
        waiting=await _waiting(read, now),
        head=await head_of(read),
    )


async def _schools_of(read: Reading, person_id: int) -> list[int]:
    """The schools of the townships paired to this person, or paired directly or class by class."""
    mine = (pairings.c.person_id == person_id, pairings.c.level == PairingLevel.SECTION.value)
    townships = select(pairings.c.scope_id).where(
        *mine, pairings.c.scope == PairingScope.TOWNSHIP.value
    )
    direct = select(pairings.c.scope_id).where(
        *mine, pairings.c.scope == PairingScope.SCHOOL.value
    )
    rooms = select(pairings.c.scope_id).where(*mine, pairings.c.scope == PairingScope.CLASS.value)
    by_class = select(classes.c.school_id).where(classes.c.id.in_(rooms))
    query = select(units.c.id).where(
        units.c.kind == "school",
        or_(
            units.c.township_id.in_(townships),
            units.c.id.in_(direct),
            units.c.id.in_(by_class),
        ),
    )
    return await read.scalars(query)


async def _answered(read: Reading, school_ids: Collection[int], on: date) -> int:
    query = (
        select(func.count())
        .select_from(questions.join(students, students.c.id == questions.c.student_id))
        .where(students.c.school_id.in_(school_ids), questions.c.on == on)
        .where(questions.c.answered_at.is_not(None))
    )
    return int(await read.scalar(query) or 0)


async def _stages(read: Reading, school_ids: Collection[int]) -> tuple[tuple[str, int], ...]:
    query = (
        select(cases.c.stage, func.count())
        .where(cases.c.school_id.in_(school_ids), cases.c.state == "open")
        .group_by(cases.c.stage)
        .order_by(cases.c.stage)
    )
    return tuple((stage, number) for stage, number in (await read.execute(query)).rows)


async def _overdue(read: Reading, school_ids: Collection[int], now: datetime) -> int:
    query = select(func.count()).where(
        tasks.c.school_id.in_(school_ids),
        tasks.c.state == TaskState.OPEN.value,
        tasks.c.due_at <= now,
        tasks.c.kind.not_in(HIDDEN),
    )
    return int(await read.scalar(query) or 0)


async def _waiting(read: Reading, now: datetime) -> int:
    """Messages that should have left and have not."""
    query = select(func.count()).where(
        outbox.c.state.in_(("waiting", "later", "uncertain")), outbox.c.not_before <= now
    )
    return int(await read.scalar(query) or 0)
