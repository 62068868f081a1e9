"""Updates that are brought: stored before the 200, nothing from strangers, nothing too large."""

from __future__ import annotations

import asyncio
import hmac
import io
import json
import os
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

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


def settings_for(port: int) -> Settings:
    """A webhook on this port of loopback."""
    return Settings(
        updates="webhook",
        webhook_url=f"http://127.0.0.1:{port}/",
        webhook_listen=f"127.0.0.1:{port}",
        webhook_secret=SecretStr(SECRET),
    )


@asynccontextmanager
async def listening(stage: Stage, port: int) -> AsyncIterator[Webhook]:
    """The webhook at work, its address known to the Bot API."""
    ring = stage.pipeline.ring
    webhook = Webhook(stage.database, stage.clock, stage.bot, ring, settings_for(port))
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


#: Arguments: database, token, Bot API, port.  Takes updates and handles none of them.
LISTENER = """
import asyncio, sys
from pydantic import SecretStr
from bot.clock import RehearsalClock
from bot.request import connected
from bot.settings import Settings
from bot.webhook import Webhook
from storage.database import Database
from tests.support.databases import KEYS
from tests.support.updates import MONDAY_10
from tests.test_webhook import settings_for

async def main(url, token, api, port):
    database = await Database.open(url, KEYS)
    async with connected(token, api) as bot:
        settings = settings_for(int(port))
        await Webhook(database, RehearsalClock(MONDAY_10), bot, lambda: None, settings).run()

asyncio.run(main(*sys.argv[1:]))
"""


async def test_killed_between_the_200_and_the_handling_nothing_is_lost(
    database: Database,
) -> None:
    HEARD.clear()
    url = database.address.url.render_as_string(hide_password=False)
    async with a_stage(database, HANDLERS) as stage:
        phone, updates = stage.api.person("王芳"), stage.api.account.updates
        phone.start()
        phone.say("孩子发烧了")
        assert len(updates) == 2
        listener = await asyncio.create_subprocess_exec(
            sys.executable, "-c", LISTENER, url, stage.api.token, stage.api.url, str(free_port()),
            cwd=Path(__file__).parent.parent, env=os.environ,
        )  # fmt: skip
        await until(lambda: not len(updates))
        listener.kill()
        await listener.wait()

        assert await stored(database) == 2
        await stage.pipeline.drain()
        await stage.pipeline.drain()
    assert HEARD == ["孩子发烧了"]


async def test_from_polling_to_the_webhook_and_back_nothing_is_lost_or_doubled(
    database: Database,
) -> None:
    """The last batch that was polled was never confirmed: it is brought once more.  What came
    while nobody listened is kept; polling takes the webhook away by itself."""
    HEARD.clear()
    async with a_stage(database, HANDLERS) as stage:
        phone, updates = stage.api.person("王芳"), stage.api.account.updates
        phone.start()
        phone.say("一")
        await stage.poller.fetch()
        assert len(updates) == 2
        async with listening(stage, free_port()):
            phone.say("二")
            await until(lambda: not len(updates))
        phone.say("三")
        await asyncio.sleep(0.1)
        assert len(updates) == 1

        polling = asyncio.create_task(stage.poller.run())
        for _ in range(1000):
            if await stored(database) == 4:
                break
            await asyncio.sleep(0.01)
        polling.cancel()
        await asyncio.gather(polling, return_exceptions=True)
        assert (await stage.bot.get_webhook_info()).url == ""
        await stage.pipeline.drain()
    assert HEARD == ["一", "二", "三"]


async def until(is_so: Callable[[], bool]) -> None:
    for _ in range(2000):
        if is_so():
            return
        await asyncio.sleep(0.01)
    raise TimeoutError


async def test_the_secret_is_compared_in_constant_time(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[tuple[bytes, bytes]] = []
    compare = hmac.compare_digest

    def noted(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return compare(one, other)

    async with a_stage(database) as stage, listening(stage, free_port()) as webhook:
        monkeypatch.setattr(hmac, "compare_digest", noted)
        for given in (SECRET[:-1] + "!", SECRET):
            await post(webhook.url, an_update(7), given)
    ours = SECRET.encode()
    assert compared == [(ours[:-1] + b"!", ours), (ours, ours)]


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
