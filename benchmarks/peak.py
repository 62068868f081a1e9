"""The morning peak: every roll call of a county in twenty simulated minutes (benchmark 6).

Each simulated ten seconds the taps of that moment are handled and whatever has become due is
delivered, without Telegram's limit; the delay of an alert is the real time from the moment at
which it was due until the server had it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from benchmarks.common import TOKEN, Row, a_database, means_for, percentile, told
from benchmarks.fan_out import UNLIMITED
from benchmarks.school import Morning, build_morning
from benchmarks.server import a_server
from bot.clock import RehearsalClock
from bot.engine import Engine
from bot.pipeline import Pipeline
from bot.poller import Poller
from bot.request import connected
from bot.ticks import all_ticks
from bot.ticks.base import Means
from bot.ticks.delivery import Delivery
from handlers.all import HANDLERS
from storage.database import Database
from storage.tables.plumbing import outbox
from storage.writer import SqliteWriter
from templates.presses_teacher import NamePress, RollPress

#: A school day of the built-in year, 08:00 in the county.
EIGHT = datetime.fromisoformat("2026-09-07T08:00:00+08:00")
STEP = timedelta(seconds=10)
LASTS = timedelta(minutes=20)
ALERTED_AFTER = timedelta(minutes=4)
PER_CLASS = 45
FSYNC = 0.010


async def peak(rooms: int, absent: int) -> list[Row]:
    """On this disk, and on one whose fsync takes ten milliseconds."""
    rows = []
    for name, wait in (("this disk", 0.0), ("fsync 10 ms", FSYNC)):
        with _slower_disk(wait):
            taps, alerts, number = await _morning(rooms, absent)
        rows += [
            Row(f"peak, {name}: alerts delivered", number, ""),
            Row(f"peak, {name}: tap answered, p50", percentile(taps, 0.5), "s"),
            Row(f"peak, {name}: tap answered, p99", percentile(taps, 0.99), "s"),
            Row(f"peak, {name}: due alert delivered, p50", percentile(alerts, 0.5), "s"),
            Row(f"peak, {name}: due alert delivered, p99", percentile(alerts, 0.99), "s"),
        ]
    return rows


@contextmanager
def _slower_disk(seconds: float) -> Iterator[None]:
    """Every commit waits for so long, as a slow disk makes it."""
    send = SqliteWriter._send

    def slow(self: SqliteWriter, statement: str) -> None:
        if statement == "COMMIT":
            time.sleep(seconds)
        send(self, statement)

    SqliteWriter._send = slow  # type: ignore[method-assign]
    try:
        yield
    finally:
        SqliteWriter._send = send  # type: ignore[method-assign]


async def _morning(rooms: int, absent: int) -> tuple[list[float], list[float], int]:
    clock = RehearsalClock(EIGHT)
    async with a_database() as database:
        morning = await build_morning(database, rooms, PER_CLASS, EIGHT, EIGHT.date())
        with a_server() as url:
            means = replace(means_for(url), clock=clock)
            async with connected(TOKEN, url) as bot:
                delivery = Delivery(database, means, bot, rates=UNLIMITED)
                pipeline = Pipeline(database, means, bot, HANDLERS, ring=delivery.ring)
                poller = Poller(database, clock, bot, pipeline.ring)
                parts = _Parts(database, means, clock, url, delivery, pipeline, poller)
                return await parts.through(morning, absent)


class _Parts:
    def __init__(  # noqa: PLR0913 - the parts of the bot
        self,
        database: Database,
        means: Means,
        clock: RehearsalClock,
        url: str,
        delivery: Delivery,
        pipeline: Pipeline,
        poller: Poller,
    ) -> None:
        self.database, self.clock, self.url = database, clock, url
        self.delivery, self.pipeline, self.poller = delivery, pipeline, poller
        self.engine = Engine(database, clock, all_ticks(means), delivery.ring)

    async def through(self, morning: Morning, absent: int) -> tuple[list[float], list[float], int]:
        """Step through the twenty minutes, and until the last family has been told."""
        taps: list[float] = []
        alerts: list[float] = []
        told_before, done = 0, 0
        steps = int(LASTS / STEP)
        for step in range(steps + int(ALERTED_AFTER / STEP)):
            self.clock.move(EIGHT + step * STEP)
            upto = min(morning.rooms * (step + 1) // steps, morning.rooms)
            some = _taps(morning, range(done + 1, upto + 1), absent / morning.rooms)
            done = upto
            taps += await self._handle(some)
            began = time.perf_counter()
            await self.engine.turn()
            await self.delivery.drain()
            took = time.perf_counter() - began
            told_now = await self._alerts()
            alerts += [took] * (told_now - told_before)
            told_before = told_now
        return taps, alerts, told_before

    async def _handle(self, some: list[dict[str, Any]]) -> list[float]:
        if not some:
            return []
        await told(f"{self.url}/fill", {"presses": some, "more": True})
        began = time.perf_counter()
        while await self.poller.fetch():
            await self.pipeline.drain()
            await self.delivery.drain()
        return [time.perf_counter() - began] * len(some)

    async def _alerts(self) -> int:
        query = select(func.count()).where(
            outbox.c.kind == "absence_alert", outbox.c.state == "delivered"
        )
        async with self.database.read() as read:
            return int(await read.scalar(query) or 0)


def _taps(morning: Morning, rooms: range, share: float) -> list[dict[str, Any]]:
    """Every class of this moment: the missing children, then the submission."""
    taps: list[dict[str, Any]] = []
    for room in rooms:
        chat = morning.teacher_chat(room)
        missing = int(room * share) - int((room - 1) * share)
        names = morning.students_of(room)[:missing]
        said = [NamePress(room, student, "absent").spell() for student in names]
        said.append(RollPress(room, "submit", 0).spell())
        taps.extend({"chat": chat, "data": data} for data in said)
    return taps
