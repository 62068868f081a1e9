"""The engine: turns until nothing is left; one bad row stops nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from bot.clock import RehearsalClock
from bot.engine import Engine
from bot.settings import Settings
from bot.ticks.base import Means, WorkTick
from rules.policy import Policy
from storage.calendars import Calendars
from storage.database import Database
from storage.errors import StaleVersion
from storage.meta import recall, remember
from storage.work import Reading, Work

START = datetime(2026, 9, 7, 0, 0, tzinfo=UTC)


class FakeDuty(WorkTick):
    """Three rows due at the start; those in `bad` fail, those in `lost` lose a race once."""

    name = "fake"

    def __init__(
        self, means: Means, bad: Collection[int] = (), lost: Collection[int] = ()
    ) -> None:
        super().__init__(means)
        self.left = {1, 2, 3}
        self.bad = set(bad)
        self.lost = set(lost)
        self.is_done = asyncio.Event()

    async def due(
        self, read: Reading, now: datetime, limit: int, skipped: Collection[int]
    ) -> Sequence[int]:
        return sorted(self.left - set(skipped))[:limit]

    async def serve(self, work: Work, row_id: int) -> None:
        if row_id in self.lost:
            self.lost.remove(row_id)
            raise StaleVersion
        if row_id in self.bad:
            raise ArithmeticError(row_id)
        await remember(work, f"row {row_id}", "served")
        self.left.discard(row_id)
        if not self.left:
            self.is_done.set()

    async def earliest(self, read: Reading, skipped: Collection[int]) -> datetime | None:
        return START if self.left - set(skipped) else None


@pytest.fixture
def means() -> Means:
    settings = Settings(_env_file=None)  # type: ignore[call-arg]
    return Means(settings, Policy(), Calendars(settings.zone), RehearsalClock(START))


async def served(database: Database) -> list[int]:
    async with database.read() as read:
        return [n for n in (1, 2, 3) if await recall(read, f"row {n}")]


async def test_a_turn_serves_every_row_and_is_counted(database: Database, means: Means) -> None:
    engine = Engine(database, means.clock, [FakeDuty(means)])

    assert await engine.turn() == 3
    assert await engine.turn() == 0
    assert engine.turns == 2
    assert await served(database) == [1, 2, 3]


async def test_a_bad_row_is_put_off_and_stops_nothing_else(
    database: Database, means: Means
) -> None:
    duty = FakeDuty(means, bad={2})
    engine = Engine(database, means.clock, [duty])

    await engine.turn()

    assert await served(database) == [1, 3]
    async with database.read() as read:
        assert await engine.next_at(read) == [START + timedelta(minutes=1)]


async def test_a_bad_row_is_tried_again_later_and_later(database: Database, means: Means) -> None:
    duty = FakeDuty(means, bad={2})
    engine = Engine(database, means.clock, [duty])
    await engine.turn()
    assert isinstance(means.clock, RehearsalClock)
    means.clock.move(START + timedelta(minutes=1))
    await engine.turn()
    async with database.read() as read:
        assert await engine.next_at(read) == [START + timedelta(minutes=6)]
    duty.bad.clear()
    means.clock.move(START + timedelta(minutes=6))

    await engine.turn()

    assert await served(database) == [1, 2, 3]


async def test_a_lost_race_is_served_anew(database: Database, means: Means) -> None:
    engine = Engine(database, means.clock, [FakeDuty(means, lost={1})])

    await engine.turn()

    assert await served(database) == [1, 2, 3]


async def test_a_bell_wakes_the_engine_and_stop_ends_it(database: Database, means: Means) -> None:
    duty = FakeDuty(means)
    engine = Engine(database, means.clock, [duty])
    running = asyncio.create_task(engine.run())
    async with asyncio.timeout(5):
        await duty.is_done.wait()
        duty.is_done.clear()
        duty.left = {1}
        async with database.work(START) as work:
            engine.ring_after(work)
        await duty.is_done.wait()
        engine.stop()
        await running

    assert duty.left == set()


class Broken:
    """A duty that fails as a whole until it is mended."""

    name = "broken"
    is_mended = False

    async def next_at(self, read: Reading) -> datetime | None:
        return None

    async def run(self, database: Database, now: datetime) -> int:
        if not self.is_mended:
            raise ArithmeticError
        return 0


async def test_a_duty_that_fails_every_time_stops_no_other_and_alarms_once(
    database: Database, means: Means
) -> None:
    broken, duty = Broken(), FakeDuty(means)
    engine = Engine(database, means.clock, (broken, duty))
    with capture_logs() as lines:
        for _ in range(3):
            await engine.turn()

    assert await served(database) == [1, 2, 3]
    assert [line["action"] for line in lines] == ["tick_failed"]
    assert engine.failing == {"broken"}
    broken.is_mended = True
    await engine.turn()
    assert engine.failing == set()
