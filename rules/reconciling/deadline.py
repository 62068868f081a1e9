"""When every school has to have compared its lists (rules.md 8)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from rules.calendar import SchoolCalendar
from rules.policy import Policy, due
from rules.policy.reports import Reports
from rules.reports.rhythms import PACKAGE, occasion

#: A program that comes later than this does not ask for what should have begun before it.
OPENED_WITHIN = 3


def due_at(policy: Policy, calendar: SchoolCalendar, first_on: date) -> datetime:
    """Two weeks after return; in autumn at the latest so many working days before the package."""
    rules = policy.reconciliation
    at = due(rules.due_after, calendar.at_local(first_on, "16:00"), calendar)
    package = package_due_on(policy.reports, calendar, first_on)
    if package is None or not first_on <= package <= calendar.local_date(at):
        return at
    last = package
    for _ in range(rules.working_days_before_package):
        last = calendar.previous_working_day(last)
    return min(at, calendar.at_local(last, "16:00"))


def package_due_on(rules: Reports, calendar: SchoolCalendar, on: date) -> date | None:
    """The day by which the package of this year is in; None where none is asked for."""
    found = occasion(PACKAGE, rules, calendar, on) if PACKAGE in rules.rhythms else None
    return calendar.local_date(found.due_at) if found else None


def first_school_day(calendar: SchoolCalendar, on: date) -> date | None:
    """The first school day of the term that is running."""
    term = calendar.term_of(on)
    return calendar.next_school_day(term.starts_on - timedelta(days=1)) if term else None


def may_ask(calendar: SchoolCalendar, first_on: date, on: date) -> bool:
    """Whether the term has begun just now."""
    last = calendar.nth_school_day_after(first_on, OPENED_WITHIN)
    return first_on <= on and (last is None or on <= last)
