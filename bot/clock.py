"""The one clock.  Nothing else reads the time, and nothing else sleeps (house rule 3)."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What time it is for the county, and how to wait in real time."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait that long in real, monotonic time, whatever the county's clock does."""
        ...

    def monotonic(self) -> float:
        """Seconds of real time from some beginning; for network waits and rate limits."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present instant."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Wait in real time."""
        await asyncio.sleep(seconds)

    def monotonic(self) -> float:
        """Real seconds."""
        return time.monotonic()


class RehearsalClock(SystemClock):
    """Stands still until somebody moves it, and never goes back."""

    def __init__(self, at: datetime) -> None:
        """Begin at `at`; ValueError without a zone."""
        if at.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        """The instant at which it stands."""
        return self._at

    def move(self, to: datetime) -> None:
        """Stand at `to` from now on; ValueError when that lies in the past."""
        if to < self._at:
            raise ValueError(f"the clock stands at {self._at} and never goes back to {to}")
        self._at = to.astimezone(UTC)
