"""The task of each school to compare its lists, and when it is done (rules.md 8)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select

from rules.book import Book
from rules.decision import Decision
from rules.model.case import Task, TaskState
from rules.model.reconciling import Reconciliation
from rules.reconciling.deadline import due_at, first_school_day, may_ask
from rules.tasks import finish, open_task
from storage.carrying import carry_out
from storage.facts.rosters import was_ever_open
from storage.reconciling.following import persons_of
from storage.reconciling.intake import newest_answer
from storage.tables.cases import tasks
from storage.tables.reconciling import class_lists, doubts, reconciliations
from storage.tables.school import classes
from storage.work import Reading, Work

KIND = "reconciliation"


async def ask_schools(work: Work, book: Book) -> int:
    """In the first days of a term: one task for each school, to its register clerk."""
    today = book.calendar.local_date(work.now)
    opened = 0
    for school_id in await work.scalars(select(classes.c.school_id).distinct()):
        calendar = book.calendar.school(school_id)
        first_on = first_school_day(calendar, today)
        if first_on is None or not may_ask(calendar, first_on, today):
            continue
        subject = f"lists{first_on:%Y%m%d}:{school_id}"
        persons = await persons_of(work, school_id, today)
        if persons.owner is None or await was_ever_open(work, subject):
            continue
        task = open_task(
            KIND,
            subject,
            persons.owner,
            id=-1,
            now=work.now,
            policy=book.policy,
            calendar=calendar,
            due_at=due_at(book.policy, calendar, first_on),
            school_id=school_id,
        )
        await carry_out(work, Decision((task,)))
        opened += 1
    return opened


async def finish_schools(work: Work, bare: Collection[int]) -> None:
    """Done: every class has its roster, and nobody has to look at a pair any more."""
    waiting = select(doubts.c.school_id).where(
        doubts.c.ended_at.is_(None), doubts.c.decided_at.is_(None)
    )
    held = {*bare, *await work.scalars(waiting)}
    query = select(tasks).where(tasks.c.kind == KIND, tasks.c.state == TaskState.OPEN.value)
    for task in await work.all(query, Task):
        rosters = select(class_lists.c.id).where(
            class_lists.c.school_id == task.school_id,
            class_lists.c.side == "roster",
            class_lists.c.taken_at >= task.opened_at,
        )
        is_there = await work.scalar(rosters.limit(1)) is not None
        if is_there and task.school_id not in held:
            await carry_out(work, finish(task, None, work.now, "compared"))


async def last_run(read: Reading) -> Reconciliation | None:
    """The newest comparison of the county."""
    number = await read.scalar(select(func.max(reconciliations.c.id)))
    if number is None:
        return None
    query = select(reconciliations).where(reconciliations.c.id == number)
    return await read.one(query, Reconciliation)


async def newest_list(read: Reading) -> datetime | None:
    """When something was handed in last, or answered at a door."""
    taken_at = await read.scalar(select(func.max(class_lists.c.taken_at)))
    return max(filter(None, (taken_at, await newest_answer(read))), default=None)
