"""Days that a family may choose, called so that nobody mistakes them (conversations.md)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from rules.calendar import SchoolCalendar
from rules.identity import fold

ONE_DAY = timedelta(days=1)


class DayWord(StrEnum):
    """How a day is called on a key."""

    TODAY = "today"
    TOMORROW = "tomorrow"
    DAY_AFTER = "day_after"
    WEEKDAY = "weekday"
    NEXT_WEEK = "next_week"
    DATE = "date"


@dataclass(frozen=True)
class DayChoice:
    """A day that a family may choose, and how its key calls it."""

    word: DayWord
    on: date


def return_days(calendar: SchoolCalendar, after: date, today: date) -> tuple[DayChoice, ...]:
    """The days offered to 哪天能来上学: the next two school days and next week (conversations.md).

    Only days with classes are offered, and called so that nobody can mistake them: 明天 and 后天
    are just that, other days of the coming week go by their weekday, later ones by their date.
    """
    first = calendar.next_school_day(after)
    second = calendar.next_school_day(first) if first else None
    days = [DayChoice(word_for(on, today), on) for on in (first, second) if on is not None]
    monday = after + timedelta(days=7 - after.weekday())
    begins = calendar.next_school_day(monday - ONE_DAY)
    if begins is not None and begins < monday + timedelta(days=7):
        days.append(DayChoice(DayWord.NEXT_WEEK, begins))
    return tuple(days)


def start_days(calendar: SchoolCalendar, today: date) -> tuple[DayChoice, ...]:
    """The days offered as the first of a leave: today, if it is a school day, and the next."""
    following = calendar.next_school_day(today)
    days = (today if calendar.is_school_day(today) else None, following)
    return tuple(DayChoice(word_for(on, today), on) for on in days if on is not None)


def more_days(calendar: SchoolCalendar, after: date, count: int) -> tuple[date, ...]:
    """The school days that follow, for [选日期]."""
    days: list[date] = []
    on = calendar.next_school_day(after)
    while on is not None and len(days) < count:
        days.append(on)
        on = calendar.next_school_day(on)
    return tuple(days)


def word_for(on: date, today: date) -> DayWord:
    """How people call a day."""
    near = {0: DayWord.TODAY, 1: DayWord.TOMORROW, 2: DayWord.DAY_AFTER}
    days = (on - today).days
    return near.get(days, DayWord.WEEKDAY if 0 < days < 7 else DayWord.DATE)


_SPOKEN = {"今天": 0, "明天": 1, "后天": 2, "today": 0, "tomorrow": 1}
_MONTH_DAY = re.compile(r"^(?:(\d{4})\s*[年./-]\s*)?(\d{1,2})\s*[月./-]\s*(\d{1,2})\s*[日号]?$")
_DAY = re.compile(r"^(\d{1,2})\s*[日号]$")


def read_day(text: str, today: date) -> date | None:
    """A day as people type it: 明天, 9月8日, 9.8, 8号, 2026-09-08, in full width too.

    None when it is none, or further away than a term.
    """
    plain = fold(text).lower()
    if plain in _SPOKEN:
        return today + timedelta(days=_SPOKEN[plain])
    month_day, day = _MONTH_DAY.match(plain), _DAY.match(plain)
    if month_day:
        year, month, number = month_day.groups()
        return _near(today, int(year or today.year), int(month), int(number))
    return _near(today, today.year, today.month, int(day.group(1))) if day else None


def _near(today: date, year: int, month: int, day: int) -> date | None:
    on = _day(year, month, day)
    return on if on is not None and abs((on - today).days) <= 120 else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def read_day_ahead(text: str, today: date) -> date | None:
    """A day that lies ahead, up to two years: without a year it is the next one of its name.

    None when it is none, has passed, or is further away.
    """
    found = _MONTH_DAY.match(fold(text).lower())
    if found is None:
        on = read_day(text, today)
        return on if on is not None and on > today else None
    year, month, number = found.groups()
    years = (int(year),) if year else (today.year, today.year + 1)
    days = (_day(one, int(month), int(number)) for one in years)
    ahead = (on for on in days if on is not None and 0 < (on - today).days <= 730)
    return next(ahead, None)
