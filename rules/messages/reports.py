"""What is heard about reports: heads, report clerks, and the section at 12:05."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rules.messages.base import Hold, Lane, Message


@dataclass(frozen=True, kw_only=True)
class ReportCard(Message):
    """The living card of one report, from its opening to its last revision; item: what is owed."""

    kind: ClassVar[str] = "report_card"
    about: ClassVar[str] = "report"
    card: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class ReportChanged(Message):
    """The record has moved on since the signature: a new one is due today."""

    kind: ClassVar[str] = "report_changed"
    about: ClassVar[str] = "report"
    rings: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class TownshipReport(Message):
    """A school's monthly figures for its township: [收到]."""

    kind: ClassVar[str] = "township_report"
    about: ClassVar[str] = "report"


@dataclass(frozen=True, kw_only=True)
class WeeklySummary(Message):
    """12:05 on the day it is due: expected, received, on time; item: year and week, 202637."""

    kind: ClassVar[str] = "weekly_summary"
    about: ClassVar[str] = "week"
    lane: ClassVar[Lane] = Lane.DIGEST


@dataclass(frozen=True, kw_only=True)
class WeeklySheet(Message):
    """The county's table of that week as xlsx; it goes out of the chat after a day."""

    kind: ClassVar[str] = "weekly_sheet"
    about: ClassVar[str] = "week"
    lane: ClassVar[Lane] = Lane.DIGEST


@dataclass(frozen=True, kw_only=True)
class WeeklySheetAsked(WeeklySheet):
    """The same, because somebody asked for it."""

    lane: ClassVar[Lane] = Lane.ANSWER
    hold: ClassVar[Hold] = Hold.NEVER


@dataclass(frozen=True, kw_only=True)
class CountySheet(Message):
    """What the county counts over a quarter, as xlsx, because the section asked for it."""

    kind: ClassVar[str] = "county_sheet"
    about: ClassVar[str] = "report"
    lane: ClassVar[Lane] = Lane.ANSWER
    hold: ClassVar[Hold] = Hold.NEVER


@dataclass(frozen=True, kw_only=True)
class PackageSummary(Message):
    """12:05 on the day the yearly packages are due: filed and missing; item: the year."""

    kind: ClassVar[str] = "package_summary"
    about: ClassVar[str] = "package"
    lane: ClassVar[Lane] = Lane.DIGEST
