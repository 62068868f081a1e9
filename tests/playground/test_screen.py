"""What a page draws from: the newest messages, and what changes them afterwards."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from telegram import Bot, ReplyKeyboardMarkup

from playground.people import Person
from playground.server import BotApi


@pytest.fixture
async def browser(api: BotApi) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(api.url) as session:
        yield session


async def screen(browser: aiohttp.ClientSession, person: Person, newest: int = 60) -> Any:
    path = f"/sim/people/{person.chat_id}/screen?newest={newest}"
    async with browser.get(path) as response:
        return (await response.json())["result"]


async def test_a_long_chat_begins_with_its_newest(
    browser: aiohttp.ClientSession, api: BotApi, bot: Bot, mother: Person
) -> None:
    for number in range(5):
        await bot.send_message(mother.chat_id, str(number))
    shown = await screen(browser, mother, 2)

    assert [one["text"] for one in shown["messages"]] == ["3", "4"]
    assert shown["earlier"] == 4
    assert shown["last"] == api.feed.last


async def test_a_happening_says_what_it_puts_below_the_input_field(
    api: BotApi, bot: Bot, mother: Person
) -> None:
    keyboard = ReplyKeyboardMarkup([["点名", "本班"]])
    await bot.send_message(mother.chat_id, "一", reply_markup=keyboard)
    sent = await bot.send_message(mother.chat_id, "二")
    await bot.edit_message_text("三", mother.chat_id, sent.message_id)
    first, second, edit = [one.as_json()["message"] for one in api.feed.since(0)[-3:]]

    assert first["keyboard"] == [["点名", "本班"]]
    assert second["keyboard"] is None
    assert not second["edited"]
    assert edit["edited"]


@pytest.mark.parametrize(
    ("data", "mime", "seen"),
    [
        (b"\x89PNG", "image/png", "image/png"),
        (b"<script>", "text/html", "application/octet-stream"),
    ],
)
async def test_a_file_that_could_run_is_only_handed_over(
    browser: aiohttp.ClientSession, mother: Person, data: bytes, mime: str, seen: str
) -> None:
    shown = mother.send_document("file", data, mime=mime)
    path = f"/sim/people/{mother.chat_id}/files/{shown.message_id}"
    async with browser.get(path) as response:
        assert response.content_type == seen
