"""Records of the tables that only imports and the command line write."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Table

from rules.model.school import PastPupil
from storage.carrying import TABLES
from storage.tables import school


@dataclass(frozen=True)
class UnitAlias:
    """An old code or another name of a unit."""

    id: int
    unit_id: int
    alias: str
    version: int = 1


@dataclass(frozen=True)
class TermRecord:
    """A term as stored."""

    id: int
    name: str
    starts_on: date
    ends_on: date
    school_id: int | None = None
    version: int = 1


@dataclass(frozen=True)
class DayRecord:
    """A day that differs from Monday to Friday, as stored; scope official, county or school."""

    id: int
    on: date
    scope: str
    is_open: bool
    label: str = ""
    source: str = ""
    school_id: int | None = None
    entered_by: int | None = None
    version: int = 1


@dataclass(frozen=True)
class Review:
    """A row that a person has to look at; `decision`: same (the same child) or new."""

    id: int
    kind: str
    school_id: int | None
    student_id: int | None
    fingerprint: str
    body: dict[str, Any] | None
    reason: str
    opened_at: datetime
    decided_at: datetime | None = None
    decided_by: int | None = None
    decision: str | None = None
    version: int = 1


ALL_TABLES: dict[type[Any], Table] = {
    **TABLES,
    UnitAlias: school.unit_aliases,
    TermRecord: school.terms,
    DayRecord: school.days,
    Review: school.reviews,
    PastPupil: school.past_pupils,
}
