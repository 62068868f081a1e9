"""From 1 November: next year's official calendar is asked for, once a year (rules.md 1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time

from bot.ticks.digests import Daily
from rules.calendar import Calendar
from rules.decision import Decision
from rules.model.people import Role
from rules.tasks import open_task, void
from storage.carrying import carry_out
from storage.facts.rosters import was_ever_open
from storage.facts.tasks import open_task_about
from storage.held import holders_of
from storage.work import Work

KIND = "calendar_unknown"


class CalendarYear(Daily):
    """One look a day; the task ends by itself when the calendar is known."""

    name = "calendar_year"

    def clocks(self) -> Mapping[str, time]:
        """With the first digest of the day."""
        return {self.name: self.means.policy.noise.digests[0]}

    async def send(self, work: Work, calendar: Calendar, clock: time) -> None:
        """Open the administrator's task, or end it."""
        today = calendar.local_date(work.now)
        asked_from = self.means.policy.calendar.ask_for_next_year_from_month
        year = today.year + 1 if today.month >= asked_from else today.year
        subject = f"calendar:{year}"
        if calendar.known_until >= date(year, 12, 31):
            await _end(work, subject)
        elif today.month >= asked_from and not await was_ever_open(work, subject):
            await self._ask(work, calendar, subject)

    async def _ask(self, work: Work, calendar: Calendar, subject: str) -> None:
        owner = next(iter(await holders_of(work, Role.ADMIN, calendar.local_date(work.now))), None)
        if owner is None:
            return
        task = open_task(
            KIND,
            subject,
            owner,
            id=-1,
            now=work.now,
            policy=self.means.policy,
            calendar=calendar.school(0),
        )
        await carry_out(work, Decision((task,)))


async def _end(work: Work, subject: str) -> None:
    task = await open_task_about(work, KIND, subject)
    if task is not None:
        await carry_out(work, void(task, work.now, "calendar_known"))
