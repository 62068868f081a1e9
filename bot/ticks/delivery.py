"""Delivery: what stands in the outbox leaves, lane by lane, as fast as Telegram allows.

A row is marked `sending` right before the call and gets its outcome right after it, so that a
process killed at any line leaves in doubt only what was truly under way.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.departing import OLDEST, WINDOW, Departures, patience_of
from bot.insisting import insist
from bot.limits import Limits, Rates
from bot.ops.figures import Figures
from bot.posting import Postman, Taken
from bot.request import RawBot
from bot.ticks.base import Means
from rules.messages.catalogue import held_at_night
from rules.quiet import Audience, release_at
from storage import departures
from storage.database import Database
from storage.departures import Departure
from storage.errors import Conflict
from storage.work import Reading, Work

WORKERS = 64
HEARTBEAT = 1.0
FAILED_FOR = 60.0

_log = structlog.get_logger(__name__)


class Delivery:
    """Sends what is due from one database through one bot."""

    def __init__(
        self,
        database: Database,
        means: Means,
        bot: RawBot,
        *,
        is_rehearsal: bool = False,
        rates: Rates | None = None,
        figures: Figures | None = None,
    ) -> None:
        """`rates` are Telegram's limits unless a rehearsal has others."""
        self._database = database
        self._means = means
        self._clock = means.clock
        self._limits = Limits(means.clock.monotonic, rates)
        self._postman = Postman(
            database,
            means,
            bot,
            self._limits,
            is_rehearsal=is_rehearsal,
            figures=figures or Figures(),
        )
        self._departures = Departures(self._limits, patience_of(means.policy.limits))
        self._news = asyncio.Event()
        self._turning = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_stale = True
        self._is_stopping = False
        self._is_held = False

    def ring(self) -> None:
        """There may be something to send."""
        self._is_stale = True
        self._news.set()

    def ring_after(self, work: Work) -> None:
        """Ring once this unit of work is committed."""
        work.on_commit(self.ring)

    def stop(self) -> None:
        """End `run`; what is under way is finished first."""
        self._is_stopping = True
        self._news.set()

    def hold(self, *, is_held: bool) -> None:
        """Begin nothing more until told otherwise: the clock cannot be trusted."""
        self._is_held = is_held
        self.ring()

    @property
    def is_unreachable(self) -> bool:
        """Whether the server could not be reached just now."""
        return self._postman.setbacks.is_unreachable

    async def next_at(self, read: Reading) -> datetime | None:
        """When the next row becomes due; what is parked is not waited for."""
        return await departures.next_after(read, self._clock.now())

    async def recover(self) -> None:
        """To be called once, before the first message is sent."""
        await self._postman.recover()

    async def run(self) -> None:
        """Send until stopped."""
        await insist(self._clock, self.recover)
        while not self._is_stopping:
            try:
                await self.drain()
            except (Conflict, SQLAlchemyError, OSError):
                _log.exception("no database", action="delivery_failed")
            await self._wait(HEARTBEAT)

    async def drain(self) -> None:
        """Send whatever can leave now, waiting out the limits; the rest stays parked.

        Parked is what is held until later, in doubt, or kept back because nobody can be reached.
        """
        async with self._turning:
            self._is_stale = True
            try:
                await self._until_idle()
            finally:
                if self._tasks:
                    await asyncio.wait(set(self._tasks))

    async def _until_idle(self) -> None:
        while not self._is_parked():
            if self._is_stale:
                await self._look()
            wait = self._start()
            if self._is_stale:
                continue
            if not self._tasks and not self._departures.waiting:
                return
            await self._wait(wait)

    def _is_parked(self) -> bool:
        """Whether nothing may leave now, whatever waits."""
        return self._is_stopping or self._is_held or (self.is_unreachable and not self._tasks)

    def _start(self) -> float | None:
        """Let go what may leave; the seconds until more may, None: until something ends."""
        while len(self._tasks) < WORKERS:
            wait = self._limits.wait()
            if wait:
                return wait if wait > 0 else None
            if self._limits.room() <= len(self._postman.preparing):
                return None
            departure = self._departures.next()
            if departure is None:
                return self._departures.wait()
            self._postman.preparing.add(departure.id)
            task = asyncio.create_task(self._serve(departure), name=f"send {departure.id}")
            self._tasks.add(task)
            task.add_done_callback(self._ended)
        return None

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._is_stale |= len(self._departures.waiting) < WORKERS
        self._news.set()

    async def _wait(self, seconds: float | None) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._news.wait()
        except TimeoutError:
            pass
        self._news.clear()

    async def _serve(self, departure: Departure) -> None:
        """One row; one that fails is logged, put off, and stops nothing else."""
        try:
            await self._postman.post(departure.id)
        except Taken:
            self.ring()
        except Exception:
            _log.exception("row failed", action="send_failed", row=departure.id)
            self._postman.setbacks.leave_alone([departure.id], FAILED_FOR)
        finally:
            self._postman.preparing.discard(departure.id)
            self._departures.done(departure)

    async def _look(self) -> None:
        """Look again at what is due; hold what the night holds, resend what was in doubt."""
        self._is_stale = False
        now = self._clock.now()
        ripe = self._postman.setbacks.ripe()
        if ripe:
            await self._postman.record(lambda work: departures.send_again(work, ripe))
        found = await self._due(now)
        if await self._hold_at_night(now, {one.kind for one in found}):
            found = await self._due(now)
        self._departures.refill(found, await self._oldest(now) if len(found) > WORKERS else [])

    async def _due(self, now: datetime) -> list[Departure]:
        skipped = self._postman.setbacks.left_alone()
        async with self._database.read() as read:
            return await departures.next_departures(read, now, WINDOW, skipped)

    async def _oldest(self, now: datetime) -> list[Departure]:
        """Whoever has waited too long; where few wait, all leave at once."""
        since = now - self._departures.patience.waits_at_most
        skipped = self._postman.setbacks.left_alone()
        async with self._database.read() as read:
            return await departures.longest_waiting(read, since, OLDEST, skipped)

    async def _hold_at_night(self, now: datetime, kinds: set[str]) -> bool:
        """Put off until the morning what keeps quiet hours, if it is night for somebody."""
        settings, hours = self._means.settings, self._means.policy.quiet_hours
        until = {one: release_at(now, hours, one, settings.zone) for one in Audience}
        asleep = [one for one in Audience if until[one] > now]
        if not any(kinds & held_at_night(one) for one in asleep):
            return False
        for audience in asleep:
            await self._postman.record(partial(_hold, audience=audience, until=until[audience]))
        return True


async def _hold(work: Work, audience: Audience, until: datetime) -> None:
    await departures.hold(work, held_at_night(audience), until)
