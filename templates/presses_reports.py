"""Presses under reports: the card that is signed, and the section's week."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from templates.presses import Press


@dataclass(frozen=True)
class ReportPress(Press):
    """A key of one report; `number` is how often it had been signed when the card was shown."""

    verb: ClassVar[str] = "report"
    due_id: int
    number: int
    act: str


@dataclass(frozen=True)
class ReportsPress(Press):
    """A key of the section's week, 202637."""

    verb: ClassVar[str] = "reports"
    week: int
    act: str


@dataclass(frozen=True)
class PackagePress(Press):
    """A key of the section's card about the yearly packages."""

    verb: ClassVar[str] = "package"
    year: int
    act: str


@dataclass(frozen=True)
class ReceiptPress(Press):
    """[收到] under a report that came to a township."""

    verb: ClassVar[str] = "reportin"
    due_id: int
