"""Rows of the table, databases to measure on, and a county of any size."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from bot.clock import SystemClock
from bot.collecting import seldom_collecting
from bot.loop import fast_loop
from bot.settings import Settings
from bot.ticks.base import Means
from rules.model.attendance import Mark, MarkKind, Question, Session
from rules.model.case import Case, CaseState, Stage
from rules.model.people import Guardianship, GuardianState, Person
from rules.model.school import SchoolClass, Student, Unit, UnitKind
from rules.policy import Policy
from storage.calendars import Calendars
from storage.database import Database
from storage.importing.records import TermRecord
from storage.keys import Keys
from storage.migrate import migrate
from storage.tables.attendance import marks, questions
from storage.tables.cases import cases
from storage.tables.people import guardianships, people
from storage.tables.school import classes, students, terms, units

T = TypeVar("T")

KEYS = Keys((b"f" * 32,), b"j" * 32)
TOKEN = "7000000000:BENCHMARK-token-for-loopback-only"
FIRST_CHAT = 1_000_000
PER_CLASS = 50
CHUNK = 20_000


@dataclass(frozen=True)
class Row:
    """One line of the table: a median, what it is compared with, and what was hoped for."""

    what: str
    value: float
    unit: str
    ratio: float | None = None
    against: str = ""
    goal: str = ""
    is_met: bool | None = None


def median(values: Sequence[float]) -> float:
    """The middle of several runs."""
    return statistics.median(values)


def percentile(values: Sequence[float], part: float) -> float:
    """The value below which this part of all values lies."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * part), len(ordered) - 1)]


class MorningClock(SystemClock):
    """Runs as the machine's does, but began at ten in the morning: at night nobody is sent
    anything, whenever somebody measures."""

    def __init__(self, zone: ZoneInfo) -> None:
        """It is ten o'clock of this day in `zone` now."""
        now = super().now()
        at = now.astimezone(zone).replace(hour=10, minute=0, second=0, microsecond=0)
        self._ahead = at - now

    def now(self) -> datetime:
        """The present instant of that morning."""
        return super().now() + self._ahead


def as_the_bot(work: Coroutine[Any, Any, T]) -> T:
    """Run this as `guixiao run` does: on its loop, and with its way of collecting."""
    with asyncio.Runner(loop_factory=fast_loop) as runner, seldom_collecting():
        return runner.run(work)


def means_for(api_url: str) -> Means:
    """What the parts of the bot need, on a clock that runs through a morning."""
    settings = Settings(bot_token=SecretStr(TOKEN), bot_api_url=api_url)
    return Means(settings, Policy(), Calendars(settings.zone), MorningClock(settings.zone))


@asynccontextmanager
async def a_county() -> AsyncIterator[str]:
    """The address of an empty SQLite database on disk, at its newest version."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{Path(folder) / 'bench.db'}"
        await migrate(url)
        yield url


@asynccontextmanager
async def a_database() -> AsyncIterator[Database]:
    """The same, open."""
    async with a_county() as url:
        database = await Database.open(url, KEYS)
        try:
            yield database
        finally:
            await database.close()


def term_row(now: datetime) -> TermRecord:
    """One term of two years around `now`, for every school."""
    return TermRecord(0, "year", date(now.year - 1, 8, 1), date(now.year + 1, 7, 31))


async def build_children(database: Database, number: int) -> None:
    """So many children of one school in classes of fifty, each with a father on a chat."""
    now = SystemClock().now()
    async with database.work(now) as work:
        await work.insert_many(terms, [term_row(now)])
        school = await work.insert(units, Unit(0, UnitKind.SCHOOL, "中心小学", code="2199000001"))
        rooms = -(-number // PER_CLASS)
        await work.insert_many(
            classes, [SchoolClass(0, school, 1 + n % 6, 1 + n // 6) for n in range(rooms)]
        )
    for first in range(0, number, CHUNK):
        ids = range(first + 1, min(first + CHUNK, number) + 1)
        async with database.work(now) as work:
            await work.insert_many(
                students, [Student(0, school, 1 + (n - 1) // PER_CLASS, f"甲{n}") for n in ids]
            )
            await work.insert_many(
                people, [Person(0, f"父{n}", chat_id=FIRST_CHAT + n, bound_at=now) for n in ids]
            )
            await work.insert_many(
                guardianships,
                [Guardianship(0, n, n, state=GuardianState.BOUND) for n in ids],
            )
    await database.take_stock()


async def build_absences(database: Database, number: int, now: datetime) -> None:
    """The first children are missing today and their families are about to be asked."""
    today = now.astimezone(Settings().zone).date()
    policy = Policy().to_json()
    case = Case(0, 0, 1, Stage.VERIFY, CaseState.OPEN, now, today, policy)
    ids = range(1, number + 1)
    async with database.work(now) as work:
        await work.insert_many(cases, [replace(case, student_id=n) for n in ids])
        await work.insert_many(
            marks,
            [Mark(0, n, today, Session.MORNING, MarkKind.ABSENT, None, now) for n in ids],
        )
        await work.insert_many(
            questions, [Question(0, n, n, today, now, is_automatic=True) for n in ids]
        )


async def fetched(url: str) -> Any:
    """The JSON at an address."""
    import aiohttp

    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return await response.json()


async def told(url: str, content: object) -> None:
    """Post to an address."""
    import aiohttp

    async with aiohttp.ClientSession() as session, session.post(url, json=content) as response:
        response.raise_for_status()
