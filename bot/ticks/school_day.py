"""Opens the day's roll calls: one row for each class that has lessons (rules.md 2)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select

from bot.ticks.base import Means
from rules.book import Book
from rules.model.attendance import Session
from rules.rollcalls import plan
from storage.database import Database
from storage.facts.rosters import classes_without_roll_call
from storage.facts.started import first_run_at
from storage.rhythms import keep, next_of
from storage.tables.attendance import roll_calls
from storage.tables.school import terms
from storage.work import Reading, Work

NAME = "school_day"


class SchoolDay:
    """Once a day, at six in the morning; what was missed while down is caught up for today."""

    name = NAME

    def __init__(self, means: Means) -> None:
        """Nothing is kept between turns."""
        self._means = means

    async def next_at(self, read: Reading) -> datetime | None:
        """The next morning; at once in a new database."""
        return await next_of(read, NAME) or datetime.min.replace(tzinfo=UTC)

    async def run(self, database: Database, now: datetime) -> int:
        """Open today's roll calls and set the next morning."""
        async with database.read() as read:
            due_at = await next_of(read, NAME)
        if due_at is not None and due_at > now:
            return 0
        async with database.work(now) as work:
            calendar = await self._means.calendars.current(work)
            book = Book(self._means.policy, calendar)
            today = calendar.local_date(now)
            if await first_run_at(work) is not None and await _has_terms(work):
                await open_day(work, book, today)
            await keep(work, NAME, calendar.at_local(today + timedelta(days=1), "06:00"))
        return 1


async def _has_terms(read: Reading) -> bool:
    """Without a term no roll call is asked for (rules.md 1)."""
    return await read.scalar(select(terms.c.id).limit(1)) is not None


async def open_day(work: Work, book: Book, on: date) -> None:
    """Insert the roll calls of one day for every class that has lessons and none yet."""
    for session in Session:
        rows = [
            plan(one, on, session, book.calendar.school(one.school_id, one.grade), book.policy)
            for one in await classes_without_roll_call(work, on, session)
            if book.calendar.is_school_day(one.school_id, one.grade, on)
        ]
        await work.insert_many(roll_calls, rows)
