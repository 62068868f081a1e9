"""Days, clock times and spans as people write them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from templates.words import phrase

_MONTH, _YEAR = 30, 365
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def weekday(language: str, on: date) -> str:
    """周一 / Mon."""
    return phrase(language, f"weekday.{_DAYS[on.weekday()]}")


def day(language: str, on: date) -> str:
    """9月7日 / 7 Sep."""
    month = phrase(language, f"month.m{on.month}")
    return phrase(language, "date.day", month=month, day=on.day)


def clock(zone: ZoneInfo, at: datetime) -> str:
    """08:10, in the county's zone."""
    return f"{at.astimezone(zone):%H:%M}"


def moment(language: str, zone: ZoneInfo, at: datetime) -> str:
    """9月7日 08:10 / 7 Sep 08:10."""
    return f"{day(language, at.astimezone(zone).date())} {clock(zone, at)}"


def months(language: str, days: int) -> str:
    """How long ago in plain words: 12 天, 三个月, 一年多."""
    if days < _MONTH:
        return phrase(language, "reach.days", n=days)
    if days >= _YEAR:
        return phrase(language, "reach.year")
    return phrase(language, f"reach.m{min(days // _MONTH, 11)}")


def duration(language: str, span: timedelta) -> str:
    """How long, in the largest unit that fits: 25 分钟, 3 小时, 2 天."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 60:
        return phrase(language, "span.minutes", n=max(minutes, 1))
    if minutes < 48 * 60:
        return phrase(language, "span.hours", n=minutes // 60)
    return phrase(language, "span.days", n=minutes // (24 * 60))
