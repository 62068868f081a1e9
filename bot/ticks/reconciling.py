"""Early in the morning: the lists of the county compared anew where time or files have changed
them, and the schools asked for theirs when a term begins (rules.md 8)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.ticks.base import Means
from rules.book import Book
from rules.reconciling.ages import school_year
from rules.reconciling.eligible import Ages
from rules.reconciling.sorting import Season
from storage.database import Database
from storage.facts.started import first_run_at
from storage.reconciling.intake import ages_of, case_is_over
from storage.reconciling.running import first_day, reconcile, season_of
from storage.reconciling.term_start import ask_schools, last_run, newest_list
from storage.rhythms import keep, next_of
from storage.work import Reading

NAME = "reconciling"
CLOCK = "05:00"


class Reconciling:
    """Once a day; a county that has handed in no list is only asked for some."""

    name = NAME

    def __init__(self, means: Means) -> None:
        """Nothing is kept between turns."""
        self._means = means

    async def next_at(self, read: Reading) -> datetime | None:
        """The next morning; at once in a new database."""
        return await next_of(read, NAME) or datetime.min.replace(tzinfo=UTC)

    async def run(self, database: Database, now: datetime) -> int:
        """Compare where anything can have changed, then ask and set the next morning."""
        async with database.read() as read:
            due_at = await next_of(read, NAME)
            if due_at is not None and due_at > now:
                return 0
            calendar = await self._means.calendars.current(read)
            book = Book(self._means.policy, calendar)
            has_begun = await first_run_at(read) is not None
            is_changed = await _is_changed(read, book, now)
        if due_at is not None and has_begun and is_changed:
            await reconcile(database, book, now, is_real=True)
        tomorrow = calendar.local_date(now) + timedelta(days=1)
        async with database.work(now) as work:
            if has_begun:
                await ask_schools(work, book)
            await keep(work, NAME, calendar.at_local(tomorrow, CLOCK))
        return 1


async def _is_changed(read: Reading, book: Book, now: datetime) -> bool:
    """New lists or answers since the last comparison, another season (rules.md 8, grades 1 and
    7), another school year, or a case that has ended."""
    newest, last = await newest_list(read), await last_run(read)
    if newest is None:
        return False
    if last is None or newest > last.at or await case_is_over(read):
        return True
    return _turn(book, last.at) != _turn(book, now)


def _turn(book: Book, at: datetime) -> tuple[Season, Ages, int]:
    today = book.calendar.local_date(at)
    begins = first_day(book.calendar, today)
    year = school_year(book.policy.intake, today)
    return season_of(book, at, begins), ages_of(book, at, begins), year
