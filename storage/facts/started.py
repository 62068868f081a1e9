"""Since when this county has been working with the program."""

from __future__ import annotations

from datetime import datetime

from storage.meta import recall, remember
from storage.work import Reading, Work

_NAME = "first_run_at"


async def first_run_at(read: Reading) -> datetime | None:
    """The instant of the first `run`; nothing is due for the days before it."""
    found = await recall(read, _NAME)
    return datetime.fromisoformat(found) if found else None


async def note_first_run(work: Work, at: datetime) -> None:
    """Remember the first run; a later one changes nothing."""
    if await recall(work, _NAME) is None:
        await remember(work, _NAME, at.isoformat())
