"""Clock sanity: nothing leaves while the clock cannot be trusted."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.sanity import Sanity, accept, agrees, is_insane
from storage.database import Database
from storage.meta import CLOCK_HOLD, LAST_ALIVE, recall, remember
from tests.support.updates import a_stage

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("drift", "insane"),
    [
        (timedelta(), False),
        (timedelta(seconds=-30), False),
        (timedelta(minutes=-2), True),
        (timedelta(hours=23), False),
        (timedelta(hours=25), True),
    ],
    ids=str,
)
def test_back_at_all_or_forward_by_more_than_a_day(drift: timedelta, insane: bool) -> None:
    assert is_insane(drift, DAY) is insane


async def test_a_hold_is_kept_until_somebody_accepts_the_clock(database: Database) -> None:
    async with a_stage(database) as stage:
        sanity = Sanity(database, stage.clock, stage.bot, stage.delivery)
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

        await Sanity(database, stage.clock, stage.bot, stage.delivery).start()

        async with database.read() as read:
            assert await recall(read, CLOCK_HOLD) is not None


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
