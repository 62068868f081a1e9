"""A rehearsal: the real bot on a clock that goes from one due moment to the next, in order."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.clock import Clock, RehearsalClock
from storage.database import Database
from storage.meta import CLOCK_REQUEST, HEARTBEAT, forget, keep_clock, recall, remember_new
from storage.work import Reading

if TYPE_CHECKING:  # whoever only asks for the clock to be moved starts without them
    from bot.engine import Engine
    from bot.pipeline import Pipeline
    from bot.ticks.delivery import Delivery

#: Pause between two looks when nothing happens, in real seconds.
IDLE = 0.05
#: What somebody pressed just before is on its way for so long, in real seconds.
GRACE = 0.1
#: A running bot whose heart has not beaten for so long is none, in real seconds.
PATIENCE = 8.0
#: A row that is overdue and cannot be served is looked at again so often.
STUCK_FOR = timedelta(minutes=5)

_SPAN = re.compile(r"(\d{1,4})([mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


class NoBot(Exception):
    """Nobody is running this database, so that nobody can move its clock."""


@dataclass(frozen=True)
class Request:
    """Somebody wants the clock at `to`; `number` tells the request from every other."""

    number: str
    to: datetime

    @classmethod
    def new(cls, to: datetime) -> Request:
        """A request that nobody has made yet."""
        return cls(secrets.token_hex(8), to)

    def to_json(self) -> str:
        """As it stands in the database."""
        return json.dumps({"number": self.number, "to": self.to.isoformat()})

    @classmethod
    def from_json(cls, text: str) -> Request:
        """The way back."""
        table = json.loads(text)
        return cls(table["number"], datetime.fromisoformat(table["to"]))


def read_span(text: str) -> timedelta:
    """2h, 3d, 30m; ValueError for anything else."""
    found = _SPAN.fullmatch(text.strip())
    if found is None:
        raise ValueError(text)
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def read_when(text: str, zone: ZoneInfo) -> datetime:
    """An ISO date and time of the county; ValueError for anything else."""
    at = datetime.fromisoformat(text.strip())
    return at.replace(tzinfo=zone) if at.tzinfo is None else at


async def ask_to_move(database: Database, clock: Clock, target: datetime) -> None:
    """Ask the running bot, and wait until it has arrived; NoBot when it shows no life."""
    request, life = Request.new(target), _Life()
    while not await _put(database, clock, request):
        await life.look(database, clock)
    try:
        while await _requested(database) == request:
            await life.look(database, clock)
    except (NoBot, asyncio.CancelledError):
        async with database.work(clock.now()) as work:
            await forget(work, CLOCK_REQUEST)
        raise


async def _put(database: Database, clock: Clock, request: Request) -> bool:
    """Put the request where the running bot finds it; False while another one stands there."""
    async with database.work(clock.now()) as work:
        return await remember_new(work, CLOCK_REQUEST, request.to_json())


async def _requested(database: Database) -> Request | None:
    async with database.read() as read:
        text = await recall(read, CLOCK_REQUEST)
    return Request.from_json(text) if text else None


class _Life:
    """Whether the heart of the running bot still beats."""

    def __init__(self) -> None:
        self._beat: str | None = None
        self._since = 0.0

    async def look(self, database: Database, clock: Clock) -> None:
        """NoBot when there is no heart, or when it has stood still for too long."""
        async with database.read() as read:
            beat = await recall(read, HEARTBEAT)
        if beat is None:
            raise NoBot
        if beat != self._beat:
            self._beat, self._since = beat, clock.monotonic()
        elif clock.monotonic() - self._since > PATIENCE:
            raise NoBot
        await clock.sleep(IDLE)


class Rehearsal:
    """Moves the clock of one rehearsal database when somebody asks for it."""

    def __init__(
        self,
        database: Database,
        clock: RehearsalClock,
        engine: Engine,
        pipeline: Pipeline,
        delivery: Delivery,
    ) -> None:
        """`clock` is the one that all parts read."""
        self._database = database
        self._clock = clock
        self._engine = engine
        self._pipeline = pipeline
        self._delivery = delivery

    async def run(self) -> None:
        """Look for requests until cancelled; one that was under way at a crash is taken up."""
        while True:
            request = await _requested(self._database)
            if request is not None:
                await self._clock.sleep(GRACE)
                await self._serve(request)
            await self._clock.sleep(IDLE)

    async def settle(self) -> None:
        """Let everything that can happen at this moment happen, and leave.

        Twice in a row nothing: a message that could not be delivered may be somebody's task.
        """
        quiet = 0
        while quiet < 2:
            handled = await self._pipeline.drain()
            served = await self._engine.turn()
            await self._delivery.drain()
            quiet = 0 if handled or served else quiet + 1

    async def move_to(self, target: datetime) -> None:
        """Go through every due moment up to `target`, in order, and stop there."""
        await self.settle()
        while (at := await self._next_moment()) is not None and at <= target:
            await self._stand_at(at)
        if target > self._clock.now():
            await self._stand_at(target)

    async def _stand_at(self, at: datetime) -> None:
        async with self._database.work(at) as work:
            await keep_clock(work)
        self._clock.move(at)
        await self.settle()

    async def _next_moment(self) -> datetime | None:
        now = self._clock.now()
        async with self._database.read() as read:
            duties = await self._engine.next_at(read)
            others = [one for one in await self._others(read) if one > now]
        stuck = [now + STUCK_FOR if at <= now else at for at in duties]
        return min([*stuck, *others], default=None)

    async def _others(self, read: Reading) -> list[datetime]:
        found = (await self._delivery.next_at(read), await self._pipeline.next_at(read))
        return [at for at in found if at is not None]

    async def _serve(self, request: Request) -> None:
        await self.move_to(request.to)
        async with self._database.work(self._clock.now()) as work:
            await forget(work, CLOCK_REQUEST)
