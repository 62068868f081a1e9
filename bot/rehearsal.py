"""A rehearsal: the real bot on a clock that goes from one due moment to the next, in order."""

from __future__ import annotations

import asyncio
import json
import signal
from dataclasses import dataclass
from datetime import datetime

import structlog
from telegram.error import InvalidToken, TelegramError

from bot.clock import RehearsalClock
from bot.poller import SignedOut
from bot.running import Bot
from storage.database import Database
from storage.meta import CLOCK_REQUEST, forget, keep_clock, recall, remember
from storage.work import Reading

DONE = "clock_done"
#: Pause between two looks when nothing happens, in real seconds.
IDLE = 0.05

_log = structlog.get_logger(__name__)


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
    """Runs one rehearsal database until stopped."""

    def __init__(self, bot: Bot, clock: RehearsalClock) -> None:
        """`clock` is the one that the bot's parts read."""
        self._bot = bot
        self._clock = clock
        self._is_stopping = False

    def stop(self) -> None:
        """End `run` after the moment that is being served."""
        self._is_stopping = True
        self._bot.stop()

    async def run(self) -> None:
        """Serve people as they come, and the clock when somebody moves it."""
        loop = asyncio.get_running_loop()
        for one in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(one, self.stop)
        await self._keep_clock()
        while not self._is_stopping:
            served = await self.settle()
            request = await self._requested()
            if request is not None:
                await self._serve(request)
            elif not served:
                await self._clock.sleep(IDLE)

    async def settle(self) -> bool:
        """Let everything that can happen at this moment happen; whether anything did."""
        anything = False
        while not self._is_stopping:
            fetched = await self._fetch()
            handled = await self._bot.pipeline.drain()
            served = await self._bot.engine.turn()
            await self._bot.delivery.drain()
            if not fetched and not handled and not served:
                return anything
            anything = True
        return anything

    async def move_to(self, target: datetime) -> None:
        """Go through every due moment up to `target`, in order, and stop there."""
        await self.settle()
        while not self._is_stopping and (at := await self._next_moment()) is not None:
            if at > target:
                break
            await self._stand_at(at)
        if target > self._clock.now():
            await self._stand_at(target)

    async def _stand_at(self, at: datetime) -> None:
        self._clock.move(at)
        await self._keep_clock()
        await self.settle()

    async def _next_moment(self) -> datetime | None:
        now = self._clock.now()
        async with self._bot.database.read() as read:
            moments = await self._moments(read)
        return min((at for at in moments if at > now), default=None)

    async def _moments(self, read: Reading) -> list[datetime]:
        moments = await self._bot.engine.next_at(read)
        for part in (self._bot.delivery, self._bot.pipeline):
            at = await part.next_at(read)
            moments += [at] if at is not None else []
        return moments

    async def _fetch(self) -> int:
        try:
            return await self._bot.poller.fetch()
        except InvalidToken:
            raise SignedOut from None
        except TelegramError as error:
            _log.warning("no updates", action="not_polled", error=type(error).__name__)
            await self._clock.sleep(IDLE)
            return 0

    async def _requested(self) -> Request | None:
        async with self._bot.database.read() as read:
            text = await recall(read, CLOCK_REQUEST)
        return Request.from_json(text) if text else None

    async def _serve(self, request: Request) -> None:
        await self.move_to(request.to)
        async with self._bot.database.work(self._clock.now()) as work:
            await forget(work, CLOCK_REQUEST)
            await remember(work, DONE, request.number)

    async def _keep_clock(self) -> None:
        async with self._bot.database.work(self._clock.now()) as work:
            await keep_clock(work)
