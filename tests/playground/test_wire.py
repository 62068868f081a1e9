from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from playground.people import Person
from playground.server import BotApi, Options


@pytest.fixture
async def session(api: BotApi) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(api.url) as session:
        yield session


async def answered(response: aiohttp.ClientResponse) -> Any:
    async with response:
        envelope = await response.json()
        assert envelope["ok"] == (response.status == 200)
        assert envelope.get("error_code", 200) == response.status
        return envelope.get("result") or envelope["description"]


async def test_parameters_come_in_any_dress(
    api: BotApi, mother: Person, session: aiohttp.ClientSession
) -> None:
    asked = {"chat_id": mother.chat_id, "text": "你好", "disable_notification": True}
    written = {name: str(value) for name, value in asked.items()}
    form = aiohttp.FormData(written, default_to_multipart=True)
    path = f"/bot{api.token}/sendMessage"

    for response in (
        await session.get(path, params=written),
        await session.post(path, data=written),
        await session.post(path, json=asked),
        await session.post(path, data=form),
        await session.post(path.lower().replace(api.token.lower(), api.token), data=written),
    ):
        assert (await answered(response))["text"] == "你好"

    assert [shown.silent for shown in mother.messages[1:]] == [True] * 5


async def test_strangers_and_unknown_methods_are_refused(
    api: BotApi, session: aiohttp.ClientSession
) -> None:
    assert await answered(await session.get("/bot1:x/getMe")) == "Unauthorized"
    assert await answered(await session.get(f"/bot{api.token}/getYou")) == "Not Found"


@pytest.mark.parametrize(
    ("asked", "complaint"),
    [
        ({"text": "a"}, "chat_id is empty"),
        ({"chat_id": "@nobody", "text": "a"}, "chat not found"),
        ({"chat_id": "1", "text": "a", "txt": "b"}, "unknown parameter txt of sendMessage"),
        ({"chat_id": "1", "text": "a", "reply_markup": "{"}, "chat not found"),
    ],
)
async def test_a_call_is_refused(
    api: BotApi, session: aiohttp.ClientSession, asked: dict[str, str], complaint: str
) -> None:
    response = await session.post(f"/bot{api.token}/sendMessage", data=asked)

    assert await answered(response) == f"Bad Request: {complaint}"


async def test_without_strictness_unknown_parameters_are_ignored() -> None:
    async with (
        BotApi(options=Options(strict=False)) as api,
        aiohttp.ClientSession(api.url) as session,
    ):
        assert await answered(await session.get(f"/bot{api.token}/getMe?whatever=1"))


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff"])
async def test_a_broken_body_is_refused(
    api: BotApi, session: aiohttp.ClientSession, body: bytes
) -> None:
    for content_type in ("application/json", "application/x-www-form-urlencoded"):
        response = await session.post(
            f"/bot{api.token}/sendMessage", data=body, headers={"Content-Type": content_type}
        )
        assert (await answered(response)).startswith("Bad Request")


async def test_the_date_is_the_stages_own(api: BotApi, session: aiohttp.ClientSession) -> None:
    async with session.get(f"/bot{api.token}/getMe") as response:
        assert response.headers["Date"] == "Mon, 23 Nov 2026 08:00:00 GMT"


async def test_two_bots_do_not_hear_each_other(
    api: BotApi, mother: Person, session: aiohttp.ClientSession
) -> None:
    api.add_bot("8:other", "other_bot")

    me = await answered(await session.get("/bot8:other/getMe"))
    refusal = await answered(
        await session.get(f"/bot8:other/sendMessage?chat_id={mother.chat_id}&text=a")
    )

    assert (me["id"], me["username"]) == (8, "other_bot")
    assert refusal == "Bad Request: chat not found"
