"""The findings of `check`, in the order in which they are best mended."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, timedelta

from telegram.error import InvalidToken, TelegramError

from bot.cli.opening import County
from bot.request import connected
from bot.sanity import AGREES_WITHIN, server_time
from bot.settings import is_exposed
from storage import meta
from storage.official import official_until
from storage.setup_check import Gaps, gaps, known_until, last_journal_at

YEAR = timedelta(days=365)
NAMED = 5


@dataclass(frozen=True)
class Finding:
    """One question of the check; `mend` is what to do about it."""

    name: str
    is_fine: bool
    text: str
    mend: str = ""


async def findings(county: County) -> AsyncIterator[Finding]:
    """Everything, one after the other."""
    yield _found(county, "env", not is_exposed(), "chmod 600 .env")
    yield _found(county, "token", bool(county.settings.token), "BOT_TOKEN=… >> .env")
    if county.settings.token:
        yield await _bot(county)
    yield _found(county, "database", True)
    yield _found(county, "keys", True)
    async with county.database.read() as read:
        today = county.clock.now().astimezone(county.settings.zone).date()
        missing = await gaps(read, today)
        official = await official_until(read) or date.min
        covered = await known_until(read, official)
        for one in _set_up(county, missing):
            yield one
        yield _found(county, "terms", missing.has_term, "guixiao calendar term …")
        yield _calendar(county, today, official, covered)
    for one in _people(county, missing):
        yield one
    yield await _clock(county)


def _found(
    county: County, name: str, is_fine: bool, mend: str = "", /, **values: object
) -> Finding:
    text = county.say(f"check.{name}_{'ok' if is_fine else 'missing'}", **values)
    return Finding(name, is_fine, text, "" if is_fine else mend)


async def _bot(county: County) -> Finding:
    settings = county.settings
    try:
        async with connected(settings.token, settings.bot_api_url) as bot:
            me = await bot.get_me()
    except InvalidToken:
        return _found(county, "bot_token", False, "@BotFather: /token")
    except TelegramError as error:
        mend = f"curl -I {settings.bot_api_url}"
        return _found(county, "bot", False, mend, problem=type(error).__name__)
    return _found(county, "bot", True, name=me.username)


def _set_up(county: County, missing: Gaps) -> list[Finding]:
    return [
        _found(
            county,
            "schools",
            missing.schools > 0,
            "guixiao import units.xlsx --yes",
            n=missing.schools,
        ),
        _found(
            county,
            "children",
            missing.children > 0,
            "guixiao import 学籍.xlsx --yes",
            n=missing.children,
        ),
    ]


def _calendar(county: County, today: date, official: date, covered: date) -> Finding:
    """Terms and official days for a year ahead; the state announces the next one in autumn."""
    is_fine = official >= today + YEAR and covered >= today
    return _found(
        county, "calendar", is_fine, "guixiao calendar import days.xlsx --yes", until=official
    )


def _people(county: County, missing: Gaps) -> list[Finding]:
    without = missing.classes_without_teacher
    named = ", ".join(without[:NAMED]) + (" …" if len(without) > NAMED else "")
    unpaired = ", ".join(f"{level} {n}" for level, n in missing.unpaired.items())
    unbound = ", ".join(f"{role} {n}" for role, n in missing.unbound.items())
    return [
        _found(
            county,
            "teachers",
            not without,
            "guixiao import staff.xlsx --yes",
            n=len(without),
            named=named,
        ),
        _found(
            county, "pairing", not unpaired, "guixiao import 包保责任表.xlsx --yes", gaps=unpaired
        ),
        _found(county, "staff", not unbound, "guixiao invite --unbound", roles=unbound),
        _found(
            county,
            "guardians",
            missing.unreachable_children == 0,
            "guixiao invite --role guardian --unbound --sheet DIR",
            n=missing.unreachable_children,
        ),
    ]


async def _clock(county: County) -> Finding:
    """Not held, not behind the journal, and what the Bot API says."""
    if county.mode is meta.Mode.REHEARSAL:
        return _found(county, "clock", True)
    async with county.database.read() as read:
        is_held = await meta.recall(read, meta.CLOCK_HOLD) is not None
        last = await last_journal_at(read)
    now = county.clock.now()
    theirs = await server_time(county.settings.bot_api_url)
    is_far = theirs is not None and abs(theirs - now) > AGREES_WITHIN
    is_behind = last is not None and now < last - AGREES_WITHIN
    return _found(
        county, "clock", not (is_held or is_far or is_behind), "timedatectl; guixiao clock accept"
    )
