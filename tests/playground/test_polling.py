from __future__ import annotations

import asyncio
from typing import Any

import pytest
from telegram import Bot
from telegram.error import Conflict

from playground.people import Person
from playground.server import BotApi
from tests.playground.conftest import FakeClock


async def ids(bot: Bot, **asked: Any) -> list[int]:
    return [update.update_id for update in await bot.get_updates(**asked)]


async def test_updates_are_kept_until_a_later_offset(bot: Bot, mother: Person) -> None:
    mother.say("二")
    first, second = await ids(bot)

    assert await ids(bot) == [first, second]
    assert await ids(bot, offset=first) == [first, second]
    assert await ids(bot, offset=second) == [second]
    assert await ids(bot) == [second]
    assert await ids(bot, offset=second + 1) == []
    assert await ids(bot, offset=first) == []


async def test_a_negative_offset_keeps_the_last_and_forgets_the_rest(
    bot: Bot, mother: Person
) -> None:
    for text in "二三四":
        mother.say(text)

    last_two = await ids(bot, offset=-2)

    assert len(last_two) == 2
    assert await ids(bot) == last_two


async def test_update_ids_are_never_used_again(bot: Bot, mother: Person) -> None:
    [first] = await ids(bot)
    await ids(bot, offset=first + 1)
    mother.say("二")

    assert await ids(bot) == [first + 1]


@pytest.mark.parametrize(("limit", "got"), [(2, 2), (0, 1), (100, 100), (500, 100)])
async def test_a_limit_stays_between_1_and_100(
    bot: Bot, mother: Person, limit: int, got: int
) -> None:
    for number in range(120):
        mother.say(str(number))

    assert len(await bot.get_updates(limit=limit)) == got


async def test_a_poll_waits_for_the_first_update(bot: Bot, mother: Person) -> None:
    [first] = await ids(bot)
    poll = asyncio.create_task(ids(bot, offset=first + 1, timeout=5))
    await asyncio.sleep(0.05)
    assert not poll.done()

    mother.say("二")

    assert await poll == [first + 1]


async def test_a_poll_ends_empty_when_its_time_is_up(bot: Bot, api: BotApi) -> None:
    assert await ids(bot, timeout=1) == []


async def test_the_older_of_two_pollers_is_sent_away(
    bot: Bot, api: BotApi, mother: Person
) -> None:
    [first] = await ids(bot)
    async with Bot(bot.token, base_url=api.base_url) as other:
        old = asyncio.create_task(ids(bot, offset=first + 1, timeout=5))
        await asyncio.sleep(0.05)
        new = asyncio.create_task(ids(other, offset=first + 1, timeout=5))

        with pytest.raises(Conflict, match="terminated by other getUpdates request; make sure"):
            await old
        mother.say("二")
        assert await new == [first + 1]


async def test_the_kinds_that_are_wanted_are_remembered(bot: Bot, mother: Person) -> None:
    await bot.get_updates(allowed_updates=["callback_query"])
    mother.say("不要")
    [start] = await bot.get_updates()
    await bot.get_updates(offset=start.update_id + 1, allowed_updates=[])
    mother.say("要")

    [update] = await bot.get_updates()

    assert update.message is not None
    assert update.message.text == "要"


async def test_after_a_day_telegram_forgets(bot: Bot, mother: Person, clock: FakeClock) -> None:
    clock.forward(hours=23)
    mother.say("二")
    clock.forward(hours=2)

    [update] = await bot.get_updates()

    assert update.message is not None
    assert update.message.text == "二"


async def test_stopping_lets_a_waiting_poller_go(api: BotApi, bot: Bot) -> None:
    poll = asyncio.create_task(ids(bot, timeout=30))
    await asyncio.sleep(0.05)

    await api.stop()

    assert await poll == []
