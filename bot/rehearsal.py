"""A rehearsal: the real bot on a clock that goes from one due moment to the next, in order."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from bot.clock import RehearsalClock
from bot.engine import Engine
from bot.pipeline import Pipeline
from bot.ticks.delivery import Delivery
from storage.database import Database
from storage.meta import CLOCK_REQUEST, forget, keep_clock, recall, remember
from storage.work import Reading

DONE = "clock_done"
#: Pause between two looks when nothing happens, in real seconds.
IDLE = 0.05


@dataclass(frozen=True)
class Request:
    """Somebody wants the clock at `to`; `number` tells the answer from an older one's."""

    number: str
    to: datetime

    def to_json(self) -> str:
        """As it stands in the database."""
        return json.dumps({"number": self.number, "to": self.to.isoformat()})

    @classmethod
    def from_json(cls, text: str) -> Request:
        """The way back."""
        table = json.loads(text)
        return cls(table["number"], datetime.fromisoformat(table["to"]))


async def ask(database: Database, request: Request, now: datetime) -> None:
    """Put the request where the running bot finds it."""
    async with database.work(now) as work:
        await remember(work, CLOCK_REQUEST, request.to_json())


async def is_done(database: Database, request: Request) -> bool:
    """Whether the running bot has arrived."""
    async with database.read() as read:
        return await recall(read, DONE) == request.number


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
        """Look for requests until cancelled."""
        while True:
            request = await self._requested()
            if request is not None:
                await self._serve(request)
            await self._clock.sleep(IDLE)

    async def settle(self) -> None:
        """Let everything that can happen at this moment happen, and leave."""
        while True:
            handled = await self._pipeline.drain()
            served = await self._engine.turn()
            await self._delivery.drain()
            if not handled and not served:
                return

    async def move_to(self, target: datetime) -> None:
        """Go through every due moment up to `target`, in order, and stop there."""
        await self.settle()
        while (at := await self._next_moment()) is not None and at <= target:
            await self._stand_at(at)
        if target > self._clock.now():
            await self._stand_at(target)

    async def _stand_at(self, at: datetime) -> None:
        self._clock.move(at)
        await self._keep_clock()
        await self.settle()

    async def _next_moment(self) -> datetime | None:
        now = self._clock.now()
        async with self._database.read() as read:
            moments = await self._moments(read)
        return min((at for at in moments if at > now), default=None)

    async def _moments(self, read: Reading) -> list[datetime]:
        moments = await self._engine.next_at(read)
        for part in (self._delivery, self._pipeline):
            at = await part.next_at(read)
            moments += [at] if at is not None else []
        return moments

    async def _requested(self) -> Request | None:
        async with self._database.read() as read:
            text = await recall(read, CLOCK_REQUEST)
        return Request.from_json(text) if text else None

    async def _serve(self, request: Request) -> None:
        await self.move_to(request.to)
        async with self._database.work(self._clock.now()) as work:
            await forget(work, CLOCK_REQUEST)
            await remember(work, DONE, request.number)

    async def _keep_clock(self) -> None:
        async with self._database.work(self._clock.now()) as work:
            await keep_clock(work)
