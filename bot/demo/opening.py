"""`guixiao demo`: one county in a folder of its own, its bot, its phones, and the page."""

from __future__ import annotations

import asyncio
import os
import tempfile
import webbrowser
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from bot import running
from bot.cli.opening import County, open_county
from bot.cli.running import begun
from bot.clock import Clock, SystemClock
from bot.demo.answers import Answers
from bot.demo.cast import bind
from bot.demo.clock import Hand
from bot.demo.county import bring_in, school_called, settings_for
from bot.settings import Settings
from bot.story.scene import MEETING
from bot.ticks.base import Means
from playground.server import TOKEN, BotApi, Options
from playground.web import page_routes
from storage.meta import Mode

PORT = 8090


def play(port: int, *, opens_browser: bool, say: Callable[[str], None]) -> None:
    """Keep the playground open until Ctrl-C; `say` is told its address."""
    asyncio.run(_play(port, opens_browser=opens_browser, say=say))


async def _play(port: int, *, opens_browser: bool, say: Callable[[str], None]) -> None:
    async with playground(port) as (api, bot):
        say(api.url)
        if opens_browser and (os.environ.get("DISPLAY") or os.name == "nt"):
            await asyncio.to_thread(webbrowser.open, api.url)
        with suppress(asyncio.CancelledError):
            await asyncio.shield(bot)


@asynccontextmanager
async def playground(port: int = 0) -> AsyncIterator[tuple[BotApi, asyncio.Task[None]]]:
    """A county at work: its Bot API server with the page, and the running bot."""
    shown = _Shown()
    api, answers = BotApi(TOKEN, port, Options(now=shown)), Answers()
    api.also_serve(page_routes(api.feed, answers))
    with tempfile.TemporaryDirectory(prefix="guixiao-") as name:
        folder = Path(name)
        async with api, open_county(_settings(folder, api)) as county:
            plot = await bring_in(county, folder / "county")
            means = await begun(county, MEETING, is_rehearsal=True)
            shown.clock = means.clock
            county = replace(county, clock=means.clock, mode=Mode.REHEARSAL)
            async with _running(county, means) as bot:
                troupe = await bind(county, api, plot)
                school = await school_called(county, plot.main.school.name)
                answers.fill(county, troupe, Hand(county, school))
                yield api, bot


@asynccontextmanager
async def _running(county: County, means: Means) -> AsyncIterator[asyncio.Task[None]]:
    """The bot at work until the block is left."""
    stopping = asyncio.Event()
    bot = asyncio.create_task(running.run(county.database, means, stopping))
    try:
        yield bot
    finally:
        stopping.set()
        await bot


class _Shown:
    """What the phones show as the time: the county's clock, once there is a county."""

    def __init__(self) -> None:
        self.clock: Clock = SystemClock()

    def __call__(self) -> datetime:
        return self.clock.now()


def _settings(folder: Path, api: BotApi) -> Settings:
    """Of the surroundings, POLICY_FILE and LOCALE count."""
    policy = os.environ.get("POLICY_FILE", "").strip()
    language = "en" if os.environ.get("LOCALE", "").strip().lower() == "en" else "zh"
    return settings_for(folder, api, Path(policy) if policy else None, language)
