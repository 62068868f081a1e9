"""The county's clock on simulated time: the loop's time, counted from the first morning."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from bot.simulation.loop import TermLoop

MICROSECOND = timedelta(microseconds=1)


class TermClock:
    """One time for everything: deadlines, and what is waited for on the network."""

    def __init__(self, begins: datetime, loop: TermLoop) -> None:
        """It shows `begins` when the loop begins."""
        self._begins = begins.astimezone(UTC)
        self._loop = loop

    def now(self) -> datetime:
        """The present instant."""
        return self._begins + self._loop.microseconds * MICROSECOND

    async def sleep(self, seconds: float) -> None:
        """Let so much time pass for whoever asks."""
        await asyncio.sleep(seconds)

    def monotonic(self) -> float:
        """Seconds since the beginning."""
        return self._loop.time()

    def move(self, to: datetime) -> None:
        """Nothing happens until then."""
        self._loop.advance((to - self.now()) // MICROSECOND)
