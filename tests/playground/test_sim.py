from __future__ import annotations

import asyncio
import base64
import sys
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import RetryAfter

from playground.server import BotApi

KEYS = InlineKeyboardMarkup([[InlineKeyboardButton("收到", callback_data="a")]])


class Remote:
    """Drives the stage from outside."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def get(self, path: str, **query: str) -> Any:
        async with self._session.get(f"/sim/{path}", params=query) as response:
            return _result(await response.json())

    async def post(self, path: str, **asked: Any) -> Any:
        async with self._session.post(f"/sim/{path}", json=asked) as response:
            return _result(await response.json())


def _result(envelope: Any) -> Any:
    return envelope["result"] if envelope["ok"] else envelope["error"]


@pytest.fixture
async def session(api: BotApi) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(api.url) as session:
        yield session


@pytest.fixture
def remote(session: aiohttp.ClientSession) -> Remote:
    return Remote(session)


async def test_a_person_is_driven_from_outside(bot: Bot, remote: Remote) -> None:
    card = await remote.post("people", name="王妈妈")
    me = f"people/{card['chat_id']}"
    await remote.post(f"{me}/start", code="abc")
    await bot.send_message(card["chat_id"], "<b>没到校</b>", parse_mode="HTML", reply_markup=KEYS)

    heard = await remote.post(f"{me}/expect", words="没到校")
    tap = asyncio.create_task(remote.post(f"{me}/tap", label="收到"))
    update = (await bot.get_updates(offset=-1, timeout=2))[0]
    while update.callback_query is None:
        update = (await bot.get_updates(offset=update.update_id + 1, timeout=2))[0]
    await update.callback_query.answer("好的", show_alert=True)

    assert heard["html"] == "<b>没到校</b>"
    assert heard["buttons"] == [[{"label": "收到", "data": "a", "url": None}]]
    assert await tap == {"text": "好的", "alert": True}
    view = await remote.get(me)
    assert [shown["text"] for shown in view["messages"]] == ["/start abc", "没到校"]
    assert view["popups"] == [{"text": "好的", "alert": True}]
    assert await remote.get("people") == [card]


async def test_an_old_version_of_a_message_can_be_tapped(bot: Bot, remote: Remote) -> None:
    card = await remote.post("people", name="王妈妈")
    me = f"people/{card['chat_id']}"
    await remote.post(f"{me}/start")
    sent = await bot.send_message(card["chat_id"], "在等", reply_markup=KEYS)
    await bot.edit_message_text("到了", card["chat_id"], sent.message_id)
    where = {"label": "收到", "message_id": sent.message_id, "within": 0}

    now = await remote.post(f"{me}/tap", **where)
    before = await remote.post(f"{me}/tap", **where, version=0)

    assert now == "LookupError: 王妈妈 sees no button '收到'"
    assert list(before) == ["query_id"]


async def test_every_deed_can_be_done(bot: Bot, remote: Remote) -> None:
    card = await remote.post("people", name="王妈妈", chat_id=99, language="bo")
    me = f"people/{card['chat_id']}"
    data = base64.b64encode(b"rows").decode()
    said = await remote.post(f"{me}/say", text="你好")
    for deed, asked in {
        "forward": {"text": "转"},
        "photo": {"base64": data},
        "voice": {"base64": data},
        "document": {"name": "a.xlsx", "base64": data},
        "sticker": {},
        "contact": {"phone": "+86138"},
        "edit": {"message_id": said["message_id"], "text": "改"},
        "block": {},
        "unblock": {},
        "deactivate": {},
        "see_all": {},
    }.items():
        assert not isinstance(await remote.post(f"{me}/{deed}", **asked), str), deed

    updates = await bot.get_updates()

    assert len(updates) == 10
    assert updates[0].effective_user is not None
    assert updates[0].effective_user.language_code == "bo"


async def test_a_document_is_fetched_and_the_unexpected_listed(
    bot: Bot, remote: Remote, session: aiohttp.ClientSession
) -> None:
    card = await remote.post("people", name="校长")
    me = f"people/{card['chat_id']}"
    await remote.post(f"{me}/start")
    sent = await bot.send_document(card["chat_id"], b"rows", filename="周报.xlsx")

    [arrival] = await remote.get(f"{me}/unexpected", edits="true")
    async with session.get(f"/sim/{me}/files/{sent.message_id}") as response:
        data = await response.read()

    assert (arrival["arrived_as"], arrival["file"]["name"], data) == (
        "message",
        "周报.xlsx",
        b"rows",
    )
    assert (await remote.post(f"{me}/expect", words=["晚报"], within=0.01)).startswith(
        "校长 heard"
    )


async def test_calls_and_events_are_followed(bot: Bot, remote: Remote) -> None:
    card = await remote.post("people", name="校长")
    await remote.post(f"people/{card['chat_id']}/start")
    await bot.get_updates()
    await bot.send_message(card["chat_id"], "早")

    calls = await remote.get("calls", since="1")
    events = await remote.get("events", since="1", within="1")

    assert [(call["method"], call["status"]) for call in calls] == [("sendMessage", 200)]
    assert [(event["kind"], event["text"]) for event in events] == [("message", "早")]
    assert events[0]["message"]["text"] == "早"
    assert len(await remote.get("calls", method="getUpdates")) == 1


async def test_faults_and_limits_are_set_from_outside(
    bot: Bot, api: BotApi, remote: Remote, session: aiohttp.ClientSession
) -> None:
    person = api.person("校长")
    person.start()
    await remote.post("faults", kind="too_many", retry_after=3, times=2, method="sendMessage")
    with pytest.raises(RetryAfter):
        await bot.send_message(person.chat_id, "早")
    assert await remote.get("faults") == [{"fault": "refused 429", "left": 1, "hits": 1}]
    async with session.delete("/sim/faults", json={}) as response:
        assert response.status == 200

    await remote.post("limits", on=True, per_chat=1)
    await bot.send_message(person.chat_id, "早")
    with pytest.raises(RetryAfter):
        await bot.send_message(person.chat_id, "晚")
    await remote.post("limits", on=False)
    await bot.send_message(person.chat_id, "晚")


async def test_a_group_is_driven_from_outside(bot: Bot, api: BotApi, remote: Remote) -> None:
    person = api.person("校长")
    group = await remote.post("groups", title="三班")
    here = f"groups/{group['chat_id']}"
    await remote.post(f"{here}/add_bot", by=person.chat_id)
    await remote.post(f"{here}/say", by=person.chat_id, text="/help")
    await remote.post(f"{here}/remove_bot", by=person.chat_id)

    view = await remote.get(here)

    assert (view["title"], view["has_bot"]) == ("三班", False)
    assert [shown["text"] for shown in view["messages"]] == ["", "/help"]


async def test_other_sites_cannot_reach_the_stage(session: aiohttp.ClientSession) -> None:
    plain = {"Content-Type": "text/plain"}
    async with session.post("/sim/people", data=b'{"name":"x"}', headers=plain) as response:
        assert response.status == 400
        assert (await response.json())["error"] == "ValueError: send JSON"
    rebound = {"Content-Type": "application/json", "Host": "evil.example"}
    async with session.post("/sim/people", data=b'{"name":"x"}', headers=rebound) as response:
        assert response.status == 403


@pytest.mark.parametrize("path", ["people/5/say", "people/x/say", "people/5/dance"])
async def test_nonsense_is_refused(remote: Remote, path: str) -> None:
    assert "Error" in await remote.post(path, text="a")


async def test_the_stage_runs_as_a_process_of_its_own() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "playground",
        "--port",
        "0",
        "--token",
        "5:x",
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        url = (await process.stdout.readline()).decode().strip()
        async with aiohttp.ClientSession(url) as session, session.get("/bot5:x/getMe") as response:
            assert (await response.json())["result"]["id"] == 5
    finally:
        process.terminate()
        await process.wait()
