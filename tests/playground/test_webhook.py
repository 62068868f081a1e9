from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from telegram import Bot
from telegram.error import BadRequest, Conflict

from playground.people import Person
from playground.server import BotApi
from playground.webhook import SECRET_HEADER


class Ear:
    """The bot's own web address; `status` is what it answers."""

    def __init__(self) -> None:
        self.status = 200
        self.heard: list[tuple[str, Any]] = []
        self.url = ""
        self.news = asyncio.Event()

    async def hear(self, request: web.Request) -> web.Response:
        self.heard.append((request.headers.get(SECRET_HEADER, ""), await request.json()))
        self.news.set()
        return web.Response(status=self.status)

    async def until(self, count: int) -> list[str]:
        async with asyncio.timeout(5):
            while len(self.heard) < count:
                self.news.clear()
                await self.news.wait()
        return [update["message"]["text"] for _, update in self.heard]


@pytest.fixture
async def ear() -> AsyncIterator[Ear]:
    ear = Ear()
    app = web.Application()
    app.router.add_post("/hook", ear.hear)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    ear.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield ear
    await runner.cleanup()


async def test_updates_are_posted_in_order_with_the_secret(
    bot: Bot, ear: Ear, mother: Person
) -> None:
    await bot.set_webhook(ear.url, secret_token="s3cret")
    mother.say("二")

    assert await ear.until(2) == ["/start", "二"]
    assert {secret for secret, _ in ear.heard} == {"s3cret"}


async def test_what_is_not_taken_is_posted_again(bot: Bot, ear: Ear, mother: Person) -> None:
    ear.status = 500
    await bot.set_webhook(ear.url)
    await ear.until(2)
    ear.status = 200

    told = await ear.until(len(ear.heard) + 1)

    assert set(told) == {"/start"}
    assert (await bot.get_webhook_info()).last_error_message == (
        "Wrong response from the webhook: 500 Internal Server Error"
    )


async def test_polling_and_a_webhook_exclude_each_other(
    bot: Bot, ear: Ear, mother: Person
) -> None:
    [update] = await bot.get_updates()
    poll = asyncio.create_task(bot.get_updates(offset=update.update_id + 1, timeout=5))
    await asyncio.sleep(0.05)
    await bot.set_webhook(ear.url)

    with pytest.raises(Conflict, match="terminated by setWebhook request"):
        await poll
    with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
        await bot.get_updates()
    await bot.delete_webhook()
    assert await bot.get_updates() == ()


async def test_the_webhook_is_described(bot: Bot, ear: Ear, mother: Person) -> None:
    await bot.set_webhook(
        ear.url, allowed_updates=["message"], max_connections=7, drop_pending_updates=True
    )

    info = await bot.get_webhook_info()

    assert (info.url, info.max_connections, info.allowed_updates) == (ear.url, 7, ("message",))
    assert info.pending_update_count == 0


@pytest.mark.parametrize(
    ("url", "secret"),
    [
        pytest.param("http://example.org/hook", None, id="without TLS"),
        pytest.param("https://example.org/hook", "a b", id="with a bad secret"),
    ],
)
async def test_an_address_is_refused(bot: Bot, url: str, secret: str | None) -> None:
    with pytest.raises(BadRequest):
        await bot.set_webhook(url, secret_token=secret)


async def test_nobody_listens_and_the_error_is_kept(bot: Bot, api: BotApi, mother: Person) -> None:
    await bot.set_webhook("http://127.0.0.1:9/hook")
    await asyncio.sleep(0.05)

    info = await bot.get_webhook_info()

    assert info.last_error_message is not None
    assert info.last_error_message.startswith("Connection failed")
    assert info.pending_update_count == 1
