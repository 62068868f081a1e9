"""The state's calendar of working days, as chinesecalendar knows it, to seed the county's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import chinese_calendar
from chinese_calendar import Holiday

#: Holidays with the same date every year (全国年节及纪念日放假办法, as of 2025).
#: 春节, 清明, 端午 and 中秋 follow the moon and the sun, and make-up days are announced year by
#: year: none of these is guessed.
FIXED_HOLIDAYS = {
    (1, 1): "元旦",
    (5, 1): "劳动节",
    (5, 2): "劳动节",
    (10, 1): "国庆节",
    (10, 2): "国庆节",
    (10, 3): "国庆节",
}
MAKE_UP = "调休上班"


@dataclass(frozen=True)
class OfficialDay:
    """A day that differs from Monday to Friday; `is_provisional` where its year is unknown."""

    is_working: bool
    label: str
    is_provisional: bool = False


def known_until() -> date:
    """Return the last day of the last year that the official calendar covers."""
    return date(max(on.year for on in chinese_calendar.holidays), 12, 31)


def official_days(years: Iterable[int]) -> dict[date, bool]:
    """Return the days of `years` on which working differs from Monday to Friday, in order.

    A holiday is False, a make-up day is True.  A year without an official calendar has its fixed
    holidays only (rules.md 1).
    """
    return {on: day.is_working for on, day in labelled_days(years).items()}


def labelled_days(years: Iterable[int]) -> dict[date, OfficialDay]:
    """Return the days of `official_days` with the name of the holiday."""
    found: dict[date, OfficialDay] = {}
    for year in sorted(set(years)):
        found |= _announced(year) if _is_known(year) else _fixed(year)
    return found


def _is_known(year: int) -> bool:
    return any(on.year == year for on in chinese_calendar.holidays)


def _announced(year: int) -> dict[date, OfficialDay]:
    return {
        on: OfficialDay(not _is_weekday(on), _label(on))
        for on in _days_of(year)
        if chinese_calendar.is_workday(on) != _is_weekday(on)
    }


def _fixed(year: int) -> dict[date, OfficialDay]:
    days = {date(year, *day): label for day, label in FIXED_HOLIDAYS.items()}
    return {on: OfficialDay(False, days[on], True) for on in sorted(days) if _is_weekday(on)}


def _label(on: date) -> str:
    name = Holiday(chinese_calendar.get_holiday_detail(on)[1]).chinese
    return f"{name}{MAKE_UP}" if chinese_calendar.is_workday(on) else str(name)


def _is_weekday(on: date) -> bool:
    return on.weekday() < 5


def _days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]
