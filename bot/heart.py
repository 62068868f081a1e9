"""The sign of life of a running bot, and whether it may go on."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import structlog

from bot.parts import Parts
from storage import meta
from storage.errors import UNUSABLE

if TYPE_CHECKING:
    from storage.exclusive import Claim

HEARTBEAT_EVERY = 1.0
GREET_EVERY = 5.0

#: Asks Telegram who this bot is; whether it answered.
Greeting = Callable[[Parts], Awaitable[bool]]

_log = structlog.get_logger(__name__)


class LostClaim(Exception):
    """Another process may run this database now: stop at once."""


async def beat(parts: Parts, claim: Claim, greet: Greeting) -> None:
    """A sign of life once a second, and whether this process may still run the database."""
    number = 0
    is_greeted = True
    while True:
        if not await claim.is_held():
            raise LostClaim
        if not await _sign(parts, f"{os.getpid()}:{number}"):
            await parts.clock.sleep(HEARTBEAT_EVERY)
            continue
        number += 1
        if number % int(GREET_EVERY) == 0 and not is_greeted:
            is_greeted = await greet(parts)
        elif number == 1:
            is_greeted = await _knows_its_name(parts)
        await parts.clock.sleep(HEARTBEAT_EVERY)


async def _sign(parts: Parts, sign: str) -> bool:
    """Whether it could be written; a database that cannot be written to is waited for."""
    try:
        await _write_sign(parts, sign)
    except UNUSABLE as error:
        _log.error("database not writable", action="no_database", error=type(error).__name__)
        parts.figures.is_writable = False
        return False
    parts.figures.is_writable = True
    return True


async def _write_sign(parts: Parts, sign: str) -> None:
    async with parts.database.work(parts.clock.now()) as work:
        await parts.keys.look(work)
        await meta.remember(work, meta.HEARTBEAT, sign)
        if not parts.is_rehearsal and not await meta.recall(work, meta.CLOCK_HOLD):
            await meta.remember(work, meta.LAST_ALIVE, work.now.isoformat())


async def _knows_its_name(parts: Parts) -> bool:
    async with parts.database.read() as read:
        return await meta.recall(read, meta.BOT_NAME) is not None
