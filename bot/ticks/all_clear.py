"""At the end of a working day: the section's day in numbers, with the journal's head (D6)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time

from bot.ticks.digests import Daily
from rules.calendar import Calendar
from rules.decision import Decision
from rules.messages.staff import AllClear
from rules.model.people import Role
from storage.carrying import carry_out
from storage.held import holders_of
from storage.work import Work

NAME = "all_clear"


class AllClearLines(Daily):
    """One line a day to everybody of the section."""

    name = NAME

    def clocks(self) -> Mapping[str, time]:
        """One time for all."""
        return {NAME: self.means.policy.noise.section_day_line_at}

    async def send(self, work: Work, calendar: Calendar, clock: time) -> None:
        """Silence would look like a good day: the line comes on every working day."""
        today = calendar.local_date(work.now)
        if not calendar.is_working_day(today):
            return
        lines = tuple(
            AllClear(to=person, item=unit, round=today.isoformat())
            for person, unit in (await holders_of(work, Role.SECTION, today)).items()
        )
        await carry_out(work, Decision(messages=lines))
