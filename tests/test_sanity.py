"""Clock sanity: nothing leaves while the clock cannot be trusted."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.engine import Engine
from bot.sanity import Sanity, accept, agrees, is_insane
from storage.database import Database
from storage.meta import CLOCK_HOLD, LAST_ALIVE, recall, remember
from tests.support.updates import Stage, a_stage

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("drift", "insane"),
    [
        (timedelta(), False),
        (timedelta(seconds=-30), False),
        (timedelta(minutes=-2), True),
        (timedelta(hours=23), False),
        (timedelta(hours=24), True),
        (timedelta(hours=25), True),
    ],
    ids=str,
)
def test_back_at_all_or_forward_by_a_day(drift: timedelta, insane: bool) -> None:
    assert is_insane(drift, DAY) is insane


def watched(stage: Stage) -> tuple[Sanity, Engine]:
    """The watch over the clock, and who acts by it."""
    engine = Engine(stage.database, stage.clock, ())
    watch = Sanity(stage.database, stage.clock, stage.bot, stage.delivery, engine, DAY)
    return watch, engine


async def test_a_hold_is_kept_until_somebody_accepts_the_clock(database: Database) -> None:
    async with a_stage(database) as stage:
        sanity, _ = watched(stage)
        await sanity.hold("test")
        await sanity.hold("again")
        async with database.read() as read:
            assert await recall(read, CLOCK_HOLD) is not None

        assert await accept(database, stage.clock.now(), by="operator")

        assert not await accept(database, stage.clock.now(), by="operator")
        assert await stage.journal() == ["clock_held", "clock_accepted"]


async def test_a_clock_before_the_last_sign_of_life_is_held(database: Database) -> None:
    async with a_stage(database) as stage:
        async with database.work(stage.clock.now()) as work:
            await remember(work, LAST_ALIVE, (stage.clock.now() + DAY).isoformat())

        sanity, engine = watched(stage)
        await sanity.start()
        await engine.turn()

        assert engine.turns == 0

        async with database.read() as read:
            assert await recall(read, CLOCK_HOLD) is not None


async def test_no_deadline_passes_on_a_wrong_day_not_even_before_the_jump_is_noticed(
    database: Database,
) -> None:
    async with a_stage(database) as stage:
        sanity, engine = watched(stage)
        await engine.turn()
        assert engine.turns == 0  # nobody has looked at the clock yet
        await sanity.start()
        await engine.turn()
        assert engine.turns == 1

        stage.clock.move(stage.clock.now() + DAY)
        await engine.turn()

        assert engine.is_held
        assert engine.turns == 1


async def test_nothing_leaves_while_delivery_is_held(database: Database) -> None:
    async with a_stage(database) as stage:
        stage.delivery.hold(is_held=True)

        await stage.delivery.drain()

        stage.delivery.hold(is_held=False)
        await stage.delivery.drain()


async def test_an_api_that_cannot_be_asked_agrees_with_nothing(database: Database) -> None:
    async with a_stage(database) as stage:
        assert not await agrees("http://127.0.0.1:1", stage.clock.now())
        assert not await agrees(stage.api.url, stage.clock.now() + 400 * DAY)
