"""Who saw what about whom (privacy D5): append-only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storage.tables.plumbing import access_log
from storage.work import Work


@dataclass(frozen=True)
class Look:
    """One look at something protected."""

    id: int
    at: datetime
    person_id: int | None
    student_id: int | None
    what: str
    why: str | None = None


async def note_look(
    work: Work, person_id: int | None, student_id: int | None, what: str, why: str | None = None
) -> None:
    """Write down a look before what was looked at is shown; nobody is the command line."""
    await work.insert(access_log, Look(0, work.now, person_id, student_id, what, why))
