"""The drill of a term: does a message arrive, and are phone and address still right?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Drill:
    """One person of one school, asked once a term; a tap on [收到] is the proof of reach."""

    id: int
    person_id: int
    school_id: int
    term_on: date
    sent_at: datetime
    answered_at: datetime | None = None
    version: int = 1
