"""The clock of a rehearsal: every due moment in order, and only while a bot runs."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.clock import RehearsalClock
from bot.engine import Engine
from bot.rehearsal import NoBot, Rehearsal, ask_to_move, read_span, read_when
from storage.database import Database
from storage.meta import HEARTBEAT, rehearsal_clock, remember
from storage.work import Reading
from tests.support.updates import a_stage

START = datetime(2026, 9, 7, 0, 0, tzinfo=UTC)


class FakeTick:
    """Due at some moments; remembers at which instants it served them."""

    name = "fake"

    def __init__(self, *hours: int) -> None:
        self.planned = [START + timedelta(hours=hour) for hour in hours]
        self.served: list[datetime] = []

    async def next_at(self, read: Reading) -> datetime | None:
        return min(self.planned, default=None)

    async def run(self, database: Database, now: datetime) -> int:
        due = [at for at in self.planned if at <= now]
        self.served += [now for _ in due]
        self.planned = [at for at in self.planned if at > now]
        return len(due)


async def test_no_moment_is_skipped_and_all_are_in_order(database: Database) -> None:
    late, early = FakeTick(5, 30), FakeTick(1, 5, 9)
    async with a_stage(database, at=START) as stage:
        engine = Engine(database, stage.clock, [late, early])
        rehearsal = Rehearsal(database, stage.clock, engine, stage.pipeline, stage.delivery)

        await rehearsal.move_to(START + timedelta(hours=10))

    hours = [(at - START).seconds // 3600 for at in sorted(late.served + early.served)]
    assert hours == [1, 5, 5, 9]
    assert late.planned == [START + timedelta(hours=30)]
    assert stage.clock.now() == START + timedelta(hours=10)
    async with database.read() as read:
        assert await rehearsal_clock(read) == START + timedelta(hours=10)


async def test_asking_waits_until_the_running_bot_has_arrived(database: Database) -> None:
    tick = FakeTick(2)
    async with a_stage(database, at=START) as stage:
        engine = Engine(database, stage.clock, [tick])
        rehearsal = Rehearsal(database, stage.clock, engine, stage.pipeline, stage.delivery)
        running = asyncio.create_task(rehearsal.run())
        async with database.work(START) as work:
            await remember(work, HEARTBEAT, "1")

        await ask_to_move(database, stage.clock, START + timedelta(hours=3))

        running.cancel()
    assert tick.served == [START + timedelta(hours=2)]


async def test_without_a_running_bot_nobody_moves_the_clock(database: Database) -> None:
    clock = RehearsalClock(START)

    with pytest.raises(NoBot):
        await ask_to_move(database, clock, START + timedelta(hours=1))
    with pytest.raises(NoBot):
        await ask_to_move(database, clock, START + timedelta(hours=1))


def test_the_clock_never_goes_back() -> None:
    clock = RehearsalClock(START)

    with pytest.raises(ValueError, match="never goes back"):
        clock.move(START - timedelta(seconds=1))


@pytest.mark.parametrize(
    ("text", "minutes"), [("30m", 30), ("2h", 120), ("3d", 3 * 24 * 60)], ids=str
)
def test_spans(text: str, minutes: int) -> None:
    assert read_span(text) == timedelta(minutes=minutes)


def test_an_instant_is_meant_in_the_county() -> None:
    zone = ZoneInfo("Asia/Shanghai")

    assert read_when("2026-09-07T08:10", zone) == datetime(2026, 9, 7, 0, 10, tzinfo=UTC)
    with pytest.raises(ValueError, match="Invalid isoformat"):
        read_when("tomorrow", zone)
