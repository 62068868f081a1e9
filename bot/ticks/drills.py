"""The question of the term: can you be reached, do number and address hold? (plan 二(二)1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, time

from bot.ticks.digests import Daily
from rules.calendar import Calendar
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
        term_on = self._asked_today(work, calendar)
        if term_on is not None:
            await ask(work, await _next_school(work, calendar, term_on), term_on)

    async def _plan(self, work: Work, name: str) -> None:
        calendar = await self.means.calendars.current(work)
        term_on = self._asked_today(work, calendar)
        is_new = await next_of(work, name) is None
        if is_new or term_on is None or not await _next_school(work, calendar, term_on):
            await super()._plan(work, name)

    def _asked_today(self, work: Work, calendar: Calendar) -> date | None:
        """The first day of the term, when this is the hour at which its question is asked."""
        today = calendar.local_date(work.now)
        term_on = first_day(calendar, today)
        if term_on is None or work.now < calendar.at_local(
            today, self.means.policy.reach.asked_at
        ):
            return None
        days = calendar.school(0).school_days(term_on, today)
        nth = self.means.policy.reach.asked_on_school_day
        return term_on if len(days) == nth and days[-1] == today else None


async def _next_school(work: Work, calendar: Calendar, term_on: date) -> Sequence[Asked]:
    """Everybody of the first school of which nobody has been asked."""
    today = calendar.local_date(work.now)
    for school_id in await schools_not_asked(work, term_on):
        if waiting := await people_to_ask(work, today, term_on, school_id):
            return waiting
    return ()
