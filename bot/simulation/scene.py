"""The county of a term before its first day: the database, the phones, and who is who."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random

from bot.cli.opening import County, open_county
from bot.settings import Settings
from bot.simulation.county import Cast, Founder
from playground.server import TOKEN
from rules.calendar import Term
from storage.importing.records import TermRecord
from storage.meta import Mode
from storage.starting import begin
from storage.tables.school import terms

FIRST_DAY = date(2026, 9, 1)
ARRIVES = time(15)
A_YEAR = timedelta(days=330)


@dataclass(frozen=True)
class Asked:
    """What `guixiao simulate` was asked for."""

    students: int = 600
    school_days: int = 100
    seed: int = 1

    @property
    def command(self) -> str:
        """How to see the same term again."""
        return (
            f"guixiao simulate --students {self.students} "
            f"--school-days {self.school_days} --seed {self.seed}"
        )


@dataclass(frozen=True)
class Scene:
    """What is there on the afternoon before."""

    county: County
    cast: Cast
    begins: datetime
    last_day: date


@asynccontextmanager
async def a_scene(folder: Path, asked: Asked, policy_file: Path | None) -> AsyncIterator[Scene]:
    """A county in `folder`; its database is closed at the end."""
    async with open_county(_settings(folder, policy_file)) as county:
        begins = datetime.combine(FIRST_DAY - timedelta(days=1), ARRIVES, county.settings.zone)
        async with county.database.work(begins) as work:
            cast = await Founder(work, Random(asked.seed)).found(asked.students)
            await begin(work, Mode.REAL)
        last = await _term(county, begins, asked.school_days)
        await county.database.take_stock()
        yield Scene(replace(county, mode=Mode.REAL), cast, begins, last)


async def _term(county: County, begins: datetime, school_days: int) -> date:
    """One term for all schools, so many school days long; its last day."""
    async with county.database.read() as read:
        calendar = await county.calendars.current(read)
    name = f"{FIRST_DAY:%Y}"
    open_end = replace(calendar, terms=(Term(FIRST_DAY, FIRST_DAY + A_YEAR, name),))
    days = open_end.school(0).school_days(FIRST_DAY, FIRST_DAY + A_YEAR)
    last = days[min(school_days, len(days)) - 1]
    async with county.database.work(begins) as work:
        await work.insert(terms, TermRecord(0, name, FIRST_DAY, last))
    return last


def _settings(folder: Path, policy_file: Path | None) -> Settings:
    """Of the surroundings nothing counts but POLICY_FILE."""
    data = folder / "data"
    given = {
        "bot_token": TOKEN,
        "bot_api_url": "http://127.0.0.1:1",
        "database_url": f"sqlite+aiosqlite:///{data / 'guixiao.db'}",
        "data_dir": data,
        "field_key": None,
        "journal_key": None,
        "field_key_file": None,
        "journal_key_file": None,
        "updates": "polling",
        "ops_listen": None,
        "timezone": "Asia/Shanghai",
        "locale": "zh",
        "policy_file": policy_file or folder / "policy.toml",
    }
    if policy_file is None:
        (folder / "policy.toml").write_text("", encoding="utf-8")
    return Settings.model_validate(given)
