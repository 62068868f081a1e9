"""The question of the term: can you be reached, do number and address hold? (plan 二(二)1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, time

from bot.ticks.digests import Daily
from rules.calendar import Calendar, SchoolCalendar
from storage.drills import Asked, ask, people_to_ask, schools_not_asked
from storage.reconciling.running import first_day
from storage.rhythms import next_of
from storage.work import Work

TERM_QUESTION = "term_question"


class TermQuestions(Daily):
    """On one of the first school days of a term, in the afternoon, everybody on a chat is asked.

    School by school, one in each unit of work: the round stays due until the last has been asked.
    A county that begins later in its term asks by command (`guixiao drill`).
    """

    name = TERM_QUESTION

    def clocks(self) -> Mapping[str, time]:
        """When school is over."""
        return {TERM_QUESTION: self.means.policy.reach.asked_at}

    async def send(self, work: Work, calendar: Calendar, clock: time) -> None:
        """The next school."""
        term_on = first_day(calendar, calendar.local_date(work.now))
        if term_on is not None:
            await ask(work, await self._next_school(work, calendar, term_on), term_on)

    async def _plan(self, work: Work, name: str) -> None:
        calendar = await self.means.calendars.current(work)
        term_on = first_day(calendar, calendar.local_date(work.now))
        is_new = await next_of(work, name) is None
        if is_new or term_on is None or not await self._next_school(work, calendar, term_on):
            await super()._plan(work, name)

    async def _next_school(self, work: Work, calendar: Calendar, term_on: date) -> Sequence[Asked]:
        """Everybody of the first school whose hour has come and of which nobody was asked."""
        rules, today = self.means.policy.reach, calendar.local_date(work.now)
        if work.now < calendar.at_local(today, rules.asked_at):
            return ()
        for school_id in await schools_not_asked(work, term_on):
            if _nth_day(calendar.school(school_id), today) == rules.asked_on_school_day and (
                waiting := await people_to_ask(work, today, term_on, school_id)
            ):
                return waiting
        return ()


def _nth_day(here: SchoolCalendar, today: date) -> int | None:
    """Which school day of its term this is for a school; None where it is none."""
    term = here.term_of(today)
    if term is None or not here.is_school_day(today):
        return None
    return len(here.school_days(term.starts_on, today))
