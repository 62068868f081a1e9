"""One county at a time, in a folder of its own; a fresh one takes its place at a word."""

from __future__ import annotations

import asyncio
import base64
import os
import tempfile
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot import running
from bot.cli.opening import County, open_county
from bot.cli.running import begun
from bot.clock import Clock, SystemClock
from bot.demo.answers import Answers
from bot.demo.cast import bind, nobody_yet
from bot.demo.clock import Hand
from bot.demo.county import (
    BadFiles,
    bring_in,
    first_term,
    school_called,
    settings_for,
    take_files,
)
from bot.settings import Settings
from bot.story.plot import Plot
from bot.story.scene import MEETING
from bot.ticks.base import Means
from playground.server import BotApi
from playground.web import Declined
from storage.meta import Mode

#: Somebody's own tables by name.
Files = dict[str, bytes]


class Shown:
    """What the phones show as the time: the county's clock, once there is a county."""

    def __init__(self) -> None:
        """Until then the wall clock."""
        self.clock: Clock = SystemClock()

    def __call__(self) -> datetime:
        """The instant."""
        return self.clock.now()


@dataclass(frozen=True)
class _Ready:
    """A county that has been brought in, whose bot does not run yet."""

    county: County
    means: Means
    plot: Plot | None
    school_id: int
    stack: AsyncExitStack


class House:
    """Holds the county; whoever asks for a fresh one waits for their turn."""

    def __init__(self, api: BotApi, answers: Answers, shown: Shown, students: int) -> None:
        """`answers` are filled anew for each county, `shown` follows its clock."""
        self._api, self._answers, self._shown = api, answers, shown
        self._students = students
        self._stack = AsyncExitStack()
        self._turn = asyncio.Lock()
        self._over = asyncio.Event()

    async def open(self, files: Files | None = None) -> None:
        """A fresh county: the invented one, or one of these files."""
        async with self._turn:
            ready = await self._prepare(files)
            await self.close()
            self._api.begin_anew()
            self._stack = ready.stack
            await self._begin(ready)
        self._api.feed.tell("reset", 0, "")

    async def close(self) -> None:
        """The bot stops, and the folder goes."""
        self._answers.clear()
        await self._stack.aclose()

    async def ended(self) -> None:
        """Until nobody needs the playground any more; a fresh county is no end."""
        with suppress(asyncio.CancelledError):
            await self._over.wait()

    async def reset(self, asked: dict[str, Any]) -> bool:
        """The invented county from its beginning."""
        await self.open()
        return True

    async def load(self, asked: dict[str, Any]) -> bool:
        """A county of one's own files; with bad ones all stays as it is."""
        given = {Path(one["name"]).name: one["base64"] for one in asked["files"]}
        try:
            await self.open({name: base64.b64decode(data) for name, data in given.items()})
        except BadFiles as bad:
            raise Declined(str(bad)) from None
        return True

    async def _prepare(self, files: Files | None) -> _Ready:
        async with AsyncExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="guixiao-")))
            county = await stack.enter_async_context(open_county(_settings(folder, self._api)))
            if files is None:
                plot = await bring_in(county, folder / "county", self._students)
                school = await school_called(county, plot.main.school.name)
                return await _made(county, plot, school, MEETING, stack.pop_all())
            await take_files(county, await asyncio.to_thread(_written, folder / "own", files))
            start, school = await _beginning(county)
            return await _made(county, None, school, start, stack.pop_all())

    async def _begin(self, ready: _Ready) -> None:
        county, since = ready.county, self._api.feed.last
        self._shown.clock = county.clock
        await self._run(county, ready.means)
        if ready.plot:
            troupe = await bind(county, self._api, ready.plot)
        else:
            troupe = await nobody_yet(county, self._api)
        self._answers.fill(county, troupe, Hand(county, ready.school_id), since)
        self._answers.update(reset=self.reset, load=self.load)

    def _stopped(self, bot: asyncio.Task[None]) -> None:
        """A bot that makes room for the next is no end."""
        if not self._turn.locked():
            self._over.set()

    async def _run(self, county: County, means: Means) -> None:
        stopping = asyncio.Event()
        bot = asyncio.create_task(running.run(county.database, means, stopping))
        bot.add_done_callback(self._stopped)

        async def stop() -> None:
            stopping.set()
            await bot

        self._stack.push_async_callback(stop)


async def _made(
    county: County, plot: Plot | None, school_id: int, start: datetime, stack: AsyncExitStack
) -> _Ready:
    means = await begun(county, start, is_rehearsal=True)
    county = replace(county, clock=means.clock, mode=Mode.REHEARSAL)
    return _Ready(county, means, plot, school_id, stack)


async def _beginning(county: County) -> tuple[datetime, int]:
    """The afternoon before the first term, and whose term that is; without one, today."""
    found = await first_term(county)
    if found is None:
        return county.clock.now(), 0
    day = found[0] - timedelta(days=1)
    return datetime.combine(day, MEETING.time(), county.settings.zone), found[1]


def _written(folder: Path, files: Files) -> list[Path]:
    folder.mkdir()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return [folder / name for name in files]


def _settings(folder: Path, api: BotApi) -> Settings:
    """Of the surroundings, POLICY_FILE and LOCALE count."""
    policy = os.environ.get("POLICY_FILE", "").strip()
    language = "en" if os.environ.get("LOCALE", "").strip().lower() == "en" else "zh"
    return settings_for(folder, api, Path(policy) if policy else None, language)
