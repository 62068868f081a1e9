"""The whole bot as a process of its own, for tests that kill it."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE
from pathlib import Path

from tests.support.world import World

ROOT = Path(__file__).parent.parent.parent

#: Arguments: database, token, Bot API, the instant at which the clock stands.
RUNNER = """
import asyncio, sys
from datetime import datetime
from pydantic import SecretStr
from bot import running
from bot.clock import RehearsalClock
from bot.settings import Settings
from bot.ticks.base import Means
from rules.policy import Policy
from storage.calendars import Calendars
from storage.database import Database
from tests.support.databases import KEYS

async def main(url, token, api, at):
    database = await Database.open(url, KEYS)
    settings = Settings(bot_token=SecretStr(token), bot_api_url=api)
    clock = RehearsalClock(datetime.fromisoformat(at))
    print("ready", flush=True)
    await running.run(database, Means(settings, Policy(), Calendars(settings.zone), clock))

asyncio.run(main(*sys.argv[1:]))
"""


async def run_and_kill(world: World, url: str, after: float) -> None:
    """A process of the whole bot, killed so many seconds after it began to work."""
    stage = world.stage
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-c", RUNNER, url, stage.api.token, stage.api.url, world.now.isoformat(),
        cwd=ROOT, env=os.environ, stdout=PIPE, stderr=DEVNULL,
    )  # fmt: skip
    assert running.stdout is not None
    await running.stdout.readline()
    await asyncio.sleep(after)
    running.kill()
    await running.wait()
