"""The first run of a database: it decides for ever what the database is for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from rules.calendar import Calendar
from rules.decision import Entry
from rules.model.case import Task
from rules.model.people import Invite
from rules.policy import Policy
from storage.facts.started import note_first_run
from storage.meta import Mode, keep_clock, keep_mode
from storage.tables.cases import tasks
from storage.tables.people import invites
from storage.work import Work


async def begin(work: Work, mode: Mode) -> None:
    """A new database becomes a real one or a rehearsal, at the instant of this unit of work."""
    await keep_mode(work, mode)
    await note_first_run(work, work.now)
    work.journal(Entry("first_run", f"database:{mode}", public={"mode": mode.value}))


async def begin_rehearsal(work: Work, policy: Policy, calendar: Calendar) -> None:
    """The clock stands at this instant, and whatever was set up before counts as done now."""
    await begin(work, Mode.REHEARSAL)
    await keep_clock(work)
    valid = timedelta(days=policy.binding.code_valid_days)
    for invite in await work.all(select(invites).where(invites.c.used_at.is_(None)), Invite):
        fresh = replace(invite, issued_at=work.now, expires_at=work.now + valid)
        await work.save(invites, fresh)
    for task in await work.all(select(tasks).where(tasks.c.state == "open"), Task):
        due_at = policy.tasks[task.kind].due_at(work.now, calendar.school(task.school_id or 0))
        moved = replace(task, opened_at=work.now, due_at=due_at, next_at=due_at)
        await work.save(tasks, moved)
