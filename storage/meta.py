"""Small facts about a database, by name."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, select, update

from storage.tables.plumbing import meta
from storage.work import Reading, Work

CLOCK = "clock"
CLOCK_REQUEST = "clock_request"
CLOCK_HOLD = "clock_hold"
BOT_NAME = "bot_name"
#: Changes every second while the bot runs; gone when it has stopped.
HEARTBEAT = "heartbeat"
#: The last instant at which a real bot was alive.
LAST_ALIVE = "last_alive"
#: The last instant at which Telegram was asked for updates and answered.
LAST_REACHED = "last_reached"
#: Up to then messages have been emptied of what they said.
EMPTIED_UNTIL = "emptied_until"
#: How far the nightly rounds through codes and replies have come (storage/retention.py).
CODES_UNTIL, REPLIES_UNTIL = "codes_until", "replies_until"
#: The id of the field key that the running bot seals with.
SEALS_WITH = "seals_with"
_MODE = "mode"


class Mode(StrEnum):
    """What a database is for, for ever."""

    NEW = "new"  # never run yet
    REAL = "real"
    REHEARSAL = "rehearsal"


async def recall(read: Reading, name: str) -> str | None:
    """What was remembered under this name."""
    value = await read.scalar(select(meta.c.value).where(meta.c.name == name))
    return None if value is None else str(value)


async def remember(work: Work, name: str, value: str) -> None:
    """Remember `value` under this name, in place of what was there."""
    if not await work.insert_new(meta, {"name": name, "value": value}):
        await work.execute(update(meta).where(meta.c.name == name).values(value=value))


async def remember_new(work: Work, name: str, value: str) -> bool:
    """Remember `value` unless something is remembered under this name; whether it was new."""
    return bool(await work.insert_new(meta, {"name": name, "value": value}))


async def forget(work: Work, name: str) -> None:
    """Remember nothing under this name any more."""
    await work.execute(delete(meta).where(meta.c.name == name))


async def mode_of(read: Reading) -> Mode:
    """Real, rehearsal, or new: no `run` has decided yet."""
    return Mode(await recall(read, _MODE) or Mode.NEW)


async def keep_mode(work: Work, mode: Mode) -> None:
    """The first `run` decides; nothing changes it later."""
    await remember_new(work, _MODE, mode.value)


async def rehearsal_clock(read: Reading) -> datetime | None:
    """Where the clock of a rehearsal stands; None for any other database."""
    found = await recall(read, CLOCK)
    return datetime.fromisoformat(found) if found else None


async def keep_clock(work: Work) -> None:
    """The clock of the rehearsal stands at the instant of this unit of work."""
    await remember(work, CLOCK, work.now.isoformat())
