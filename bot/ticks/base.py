"""What every periodic duty has in common: when it is next due, and how its rows are served."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.clock import Clock
from bot.settings import Settings
from rules.policy import Policy
from storage.calendars import Calendars
from storage.database import Database
from storage.errors import Conflict
from storage.work import Reading, Work

BATCH = 200
TRIES = 5
PUT_OFF = tuple(timedelta(minutes=n) for n in (1, 5, 15, 60))

_log = structlog.get_logger(__name__)


class Tick(Protocol):
    """One duty of time: it asks the database what is due, and does it."""

    @property
    def name(self) -> str:
        """How logs name it."""
        ...

    async def next_at(self, read: Reading) -> datetime | None:
        """The instant of its earliest due row, past or future; None: nothing is planned."""
        ...

    async def run(self, database: Database, now: datetime) -> int:
        """Serve what is due at `now`, each row in its own unit of work; how many it served."""
        ...


@dataclass(frozen=True)
class Means:
    """What duties need beside the database: they are made with it, once, at start."""

    settings: Settings
    policy: Policy
    calendars: Calendars
    clock: Clock


@dataclass
class _Setback:
    """A row that failed: how often, and until when it is left alone."""

    times: int
    until: datetime


@dataclass
class Setbacks:
    """The rows of one duty that failed and wait; a restart tries them again at once."""

    waiting: dict[int, _Setback] = field(default_factory=dict)

    def held(self, now: datetime) -> frozenset[int]:
        """The rows to leave alone at `now`."""
        return frozenset(row for row, one in self.waiting.items() if one.until > now)

    def put_off(self, row: int, now: datetime) -> datetime:
        """Leave `row` alone for a while, longer each time; until when."""
        times = self.waiting[row].times + 1 if row in self.waiting else 1
        until = now + PUT_OFF[min(times, len(PUT_OFF)) - 1]
        self.waiting[row] = _Setback(times, until)
        return until

    def forget(self, row: int) -> None:
        """It went well after all."""
        self.waiting.pop(row, None)

    def next_at(self) -> datetime | None:
        """When the first of them is tried again."""
        return min((one.until for one in self.waiting.values()), default=None)


class RowTick(ABC):
    """A duty that serves due rows one by one.  Subclasses say which rows, and how.

    A row that fails is logged, put off and stops nothing else.
    """

    name = ""

    def __init__(self, means: Means) -> None:
        """Nothing has failed yet."""
        self.means = means
        self.setbacks = Setbacks()

    @abstractmethod
    async def due(
        self, read: Reading, now: datetime, limit: int, skipped: Collection[int]
    ) -> Sequence[int]:
        """The ids of up to `limit` rows due at `now`, oldest first, without those `skipped`."""

    @abstractmethod
    async def attend(self, database: Database, now: datetime, row_id: int) -> None:
        """Do what is due about one row; nothing when it is not due any more."""

    @abstractmethod
    async def earliest(self, read: Reading, skipped: Collection[int]) -> datetime | None:
        """The due instant of the earliest row that is not `skipped`."""

    async def next_at(self, read: Reading) -> datetime | None:
        """The earliest row, or the earliest second try of one that failed."""
        earliest = await self.earliest(read, frozenset(self.setbacks.waiting))
        found = [at for at in (earliest, self.setbacks.next_at()) if at is not None]
        return min(found, default=None)

    async def run(self, database: Database, now: datetime) -> int:
        """One batch."""
        async with database.read() as read:
            rows = await self.due(read, now, BATCH, self.setbacks.held(now))
        return sum([await self._try(database, now, row) for row in rows])

    async def _try(self, database: Database, now: datetime, row: int) -> bool:
        try:
            await self.attend(database, now, row)
        except Exception:
            until = self.setbacks.put_off(row, now)
            _log.exception("row failed", action="row_failed", tick=self.name, row=row, until=until)
            return False
        self.setbacks.forget(row)
        return True


class WorkTick(RowTick):
    """A duty that serves each row in one unit of work; a lost race is served anew."""

    @abstractmethod
    async def serve(self, work: Work, row_id: int) -> None:
        """Do what is due about one row, read again; nothing when it is not due any more."""

    async def attend(self, database: Database, now: datetime, row_id: int) -> None:
        """One row in one unit of work; a lost race is loaded and decided anew."""
        for left in reversed(range(TRIES)):
            try:
                async with database.work(now) as work:
                    await self.serve(work, row_id)
                return
            except Conflict:
                if not left:
                    raise
