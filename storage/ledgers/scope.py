"""What a ledger is asked for: the day, and whose children."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from rules.ledgers import Ledger
from rules.policy import StaffNames
from rules.policy.sections import Reaching


@dataclass(frozen=True)
class Scope:
    """`upto` is the end of the day `as_of`: what was recorded before it is known.

    `schools` None means the whole county.
    """

    as_of: date
    upto: datetime
    schools: frozenset[int] | None = None
    names: StaffNames = StaffNames.FULL
    reach: Reaching = field(default_factory=Reaching)

    def covers(self, school_id: int) -> bool:
        """Whether children of this school are asked for."""
        return self.schools is None or school_id in self.schools


@dataclass(frozen=True)
class Table:
    """A ledger's columns, by the names that papers/ledgers knows, and its rows in print order."""

    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]


@dataclass(frozen=True)
class LedgerAsked:
    """A ledger that somebody asked for in chat; `reader` and `at` are its watermark."""

    ledger: Ledger
    as_of: date
    schools: frozenset[int]
    reader: str
    at: datetime


@dataclass(frozen=True)
class CountAsked:
    """What the county itself counts over a period, for a chat."""

    period: str
    first: date
    last: date
    since: datetime
    until: datetime
    reader: str
    at: datetime
    head: str


@dataclass(frozen=True)
class WeekAsked:
    """A week's table of reports for a chat; `head` is the journal's end when it was asked for."""

    week: str
    schools: frozenset[int]
    reader: str
    at: datetime
    head: str
