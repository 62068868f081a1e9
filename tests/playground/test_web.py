from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from playground.people import Person
from playground.server import BotApi
from playground.web import Declined, page_routes


async def echo(asked: dict[str, Any]) -> dict[str, Any]:
    return asked


async def decline(asked: dict[str, Any]) -> None:
    raise Declined("not now")


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    api = BotApi()
    api.also_serve(page_routes(api.feed, {"echo": echo, "decline": decline}))
    async with api:
        yield api


@pytest.fixture
async def browser(api: BotApi) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(api.url) as session:
        yield session


async def test_the_page_allows_nothing_from_elsewhere(browser: aiohttp.ClientSession) -> None:
    async with browser.get("/") as response:
        text = await response.text()

    assert "default-src 'self'" in response.headers["Content-Security-Policy"]
    assert "http://" not in text
    assert "https://" not in text


@pytest.mark.parametrize("name", ["nothing.js", "..%2Fweb.py", "%2Fetc%2Fpasswd"])
async def test_only_files_of_the_page_are_served(
    browser: aiohttp.ClientSession, name: str
) -> None:
    async with browser.get(f"/page/{name}") as response:
        assert response.status == 404


async def test_what_happens_is_streamed_and_taken_up_again(
    browser: aiohttp.ClientSession, api: BotApi, mother: Person
) -> None:
    mother.say("你好")
    async with browser.get("/stream", headers={"Last-Event-ID": "1"}) as response:
        async with asyncio.timeout(5):
            while not (line := await response.content.readline()).startswith(b"data: "):
                pass

    assert json.loads(line[6:])["text"] == "你好"


async def test_the_county_answers_or_declines(browser: aiohttp.ClientSession) -> None:
    async with browser.post("/county/echo", json={"a": 1}) as response:
        assert (await response.json())["result"] == {"a": 1}
    async with browser.get("/county/decline") as response:
        assert (response.status, (await response.json())["error"]) == (409, "not now")
    async with browser.get("/county/unknown") as response:
        assert response.status == 404


@pytest.mark.parametrize("path", ["/stream", "/county/echo"])
async def test_a_page_of_another_site_is_refused(
    browser: aiohttp.ClientSession, path: str
) -> None:
    async with browser.get(path, headers={"Host": "evil.example"}) as response:
        assert response.status == 403
    async with browser.post("/county/echo", data="a=1") as response:
        assert response.status == 415


async def test_keys_with_the_same_words_are_told_apart_by_their_place(
    browser: aiohttp.ClientSession, api: BotApi, mother: Person
) -> None:
    keys = {
        "inline_keyboard": [
            [{"text": "看", "callback_data": "1"}],
            [{"text": "看", "callback_data": "2"}],
        ]
    }
    sent = {"chat_id": mother.chat_id, "text": "?", "reply_markup": json.dumps(keys)}
    async with browser.post(f"/bot{api.token}/sendMessage", json=sent) as response:
        message_id = (await response.json())["result"]["message_id"]
    place = {"message_id": message_id, "row": 1, "column": 0, "within": 0.05}
    async with browser.post(f"/sim/people/{mother.chat_id}/tap", json=place) as response:
        assert (await response.json())["ok"]

    updates = await api.account.updates.poll(0, 10, 0)
    assert updates[-1]["callback_query"]["data"] == "2"


async def test_a_phone_knows_whether_the_bot_is_blocked(
    browser: aiohttp.ClientSession, mother: Person
) -> None:
    mother.block()
    async with browser.get(f"/sim/people/{mother.chat_id}") as response:
        assert (await response.json())["result"]["standing"] == "blocked"
