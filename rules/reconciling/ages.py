"""Who has to be in school, and in which grade (义务教育法 11; rules.md 8)."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from rules.policy.sections import Intake


def school_year(rules: Intake, on: date) -> int:
    """The year in which the school year of `on` began: it begins after the day of entry."""
    return on.year if _is_after(rules, on) else on.year - 1


def grade_by_age(rules: Intake, birth_on: date, on: date) -> int:
    """The grade for children born on that day: under 1 they are too young, over the last too old.

    Six years old by 31 August: grade 1 that autumn; born a day later: a year later.
    """
    enters = birth_on.year + rules.entry_age + _is_after(rules, birth_on)
    return school_year(rules, on) - enters + 1


def year_ends_on(rules: Intake, on: date) -> date:
    """The last day of the school year."""
    year, month = school_year(rules, on) + 1, rules.entry_month
    return date(year, month, min(rules.entry_day, monthrange(year, month)[1]))


def due_since(rules: Intake, on: date) -> date:
    """Born on that day or later: not yet too old for school on `on`."""
    year = school_year(rules, on) - rules.last_grade - rules.entry_age
    return date(year, rules.entry_month, 1) + timedelta(days=rules.entry_day)


def _is_after(rules: Intake, on: date) -> bool:
    return (on.month, on.day) > (rules.entry_month, rules.entry_day)
