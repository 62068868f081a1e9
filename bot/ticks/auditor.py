"""Looks every few minutes for what should have happened and has not (architecture.md, Watch)."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from bot.clock import RehearsalClock
from bot.operators import tell_operators
from bot.ticks.base import Means
from storage.ageing import Ages, ages_of
from storage.database import Database
from storage.work import Reading

EVERY = timedelta(minutes=1)

_log = structlog.get_logger(__name__)


class Auditor:
    """Tells the administrators, once a day for each thing that is late at two looks in a row.

    It has no due moment of its own: it looks whenever the engine turns, and a clock that is moved
    by hand is no reason for alarm.
    """

    name = "auditor"

    def __init__(self, means: Means) -> None:
        """Nothing has been looked at."""
        self._means = means
        self._looked_at: datetime | None = None
        self._suspects: frozenset[str] = frozenset()

    async def next_at(self, read: Reading) -> datetime | None:
        """Never by itself."""
        return None

    async def run(self, database: Database, now: datetime) -> int:
        """One look; 0, for looking is no work."""
        is_early = self._looked_at is not None and now - self._looked_at < EVERY
        if is_early or isinstance(self._means.clock, RehearsalClock):
            return 0
        self._looked_at = now
        async with database.read() as read:
            late = _late(await ages_of(read, now), self._limit)
        confirmed = late & self._suspects
        self._suspects = late
        for thing in sorted(confirmed):
            await self._alarm(database, now, thing)
        return 0

    @property
    def _limit(self) -> float:
        return self._means.policy.limits.overdue_alarm_after.within.total_seconds()

    async def _alarm(self, database: Database, now: datetime, thing: str) -> None:
        _log.error("late", action="overdue", what=thing)
        today = now.astimezone(self._means.settings.zone).date()
        async with database.work(now) as work:
            await tell_operators(work, f"late_{thing}", today)


def _late(ages: Ages, limit: float) -> frozenset[str]:
    late = {
        "inbox": ages.inbox_oldest_s,
        "outbox": ages.outbox_oldest_s,
        "tasks": ages.tasks_oldest_s,
    }
    return frozenset(name for name, age in late.items() if age > limit)
