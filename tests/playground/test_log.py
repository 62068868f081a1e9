from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from telegram import Bot
from telegram.error import BadRequest

from playground.feed import Happening
from playground.people import Person
from playground.server import BotApi
from tests.playground.conftest import MONDAY


async def test_every_call_is_on_record(bot: Bot, api: BotApi, mother: Person) -> None:
    seen = len(api.calls)
    await bot.send_message(mother.chat_id, "小明没到校")
    await bot.send_document(mother.chat_id, b"rows", filename="a.xlsx", caption="周报")
    with pytest.raises(BadRequest):
        await bot.send_message(1, "没到校")

    sent, document, refused = api.calls.of(since=seen)

    assert (sent.method, sent.chat_id, sent.params["text"]) == (
        "sendMessage",
        mother.chat_id,
        "小明没到校",
    )
    assert (sent.ok, sent.status, sent.at, sent.bot) == (True, 200, MONDAY, "playground_bot")
    assert document.params["document"] == "<a.xlsx>"
    assert (refused.status, refused.description) == (400, "Bad Request: chat not found")
    assert api.calls.of(contains="没到校", ok=True) == [sent]
    assert api.calls.of(chat_id=1) == [refused]
    assert api.calls.of("senddocument", contains="周报") == [document]


async def test_the_feed_tells_what_happens_as_it_happens(
    bot: Bot, api: BotApi, mother: Person
) -> None:
    told: list[Happening] = []

    async def narrate() -> None:
        told.extend([happening async for happening in _few(api.feed.follow(), 5)])

    narrator = asyncio.create_task(narrate())
    await asyncio.sleep(0)
    sent = await bot.send_message(mother.chat_id, "在等")
    await bot.edit_message_text("到了", mother.chat_id, sent.message_id)
    mother.say("谢谢")
    await bot.delete_message(mother.chat_id, sent.message_id)
    mother.block()
    await narrator

    assert [(happening.kind, happening.text) for happening in told] == [
        ("message", "在等"),
        ("edit", "到了"),
        ("said", "谢谢"),
        ("delete", "到了"),
        ("state", "kicked"),
    ]


async def _few(happenings: AsyncIterator[Happening], most: int) -> AsyncIterator[Happening]:
    for _ in range(most):
        yield await anext(happenings)


async def test_the_feed_can_be_read_from_a_number_on(api: BotApi, mother: Person) -> None:
    number = api.feed.last
    mother.say("一")

    assert [happening.text for happening in api.feed.since(number)] == ["一"]
    assert await api.feed.wait(api.feed.last, within=0.01) == []
