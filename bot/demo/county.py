"""The county of the playground: written, brought in by the real import, begun as a rehearsal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.cli.opening import County
from bot.importing.run import Import, run_import
from bot.settings import Settings
from bot.story.cast import Invitation
from bot.story.pace import own_policy
from bot.story.plot import Plot, write_county
from playground.server import BotApi
from rules.classnames import ClassName
from storage.inviting import Guest, Wanted, guests, issue
from storage.tables.school import terms, units

MOST_SAID = 8


class BadFiles(Exception):
    """Tables that cannot be brought in, with a line for each problem."""

    def __init__(self, problems: Sequence[str]) -> None:
        """The first of them, and how many there are."""
        more = f" (+{len(problems) - MOST_SAID})" if len(problems) > MOST_SAID else ""
        super().__init__("\n".join(problems[:MOST_SAID]) + more)


def settings_for(folder: Path, api: BotApi, policy_file: Path | None, language: str) -> Settings:
    """The settings of a county that lives in `folder` and nowhere else."""
    data = folder / "data"
    given = {
        "bot_token": api.token,
        "bot_api_url": api.url,
        "database_url": f"sqlite+aiosqlite:///{data / 'guixiao.db'}",
        "data_dir": data,
        "field_key": None,
        "journal_key": None,
        "field_key_file": None,
        "journal_key_file": None,
        "policy_file": own_policy(folder, policy_file),
        "updates": "polling",
        "ops_listen": None,
    }
    return Settings.model_validate({**given, "locale": language})


async def bring_in(county: County, folder: Path, students: int) -> Plot:
    """Write the tables into `folder` and import them."""
    plot = write_county(folder, students)
    await take_files(county, plot.files)
    return plot


async def take_files(county: County, files: Sequence[Path]) -> None:
    """Import these tables; BadFiles says what is wrong with them."""
    means = Import(
        county.database,
        county.policy,
        county.calendars,
        county.clock.now(),
        county.settings.locale,
        county.say("import.bureau"),
    )
    report = await run_import(means, files, is_real=True)
    if report.errors:
        raise BadFiles([_line(one) for one in report.errors])


def _line(error: Mapping[str, Any]) -> str:
    places = (Path(error["file"]).name, error["sheet"], error["row"], error["column"])
    return f"{' · '.join(str(one) for one in places if one)}: {error['problem']}"


async def invited(county: County, wanted: Wanted) -> list[Invitation]:
    """Codes for these people, as `guixiao invite` hands them out."""
    async with county.database.read() as read:
        found = await guests(read, wanted)
    return await codes_for(county, found)


async def codes_for(county: County, found: list[Guest]) -> list[Invitation]:
    """A code for each of them."""
    async with county.database.work(county.clock.now()) as work:
        codes = await issue(work, found, county.policy)
    return [_invitation(one, code) for one, code in zip(found, codes, strict=True)]


def _invitation(guest: Guest, code: str) -> Invitation:
    room = ClassName(*guest.class_key).label if guest.class_key else None
    return Invitation(
        guest.person_id, guest.name, guest.role, guest.student, guest.school, room, code
    )


async def school_called(county: County, name: str) -> int:
    """The id of a school."""
    async with county.database.read() as read:
        return int(await read.scalar(select(units.c.id).where(units.c.name == name)))


async def first_term(county: County) -> tuple[date, int] | None:
    """The first day of the first term, and its school."""
    query = select(terms.c.starts_on, terms.c.school_id).order_by(terms.c.starts_on)
    async with county.database.read() as read:
        found = (await read.execute(query.limit(1))).rows
    return (found[0][0], int(found[0][1] or 0)) if found else None
