"""What time does to tasks: reminders, climbs, repeats (rules.md 6)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from bot.ticks.base import WorkTick
from rules.book import Book
from rules.tasks import advance
from storage.carrying import carry_out
from storage.facts.tasks import due_task_ids, first_task_at, task_by_id, task_facts
from storage.work import Reading, Work


class Tasks(WorkTick):
    """One row is one open task whose next step has come."""

    name = "tasks"

    async def due(
        self, read: Reading, now: datetime, limit: int, skipped: Collection[int]
    ) -> Sequence[int]:
        """The tasks whose next step has come, oldest first."""
        return await due_task_ids(read, now, limit, skipped)

    async def earliest(self, read: Reading, skipped: Collection[int]) -> datetime | None:
        """The next step of any task."""
        return await first_task_at(read, skipped)

    async def serve(self, work: Work, row_id: int) -> None:
        """Do every step of one task that has come due."""
        task = await task_by_id(work, row_id)
        if task is None or task.next_at is None or task.next_at > work.now:
            return
        book = Book(self.means.policy, await self.means.calendars.current(work))
        facts = await task_facts(work, task, book, work.now)
        await carry_out(work, advance(facts.task, facts.context, work.now))
