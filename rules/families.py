"""When families hear something that nobody asked for (rules.md 7)."""

from __future__ import annotations

from datetime import date

from rules.calendar import SchoolCalendar
from rules.policy.sections import Alerts


def is_illness_day(from_on: date, today: date, calendar: SchoolCalendar, every: int) -> bool:
    """Tell whether a running illness is asked about today: every second school day after the
    first (rules.md 7, Repetition)."""
    if not calendar.is_school_day(today):
        return False
    ill = len(calendar.school_days(from_on, today)) - 1
    return ill > 0 and ill % every == 0


def tells_the_week(total: int, numbers: Alerts) -> bool:
    """Tell whether a family gets the Friday total: two or more absences this term."""
    return total >= numbers.friday_total_from_absences
