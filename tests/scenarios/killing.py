"""The whole bot as a process of its own, for tests that kill it."""

from __future__ import annotations

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
