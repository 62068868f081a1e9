"""Updates that are brought: stored before the 200, nothing from strangers, nothing too large."""

from __future__ import annotations

import asyncio
import io
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from pydantic import SecretStr, ValidationError
from sqlalchemy import func, select
from telegram import Update

from bot.settings import Settings
from bot.webhook import LARGEST, SECRET_HEADER, Webhook
from handlers.context import Context
from handlers.dispatch import on_text
from storage.database import Database
from storage.tables.plumbing import inbox
from tests.support.updates import Stage, a_stage

SECRET = "a-secret-of-32-characters-for-us"
HEARD: list[str] = []


async def hear(update: Update, context: Context) -> None:
    HEARD.append(context.text)


HANDLERS = (on_text(hear),)


@asynccontextmanager
async def listening(stage: Stage, port: int) -> AsyncIterator[Webhook]:
    """The webhook at work, its address known to the Bot API."""
    settings = Settings(
        updates="webhook",
        webhook_url=f"http://127.0.0.1:{port}/",
        webhook_listen=f"127.0.0.1:{port}",
        webhook_secret=SecretStr(SECRET),
    )
    ring = stage.pipeline.ring
    webhook = Webhook(stage.database, stage.clock, stage.bot, ring, settings)
    task = asyncio.create_task(webhook.run())
    for _ in range(1000):
        if (await stage.bot.get_webhook_info()).url:
            break
        await asyncio.sleep(0.01)
    try:
        yield webhook
    finally:
        webhook.stop()
        await task


def free_port() -> int:
    """A port of loopback that nobody uses."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


async def stored(database: Database) -> int:
    async with database.read() as read:
        return int(await read.scalar(select(func.count()).select_from(inbox)) or 0)


async def post(url: str, body: str | io.BytesIO, secret: str | None = SECRET) -> int:
    headers = {SECRET_HEADER: secret} if secret is not None else {}
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data=body, headers=headers) as response,
    ):
        return response.status


def an_update(number: int) -> str:
    return json.dumps({"update_id": number, "message": {"chat": {"id": 5}, "text": "好"}})


async def test_what_people_say_is_brought_and_handled(database: Database) -> None:
    HEARD.clear()
    async with a_stage(database, HANDLERS) as stage:
        phone = stage.api.person("王芳")
        async with listening(stage, free_port()):
            phone.start()
            phone.say("孩子发烧了")
            for _ in range(500):
                await stage.pipeline.drain()
                if HEARD:
                    break
                await asyncio.sleep(0.01)
    assert HEARD == ["孩子发烧了"]


async def test_it_is_stored_before_it_is_confirmed_and_once(database: Database) -> None:
    async with a_stage(database) as stage, listening(stage, free_port()) as webhook:
        url = webhook.url
        assert [await post(url, an_update(n)) for n in (7, 7, 8)] == [200, 200, 200]
        assert await stored(database) == 2


async def test_what_cannot_be_stored_is_not_confirmed(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise OSError("disk full")

    async with a_stage(database) as stage, listening(stage, free_port()) as webhook:
        with monkeypatch.context() as broken:
            broken.setattr("storage.inbox.store", fail)
            assert await post(webhook.url, an_update(7)) == 500
        assert await post(webhook.url, an_update(7)) == 200
        assert await stored(database) == 1


@pytest.mark.parametrize("secret", [None, "wrong", SECRET + "x", "ÿ"])
async def test_strangers_find_nothing(database: Database, secret: str | None) -> None:
    async with a_stage(database) as stage, listening(stage, free_port()) as webhook:
        assert SECRET not in webhook.path
        assert await post(webhook.url, an_update(7), secret) == 404
        root = webhook.url.removesuffix(webhook.path)
        assert await post(f"{root}/updates/", an_update(7)) == 404
        assert await stored(database) == 0


@pytest.mark.parametrize("body", ["", "{", "[]", "7", '{"message": {}}', "[" * 100_000])
async def test_junk_is_refused(database: Database, body: str) -> None:
    async with a_stage(database) as stage, listening(stage, free_port()) as webhook:
        assert await post(webhook.url, body) == 400
        assert await stored(database) == 0


async def test_a_body_has_a_largest_size(database: Database) -> None:
    async with a_stage(database) as stage, listening(stage, free_port()) as webhook:
        assert await post(webhook.url, io.BytesIO(b"x" * (LARGEST + 1))) == 413


@pytest.mark.parametrize(
    "secret", ["short", "with spaces in between", "密码密码密码密码密码密码密码密码"]
)
def test_a_secret_that_telegram_would_refuse_is_named(secret: str) -> None:
    with pytest.raises(ValidationError, match="webhook_secret") as caught:
        Settings(webhook_secret=SecretStr(secret))
    assert secret not in str(caught.value)


@pytest.mark.parametrize("listen", ["8443", "localhost", ":8443", "127.0.0.1:99999", "a:b"])
def test_an_address_is_host_and_port(listen: str) -> None:
    with pytest.raises(ValidationError, match="webhook_listen"):
        Settings(webhook_listen=listen)
