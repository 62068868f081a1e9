"""How every command begins and ends: settings, keys, database, clock; refusals in plain words."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import typer

from bot.cli.words import words

if TYPE_CHECKING:
    from pathlib import Path

    from bot.clock import Clock
    from bot.settings import Settings
    from rules.policy import Policy
    from storage.calendars import Calendars
    from storage.database import Database
    from storage.keys import Keys
    from storage.meta import Mode

T = TypeVar("T")
REFUSED = 1


class Refused(Exception):
    """A command that is not carried out; `name` is its text in the section [refused]."""

    def __init__(self, name: str, /, **values: object) -> None:
        """`values` fill the text in."""
        super().__init__(name)
        self.name = name
        self.values = values


@dataclass(frozen=True)
class County:
    """An opened county: what every command works with."""

    settings: Settings
    policy: Policy
    database: Database
    calendars: Calendars
    clock: Clock
    mode: Mode

    def say(self, name: str, /, **values: object) -> str:
        """A text in the county's language."""
        return words(self.settings.locale, name, **values)


def perform(errand: Callable[[County], Awaitable[T]]) -> T:
    """Open the county, do the errand, close it; exit 1 with the reason when it is refused."""

    async def opened(settings: Settings) -> T:
        async with open_county(settings) as county:
            return await errand(county)

    settings = settings_or_exit()
    return finish(opened(settings), settings.locale)


def finish(
    coroutine: Coroutine[Any, Any, T],
    language: str,
    loop: Callable[[], asyncio.AbstractEventLoop] | None = None,
) -> T:
    """Run to the end, on a loop of this sort; known refusals become words on stderr and exit
    code 1."""
    from sqlalchemy.exc import DBAPIError

    from papers.refusals import PaperRefused
    from storage.errors import AlreadyRunning, BadBackup, BrokenChain, Conflict, WrongKey

    try:
        with asyncio.Runner(loop_factory=loop) as runner:
            return runner.run(coroutine)
    except Refused as refusal:
        refuse(words(language, f"refused.{refusal.name}", **refusal.values))
    except PaperRefused as refusal:
        from papers.problems import sentence

        refuse(sentence(refusal, language))
    except AlreadyRunning as running:
        refuse(words(language, "refused.already_running", holder=running))
    except WrongKey as wrong:
        refuse(words(language, "refused.wrong_key", problem=wrong))
    except BadBackup as bad:
        refuse(words(language, f"restore.{bad.cause}", where=bad.where))
    except BrokenChain as broken:
        refuse(words(language, "restore.journal", where=broken))
    except (Conflict, DBAPIError, OSError) as error:
        _refuse_unusable(error, language)


def _refuse_unusable(error: Exception, language: str) -> NoReturn:
    """A lost race, a full disk, a read-only file: one line; any other fault is raised."""
    from storage.errors import Conflict, why_unusable

    if isinstance(error, Conflict):
        refuse(words(language, "refused.conflict"))
    problem = why_unusable(error)
    if problem is None:
        raise error
    refuse(words(language, "refused.unusable", problem=problem))


def refuse(reason: str) -> NoReturn:
    """Say why on stderr, and leave with 1."""
    print(reason, file=sys.stderr)
    raise typer.Exit(REFUSED)


def settings_or_exit() -> Settings:
    """The settings; exit 1 naming each that is wrong."""
    from pydantic import ValidationError

    from bot import logs
    from bot.settings import load_settings, warn_if_exposed

    try:
        settings = load_settings()
    except ValidationError as error:
        refuse("\n".join(_wrong_settings(error)))
    logs.configure(settings)
    warn_if_exposed()
    return settings


def _wrong_settings(error: Any) -> list[str]:
    """One line for each setting; never its value."""
    return [
        f"{'.'.join(str(part) for part in one['loc']).upper() or 'settings'}: {one['msg']}"
        for one in error.errors(include_input=False, include_url=False)
    ]


@asynccontextmanager
async def open_county(settings: Settings) -> AsyncIterator[County]:
    """Create or migrate the database and the keys, then open both; they are closed at the end."""
    from bot.clock import SystemClock
    from storage.database import Database
    from storage.keycheck import check_keys

    keys = keys_of(settings)
    policy = policy_of(settings)
    await migrated(settings)
    database = await Database.open(settings.database_url, keys)
    database.vault.look_again = lambda: keys_again(settings)
    database.staff_names = policy.privacy.staff_names
    try:
        now = SystemClock().now()
        await check_keys(database, now)
        await seed_calendar(database, now)
        yield await _county(settings, policy, database)
    finally:
        await database.close()


async def seed_calendar(database: Database, now: datetime) -> None:
    """The state's calendar of working days, as far as it is known today."""
    from bot.calendar_seed import known_until, labelled_days
    from storage.official import seed

    known = known_until()
    years = range(known.year - 3, max(known.year, now.year + 1) + 1)
    days = [
        (on, one.is_working, one.label, one.is_provisional)
        for on, one in labelled_days(years).items()
    ]
    await seed(database, now, known, days)


async def _county(settings: Settings, policy: Policy, database: Database) -> County:
    from bot.clock import RehearsalClock, SystemClock
    from storage.calendars import Calendars
    from storage.meta import mode_of, rehearsal_clock

    async with database.read() as read:
        mode, stands_at = await mode_of(read), await rehearsal_clock(read)
    clock = RehearsalClock(stands_at) if stands_at else SystemClock()
    grades = policy.calendar.june_first_off_up_to_grade
    return County(settings, policy, database, Calendars(settings.zone, grades), clock, mode)


def keys_of(settings: Settings) -> Keys:
    """The keys, made on first use; WrongKey when a named one cannot be read."""
    from storage.keys import load_keys

    field, journal = settings.field_key, settings.journal_key
    return load_keys(
        settings.data_dir,
        field.get_secret_value() if field else None,
        settings.field_key_file,
        journal.get_secret_value() if journal else None,
        settings.journal_key_file,
    )


def keys_again(settings: Settings) -> Keys:
    """The keys as they stand now; WrongKey when they are gone.  None is ever made."""
    from storage.keys import Keys

    fields, journal = keys_at_hand(settings)
    return Keys(fields, journal or b"")


def keys_at_hand(settings: Settings) -> tuple[tuple[bytes, ...], bytes | None]:
    """The field keys and the journal key, as far as they are there."""
    from storage.keys import keys_in

    field, journal = settings.field_key, settings.journal_key
    fields = keys_in(field.get_secret_value() if field else None, field_file(settings))
    found = keys_in(journal.get_secret_value() if journal else None, journal_file(settings))
    return fields, found[0] if found else None


def field_file(settings: Settings) -> Path:
    """Where the field keys stand unless they are a setting."""
    from storage.keys import FIELD_FILE

    return settings.field_key_file or settings.data_dir / FIELD_FILE


def journal_file(settings: Settings) -> Path:
    """Where the journal key stands unless it is a setting."""
    from storage.keys import JOURNAL_FILE

    return settings.journal_key_file or settings.data_dir / JOURNAL_FILE


def policy_of(settings: Settings) -> Policy:
    """The county's numbers; Refused naming the key that is wrong."""
    from rules.policy import Policy, PolicyError

    if not settings.policy_file.exists():
        if "policy_file" in settings.model_fields_set:
            raise Refused("no_policy", file=settings.policy_file)
        return Policy()
    try:
        return Policy.from_toml(settings.policy_file.read_text(encoding="utf-8"))
    except (PolicyError, UnicodeDecodeError) as error:
        raise Refused("wrong_policy", file=settings.policy_file, problem=error) from error


async def migrated(settings: Settings) -> None:
    """Bring the database to the newest shape; Refused when it cannot be reached."""
    from sqlalchemy.exc import ArgumentError, DBAPIError

    from storage.errors import why_unusable
    from storage.migrate import migrate

    try:
        await migrate(settings.database_url)
    except (ArgumentError, ValueError) as error:
        raise Refused("wrong_database_url") from error
    except (DBAPIError, OSError) as error:
        problem = why_unusable(error)
        if problem is not None:
            raise Refused("unusable", problem=problem) from error
        raise Refused("no_database", problem=type(error).__name__) from error
