"""`/healthz` and `/metrics` on `OPS_LISTEN`: for the operator's own tools, not for the world."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Protocol

from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from bot.clock import Clock, RehearsalClock
from bot.engine import Engine
from bot.ops.figures import Figures
from bot.web import serving
from storage.ageing import Ages, ages_of
from storage.database import Database

#: The scheduler rings every second; a turn that is so long ago has stuck.
STUCK_AFTER = timedelta(minutes=1)
PROMETHEUS = "text/plain; version=0.0.4"


class Source(Protocol):
    """Where updates come from."""

    @property
    def silent_s(self) -> float:
        """For how many seconds nothing could come in."""
        ...


class OpsPages:
    """Answers while the bot works."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        engine: Engine,
        figures: Figures,
        alarm_after: timedelta,
        source: Source,
    ) -> None:
        """`alarm_after`: what is later than this makes the bot ill."""
        self._source = source
        self._database = database
        self._clock = clock
        self._engine = engine
        self._figures = figures
        self._alarm_after = alarm_after.total_seconds()

    async def run(self, listen: str) -> None:
        """Serve until cancelled."""
        application = web.Application()
        application.router.add_get("/healthz", self._health)
        application.router.add_get("/metrics", self._metrics)
        async with serving(application, listen, "ops"):
            await asyncio.Event().wait()

    async def _health(self, _: web.Request) -> web.Response:
        """200 when a full turn of the engine is done and nothing is late, else 503 and why."""
        ages = await self._ages()
        is_usable = ages is not None and self._figures.is_writable
        problems = [] if is_usable else ["database"]
        problems += ["updates"] if self._source.silent_s > self._alarm_after else []
        problems += [] if ages is None else [*self._engine_ill(), *self._late(ages)]
        body = {
            "ok": not problems,
            "problems": problems,
            "turns": self._engine.turns,
            "inbox": {"waiting": ages.inbox_waiting, "oldest_s": ages.inbox_oldest_s}
            if ages
            else None,
            "outbox": {
                "due": sum(ages.waiting_by_lane.values()),
                "oldest_s": ages.outbox_oldest_s,
            }
            if ages
            else None,
        }
        return web.json_response(body, status=503 if problems else 200)

    async def _ages(self) -> Ages | None:
        try:
            async with self._database.read() as read:
                return await ages_of(read, self._clock.now())
        except (SQLAlchemyError, OSError):
            return None

    def _engine_ill(self) -> list[str]:
        """The clock is not believed; no full turn yet, or none for too long.  A clock that stands
        still rings nobody."""
        if self._engine.is_held:
            return ["clock"]
        return [*self._not_turning(), *(f"duty:{one}" for one in sorted(self._engine.failing))]

    def _not_turning(self) -> list[str]:
        last = self._engine.last_turn_at
        if last is None:
            return ["no_turn_yet"]
        is_stuck = self._clock.now() - last > STUCK_AFTER
        return ["engine"] if is_stuck and not isinstance(self._clock, RehearsalClock) else []

    def _late(self, ages: Ages) -> list[str]:
        late = {
            "inbox": ages.inbox_oldest_s,
            "outbox": ages.outbox_oldest_s,
            "tasks": ages.tasks_oldest_s,
        }
        return [name for name, age in late.items() if age > self._alarm_after]

    async def _metrics(self, _: web.Request) -> web.Response:
        ages = await self._ages()
        if ages is None:
            return web.Response(status=503)
        text = self._figures.text(ages, self._engine.turns)
        return web.Response(body=text, headers={"Content-Type": PROMETHEUS})
