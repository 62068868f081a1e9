"""What time does to one child: days that count by themselves, second alerts, searches, claims."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Column, Select, Table, select

from bot.ticks.base import Means, WorkTick
from rules.book import Book
from rules.child import safety_lane
from rules.child.asking_again import ask_again, expect_no_longer
from rules.child.draft import Draft
from rules.child.rollcall import answer_claim
from rules.child.settle import settle
from rules.model.attendance import Question
from storage.carrying import carry_out
from storage.due_rows import DueRows
from storage.facts.child import draft_about
from storage.tables.attendance import questions
from storage.tables.cases import cases, safety, tasks
from storage.work import Reading, Work


class ChildTick(WorkTick):
    """A duty whose rows each concern one child."""

    table: Table
    due_column: Column[datetime]

    def __init__(self, means: Means) -> None:
        """What is asked at every turn is prepared once."""
        super().__init__(means)
        self._rows = DueRows(self.planned(), self.table.c.id, self.due_column)

    def planned(self) -> Select[tuple[int]]:
        """The rows that this duty is about."""
        return select(self.table.c.id).where(self.due_column.is_not(None))

    async def due(
        self, read: Reading, now: datetime, limit: int, skipped: Collection[int]
    ) -> Sequence[int]:
        """The rows whose time has come, oldest first."""
        return await self._rows.at(read, now, limit, skipped)

    async def earliest(self, read: Reading, skipped: Collection[int]) -> datetime | None:
        """The first instant."""
        return await self._rows.first_at(read, skipped)

    async def child_of(self, work: Work, row_id: int) -> int | None:
        """Whom the row is about."""
        found: int | None = await work.scalar(
            select(self.table.c.student_id).where(self.table.c.id == row_id)
        )
        return found

    async def serve(self, work: Work, row_id: int) -> None:
        """Load the child, decide, carry out."""
        child = await self.child_of(work, row_id)
        if child is None:
            return
        book = Book(self.means.policy, await self.means.calendars.current(work))
        draft = await draft_about(work, child, book)
        await self.decide(work, draft, row_id)
        await carry_out(work, draft.decision())

    @abstractmethod
    async def decide(self, work: Work, draft: Draft, row_id: int) -> None:
        """What the rules say."""


class CaseReviews(ChildTick):
    """A day without roll call counts at its due time; a month ends; a watch is over."""

    name = "case_reviews"
    table = cases
    due_column = cases.c.review_at

    async def decide(self, work: Work, draft: Draft, row_id: int) -> None:
        """Settle the child anew."""
        settle(draft)


class SecondAlerts(ChildTick):
    """An hour after an alert that nobody answered."""

    name = "second_alerts"
    table = questions
    due_column = questions.c.second_at

    async def decide(self, work: Work, draft: Draft, row_id: int) -> None:
        """Ask again, unless somebody answered or the child is there."""
        ask_again(draft, await _question(work, row_id))


class Arrivals(ChildTick):
    """An hour after 在路上 the child must have arrived."""

    name = "arrivals"
    table = questions
    due_column = questions.c.confirm_at

    async def decide(self, work: Work, draft: Draft, row_id: int) -> None:
        """Open the safety lane, unless the child is there."""
        expect_no_longer(draft, await _question(work, row_id))


class Searches(ChildTick):
    """The steps of the safety lane."""

    name = "searches"
    table = safety
    due_column = safety.c.next_at

    async def decide(self, work: Work, draft: Draft, row_id: int) -> None:
        """The next step."""
        safety_lane.go_on(draft)


class Claims(ChildTick):
    """病假 and 事假 in a roll call about which nobody said who asked for them in time."""

    name = "claims"
    table = tasks
    due_column = tasks.c.due_at

    def planned(self) -> Select[tuple[int]]:
        """Open questions who asked for the leave."""
        return select(tasks.c.id).where(tasks.c.kind == "leave_claim", tasks.c.state == "open")

    async def decide(self, work: Work, draft: Draft, row_id: int) -> None:
        """The child is absent like any other."""
        for mark in [fact.mark for fact in draft.facts.days if fact.mark and fact.mark.claim]:
            answer_claim(draft, mark.on, None)
        draft.done("leave_claim", "nobody")


async def _question(work: Work, row_id: int) -> Question | None:
    return await work.one(select(questions).where(questions.c.id == row_id), Question)
