"""What the page may ask the county of the playground, asked without a browser."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest

from bot.demo.opening import playground
from playground.server import BotApi

Ask = Callable[..., Awaitable[Any]]
SOON = 20.0
LOOK = 0.05


@pytest.fixture
async def stage(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[BotApi]:
    monkeypatch.setenv("LOCALE", "zh")
    async with playground() as (api, _):
        yield api


@pytest.fixture
async def ask(stage: BotApi) -> AsyncIterator[Ask]:
    async with aiohttp.ClientSession(stage.url) as session:

        async def asked(name: str, **values: Any) -> Any:
            async with session.post(f"/county/{name}", json=values) as response:
                answer = await response.json()
            return answer["result"] if answer["ok"] else answer["error"]

        yield asked


async def held_back(ask: Ask) -> list[Any]:
    """The messages that wait for a time, once there is one."""
    for _ in range(round(SOON / LOOK)):
        if waiting := [one for one in await ask("outbox") if one["until"] and one["cause"]]:
            return waiting
        await asyncio.sleep(LOOK)
    raise AssertionError("nothing waits")


async def test_what_waits_for_the_morning_says_until_when_and_why(stage: BotApi, ask: Ask) -> None:
    leader = stage.people[(await ask("parts"))["people"]["leader"]]
    await ask("move", to="2026-09-07T16:05")
    await ask("move", to="2026-09-07T22:00")
    await leader.tap("全部催一下", within=SOON)
    waiting = await held_back(ask)

    assert {(one["kind"], one["state"], one["cause"]) for one in waiting} == {
        ("催办", "稍后再发", "夜间不打扰")
    }
    assert waiting[0]["until"] == "09-08 07:30"


async def test_the_strip_names_roll_calls_deadlines_and_whom_they_reach(
    stage: BotApi, ask: Ask
) -> None:
    first = (await ask("due"))[0]
    assert (first["to"], first["what"]) == ("2026-09-07 08:10", "早上发出 · 点名")

    await ask("move", to="2026-09-07T08:10")
    coming = await ask("due")
    leader = stage.people[(await ask("parts"))["people"]["leader"]].name
    deadline = next(one for one in coming if one["what"] == "点名")
    climb = next(one for one in coming if one["climbs"])

    assert (deadline["at"], deadline["more"] > 0) == ("09-07 09:00", True)
    assert (climb["at"], leader in climb["whom"]) == ("09-07 09:30", True)


@pytest.mark.parametrize(
    ("words", "about"),
    [("局领导", "局领导 县教体局"), ("{child} 妈妈", "{child}的妈妈"), ("{child} 学生", "学生 ")],
)
async def test_anybody_is_found_by_a_word(ask: Ask, words: str, about: str) -> None:
    child = (await ask("parts"))["children"]["ill"]
    found = await ask("search", words=words.format(child=child))

    assert found
    assert all(one["about"].startswith(about.format(child=child)) for one in found)


async def test_a_link_that_is_none_is_declined(ask: Ask) -> None:
    assert await ask("qr", link="https://t.me/playground_bot") == "https://t.me/playground_bot"
