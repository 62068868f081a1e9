"""`guixiao demo`: the page on its port, and behind it one county after another."""

from __future__ import annotations

import asyncio
import os
import webbrowser
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.collecting import seldom_collecting
from bot.demo.answers import Answers
from bot.demo.house import House, Shown
from bot.loop import fast_loop
from bot.story.plot import STUDENTS
from playground.server import TOKEN, BotApi, Options
from playground.web import page_routes

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Opening:
    """Where the page listens, for whom, and how many children there are."""

    port: int = 0
    listen: str = LOOPBACK
    password: str = ""
    students: int = STUDENTS


def play(opening: Opening, *, opens_browser: bool, say: Callable[[str], None]) -> None:
    """Keep the playground open until Ctrl-C; `say` is told its address."""
    with asyncio.Runner(loop_factory=fast_loop) as runner:
        runner.run(_play(opening, opens_browser=opens_browser, say=say))


async def _play(opening: Opening, *, opens_browser: bool, say: Callable[[str], None]) -> None:
    async with playground(opening) as (api, house):
        say(api.url)
        if opens_browser and (os.environ.get("DISPLAY") or os.name == "nt"):
            await asyncio.to_thread(webbrowser.open, api.url)
        await house.ended()


@asynccontextmanager
async def playground(opening: Opening | None = None) -> AsyncIterator[tuple[BotApi, House]]:
    """A county at work: its Bot API server with the page, and the running bot."""
    opening = opening or Opening()
    shown, answers = Shown(), Answers()
    options = Options(now=shown, listen=opening.listen, password=opening.password)
    api = BotApi(TOKEN, opening.port, options)
    api.also_serve(page_routes(api.feed, answers))
    async with api:
        house = House(api, answers, shown, opening.students)
        try:
            await house.open()
            with seldom_collecting():
                yield api, house
        finally:
            await house.close()
