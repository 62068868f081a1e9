"""The clock in the trainer's hand."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, time, timedelta
from typing import Any

from bot.cli.opening import County
from bot.rehearsal import ask_to_move, read_span, read_when
from playground.web import Declined
from rules.calendar import Calendar
from storage.demo_views import coming_due

MORNING = time(8, 0)
#: The clock is never moved further at once: a term.
FURTHEST = timedelta(days=200)
A_YEAR = 366


class Hand:
    """Moves the county's clock; several browsers take turns."""

    def __init__(self, county: County, school_id: int) -> None:
        """`school_id` says whose school days count for `morning`."""
        self._county = county
        self.school_id = school_id
        self._turn = asyncio.Lock()

    @property
    def now(self) -> datetime:
        """What the clock shows, in the county's zone."""
        return self._county.clock.now().astimezone(self._county.settings.zone)

    async def move(self, asked: dict[str, Any]) -> dict[str, str]:
        """Go to `to`, by `by` (15m, 1h, due, morning) or by `seconds`."""
        async with self._turn:
            target = await self._target(asked)
            if not self.now < target <= self.now + FURTHEST:
                raise Declined(f"{target:%Y-%m-%d %H:%M}")
            await ask_to_move(self._county.database, self._county.clock, target)
        return {"now": self.now.isoformat()}

    async def _target(self, asked: dict[str, Any]) -> datetime:
        if "to" in asked:
            return read_when(asked["to"], self._county.settings.zone)
        if "seconds" in asked:
            return self.now + timedelta(seconds=int(asked["seconds"]))
        if asked["by"] == "morning":
            return await self._morning()
        return await self._due() if asked["by"] == "due" else self.now + read_span(asked["by"])

    async def _due(self) -> datetime:
        async with self._county.database.read() as read:
            found = await coming_due(read, self.now + FURTHEST)
        later = [one.due_at for one in found if one.due_at > self.now]
        return later[0] if later else await self._morning()

    async def _morning(self) -> datetime:
        async with self._county.database.read() as read:
            calendar = await self._county.calendars.current(read)
        days = (self.now.date() + timedelta(days=step) for step in range(A_YEAR))
        found = (self._at(on) for on in days if self._is_open(calendar, on))
        return next((at for at in found if at > self.now), self.now)

    def _is_open(self, calendar: Calendar, on: date) -> bool:
        return calendar.is_school_day(self.school_id, None, on)

    def _at(self, on: date) -> datetime:
        return datetime.combine(on, MORNING, self._county.settings.zone)
