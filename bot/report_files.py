"""A week's table of reports as a file: read in one moment, written later."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from papers.contents import content_of
from papers.reports.weekly import WeekLine, WeekSheet, write_week
from rules.reports.figures import COLUMNS, total
from rules.reports.rhythms import WEEKLY, monday_of
from storage.figures.county import CountedUnit, CountyWeek, UnitWeek, counted_county, county_week
from storage.ledgers.scope import CountAsked, WeekAsked
from storage.work import Reading


@dataclass(frozen=True)
class WeekOrder:
    """A sheet that is written when no transaction is open any more."""

    sheet: WeekSheet = field(repr=False)
    zone: str

    def write(self) -> bytes:
        """The xlsx."""
        return content_of(lambda to: write_week(self.sheet, to, ZoneInfo(self.zone)))


async def week_ordered(read: Reading, wanted: WeekAsked, zone: str) -> WeekOrder:
    """The week of the schools that the reader answers for, marked as theirs."""
    week = await county_week(read, wanted.week, wanted.schools)
    return WeekOrder(sheet_of(week, wanted.head, mark=_mark(wanted, zone)), zone)


async def count_ordered(read: Reading, wanted: CountAsked, zone: str) -> WeekOrder:
    """The county's own count, marked as the reader's."""
    on = min(wanted.last, wanted.at.astimezone(ZoneInfo(zone)).date())
    units = await counted_county(read, wanted.since, min(wanted.until, wanted.at), on)
    sheet = counted_sheet(units, wanted.period, wanted.first, wanted.last, wanted.head)
    return WeekOrder(replace(sheet, mark=_mark(wanted, zone)), zone)


def _mark(wanted: WeekAsked | CountAsked, zone: str) -> str:
    return f"{wanted.reader}　{wanted.at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def sheet_of(
    week: CountyWeek, head: str, *, unit: str = "", mark: str = "", rhythm: str = WEEKLY
) -> WeekSheet:
    """The week (month) as it is printed."""
    is_weekly = rhythm == WEEKLY
    first = monday_of(week.week) if is_weekly else date.fromisoformat(f"{week.week}-01")
    days = 7 if is_weekly else monthrange(first.year, first.month)[1]
    return WeekSheet(
        first=first,
        last=first + timedelta(days=days - 1),
        rhythm=rhythm,
        period="" if is_weekly else week.week,
        lines=[_line(one) for one in week.lines],
        totals=week.totals,
        expected=week.expected,
        received=week.received,
        on_time=week.on_time,
        rate=week.received_percent,
        head=head,
        unit=unit,
        mark=mark,
    )


def _line(one: UnitWeek) -> WeekLine:
    report, first = one.report, one.first
    if report is None:
        return WeekLine(one.name, one.cells)
    said = [part for part in (report.remark, report.reason) if part]
    return WeekLine(
        unit=one.name,
        cells=one.cells,
        remark="；".join(said),
        filed_by=one.filed_by or "",
        signed_by=one.signed_by or "",
        at=report.at,
        is_late=first is not None and first.is_late,
        corrections=one.due.number - 1,
        is_changed=one.due.is_changed,
    )


def counted_sheet(
    units: list[CountedUnit], period: str, first: date, last: date, head: str
) -> WeekSheet:
    """What the county counts itself over a quarter; nobody owes a signature here."""
    return WeekSheet(
        first=first,
        last=last,
        lines=[WeekLine(one.name, one.cells) for one in units],
        totals=[total(one.cells[place] for one in units) for place in range(len(COLUMNS))],
        expected=len(units),
        received=len(units),
        on_time=len(units),
        rate=None,
        head=head,
        rhythm="county_quarterly",
        period=period,
        is_counted=True,
    )
