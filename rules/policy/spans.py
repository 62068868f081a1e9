"""Durations as a county writes them, and the instants that they lead to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from rules.calendar import SchoolCalendar

_SPAN = re.compile(r"([+-]?[0-9]{1,5})(?:([mhd])| (school day|working day)s?)")
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


class Unit(StrEnum):
    """What a span is counted in; `DAYS` are calendar days."""

    MINUTES = "m"
    DAYS = "d"
    SCHOOL_DAYS = "school day"
    WORKING_DAYS = "working day"


@dataclass(frozen=True)
class Span:
    """A duration: minutes, calendar days, school days or working days; negative means before."""

    amount: int
    unit: Unit = Unit.MINUTES

    @classmethod
    def parse(cls, text: str) -> Span:
        """Read "30m", "-2h", "1d", "1 school day", "3 working days"; else raise ValueError."""
        found = _SPAN.fullmatch(text.strip())
        if found is None:
            raise ValueError(f"{text!r} is no duration")
        amount, unit = int(found[1]), found[2] or found[3]
        return cls(amount * 60) if unit == "h" else cls(amount, Unit(unit))

    def __str__(self) -> str:
        """Write the span so that `parse` reads the same span again."""
        if self.unit in (Unit.SCHOOL_DAYS, Unit.WORKING_DAYS):
            return f"{self.amount} {self.unit}{'' if abs(self.amount) == 1 else 's'}"
        if self.unit is Unit.MINUTES and self.amount and self.amount % 60 == 0:
            return f"{self.amount // 60}h"
        return f"{self.amount}{self.unit}"

    @property
    def minutes(self) -> int:
        """The span in minutes; ValueError if it is counted in days, which have no fixed length."""
        if self.unit is not Unit.MINUTES:
            raise ValueError(f"{self} has no fixed length")
        return self.amount

    @property
    def within(self) -> timedelta:
        """The span as a duration; ValueError if it is counted in days."""
        return timedelta(minutes=self.minutes)


#: A span from some instant, or a clock time on the day of that instant.
When = Span | time


def clock(text: str) -> time:
    """Read "HH:MM", 00:00 to 23:59; anything else raises ValueError."""
    if not _CLOCK.fullmatch(text):
        raise ValueError(f"{text!r} is no clock time")
    return time.fromisoformat(text)


def due(rule: When, start_at: datetime, calendar: SchoolCalendar) -> datetime:
    """Return the instant (UTC) that `rule` names, seen from `start_at`.

    Minutes pass by the clock; n days of any kind lead to the same local clock time n such days
    later (rules.md 1); a bare clock time is meant on the local day of `start_at`, be it earlier
    or later than `start_at`.
    """
    if isinstance(rule, time):
        return calendar.at_local(calendar.local_date(start_at), rule)
    if rule.unit is Unit.SCHOOL_DAYS:
        return calendar.add_school_days(start_at, rule.amount)
    if rule.unit is Unit.WORKING_DAYS:
        return calendar.add_working_days(start_at, rule.amount)
    if rule.unit is Unit.DAYS:
        return calendar.add_days(start_at, rule.amount)
    return start_at + rule.within
