"""The yearly package of a unit: its work plan, and the three rosters as they were signed (P13)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from rules.ledgers import Ledger


@dataclass(frozen=True)
class WorkPlan:
    """工作方案 as the unit sent it; a later one takes its place until the package is signed."""

    id: int
    due_id: int
    file_id: int
    sha256: str
    at: datetime
    by: int
    version: int = 1


@dataclass(frozen=True)
class SignedRoster:
    """One roster with the rows of the moment at which it was signed; no rows: a zero roster.

    `cells` are spelled by `rules.reports.packages.spell`; `digest` stands in the journal.
    """

    id: int
    due_id: int
    number: int  # of the signature
    ledger: Ledger
    columns: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]
    digest: str
    at: datetime
    version: int = 1
