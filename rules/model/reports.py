"""Reports on a rhythm: what is owed, what was signed, and the figures in it (rules.md 9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class DueState(StrEnum):
    """planned: not open yet; overdue is missing, never zero; a late signature makes it filed."""

    PLANNED = "planned"
    OPEN = "open"
    FILED = "filed"
    MISSING = "missing"


@dataclass(frozen=True)
class ReportDue:
    """One report that one unit owes for one period; for a village school, the check of its part.

    `since` is where the period begins: the cut-off of the report before.  `confirmed` are the
    contradictions that the signer has called true; `is_changed` says that the record has moved on
    since the signature.
    """

    id: int
    rhythm: str  # a row of [reports.rhythms] in the policy
    unit_id: int
    period: str  # 2026-W37, 2026-09, 2026-Q3, 2026
    from_on: date
    to_on: date
    since: datetime
    opens_at: datetime
    due_at: datetime
    until: datetime | None = None  # where figures end with the period; None: at the signature
    part_of_id: int | None = None  # the central school's, where this is a village school's check
    state: DueState = DueState.PLANNED
    next_at: datetime | None = None
    number: int = 0  # how many times it was signed
    is_changed: bool = False
    doubts: tuple[str, ...] = ()  # what contradicted it when it was last looked at
    confirmed: tuple[str, ...] = ()
    confirmed_by: int | None = None
    prepared_by: int | None = None
    remark: str | None = None
    received_by: int | None = None  # where the receiver has to say so: the township
    received_at: datetime | None = None
    version: int = 1


@dataclass(frozen=True)
class Report:
    """One signature: the figures as they were then, never changed; a correction is a further one.

    `figures` are pairs of a column and its number; None is a column for which nothing is kept.
    """

    id: int
    due_id: int
    number: int
    figures: tuple[tuple[str, int | None], ...]
    digest: str
    at: datetime
    signed_by: int
    filed_by: int
    is_late: bool
    acting_for: int | None = None
    doubts: tuple[str, ...] = ()
    remark: str | None = None
    reason: str | None = None  # of a revision
    version: int = 1
