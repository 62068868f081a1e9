"""The engine: bells wake it, and a turn serves every duty until none has work.

The database alone knows what is due.  The scheduler only rings the bell, and new rows ring it too;
a bell that is missed costs a second, a process that is killed costs nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import structlog
from telegram.ext import JobQueue

from bot.clock import Clock
from bot.ops.figures import Figures
from bot.ticks.base import Tick
from storage.database import Database
from storage.work import Reading, Work

SECOND = 1.0
#: A turn ends after so many rounds even if a duty always finds work; the next bell goes on.
ROUNDS = 1000

_log = structlog.get_logger(__name__)


class Engine:
    """Runs the duties of one database, one turn at a time."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        ticks: Sequence[Tick],
        ring: Callable[[], None] = lambda: None,
        figures: Figures | None = None,
    ) -> None:
        """`ticks` are served in this order; `ring` wakes those who act on what they write."""
        self._database = database
        self._clock = clock
        self._ticks = tuple(ticks)
        self._ring = ring
        self._figures = figures or Figures()
        self._bell = asyncio.Event()
        self._turning = asyncio.Lock()
        self._is_stopping = False
        self._is_clock_fine: Callable[[], bool] = lambda: True
        #: Full turns since the start; health asks for at least one.
        self.turns = 0
        self.last_turn_at: datetime | None = None
        #: Duties that failed as a whole when they were last tried.
        self.failing: set[str] = set()

    def ring(self) -> None:
        """There may be something to do."""
        self._bell.set()

    def ring_after(self, work: Work) -> None:
        """Ring once this unit of work is committed."""
        work.on_commit(self.ring)

    def heed(self, is_clock_fine: Callable[[], bool]) -> None:
        """Take no turn while the clock cannot be believed: what is due by it may not be."""
        self._is_clock_fine = is_clock_fine

    @property
    def is_held(self) -> bool:
        """Whether no turn is taken because of the clock."""
        return not self._is_clock_fine()

    def stop(self) -> None:
        """End `run` after the round it is in."""
        self._is_stopping = True
        self._bell.set()

    async def run(self) -> None:
        """Take a turn at every bell until stopped; the first one at once."""
        self.ring()
        while not self._is_stopping:
            await self._bell.wait()
            self._bell.clear()
            await self.turn()

    async def turn(self) -> int:
        """Serve every duty until none has work; how many rows were served."""
        if self.is_held:
            return 0
        async with self._turning:
            total = 0
            for _ in range(ROUNDS):
                served = await self._round()
                total += served
                if not served or self._is_stopping:
                    break
            if total:
                self._ring()
            self.turns += 1
            self.last_turn_at = self._clock.now()
            return total

    async def next_at(self, read: Reading) -> list[datetime]:
        """The instant of the earliest row of each duty that has one."""
        instants = [await tick.next_at(read) for tick in self._ticks]
        return [at for at in instants if at is not None]

    async def _round(self) -> int:
        served = 0
        for tick in self._ticks:
            if self._is_stopping:
                break
            served += await self._run(tick)
        return served

    async def _run(self, tick: Tick) -> int:
        """One duty, once; one that fails as a whole is tried at the next bell, and logged once
        until it succeeds again."""
        began = self._clock.monotonic()
        try:
            rows = await tick.run(self._database, self._clock.now())
        except Exception:
            if tick.name not in self.failing:
                _log.exception("tick failed", action="tick_failed", tick=tick.name)
            self.failing.add(tick.name)
            self._figures.tick_failed(tick.name)
            return 0
        self.failing.discard(tick.name)
        self._figures.ticked(tick.name, rows, self._clock.monotonic() - began)
        return rows


def ring_every_second(job_queue: JobQueue[Any], ring: Callable[[], None]) -> None:
    """Let the framework's scheduler ring: late bells count, several late ones are one."""

    async def bell(_: object) -> None:
        ring()

    job_queue.run_repeating(
        bell,
        interval=SECOND,
        first=SECOND,
        name="bell",
        job_kwargs={"misfire_grace_time": None, "coalesce": True},
    )
