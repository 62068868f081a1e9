"""What is known here only must be written down: a database that cannot be used is waited for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog

from bot.clock import Clock
from storage.errors import UNUSABLE

LONGEST_WAIT = 30.0

_log = structlog.get_logger(__name__)


async def insist(clock: Clock, write: Callable[[], Awaitable[object]]) -> None:
    """Write until it is written, or until we are cancelled; errors of other kinds are raised."""
    wait = 1.0
    while True:
        try:
            await write()
        except UNUSABLE as error:
            name = type(error).__name__
            _log.error("outcome not written", action="not_written", error=name, wait=wait)
            await clock.sleep(wait)
            wait = min(2 * wait, LONGEST_WAIT)
        else:
            return
