"""Two weeks after return; in autumn before the yearly package."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.calendar_seed import labelled_days
from rules.calendar import Calendar, SchoolCalendar, Term
from rules.policy import Policy
from rules.reconciling.deadline import due_at, first_school_day, may_ask

ZONE = ZoneInfo("Asia/Shanghai")
TERMS = (
    Term(date(2026, 3, 1), date(2026, 7, 3), "春"),
    Term(date(2026, 9, 1), date(2027, 1, 22), "秋"),
)


@pytest.fixture
def calendar() -> SchoolCalendar:
    official = {on: one.is_working for on, one in labelled_days((2026, 2027)).items()}
    whole = Calendar(zone=ZONE, official=official, known_until=date(2026, 12, 31), terms=TERMS)
    return whole.school(1)


def test_in_spring_two_weeks(calendar: SchoolCalendar) -> None:
    first_on = first_school_day(calendar, date(2026, 3, 10))
    assert first_on == date(2026, 3, 2)
    assert due_at(Policy(), calendar, first_on) == datetime(2026, 3, 16, 16, tzinfo=ZONE)


def test_in_autumn_two_working_days_before_the_package(calendar: SchoolCalendar) -> None:
    at = due_at(Policy(), calendar, date(2026, 9, 1))
    assert at == datetime(2026, 9, 8, 16, tzinfo=ZONE)


def test_asked_only_while_the_term_begins(calendar: SchoolCalendar) -> None:
    first_on = date(2026, 9, 1)
    assert may_ask(calendar, first_on, date(2026, 9, 4))
    assert not may_ask(calendar, first_on, date(2026, 9, 7))
    assert not may_ask(calendar, first_on, date(2026, 8, 31))
    assert first_school_day(calendar, date(2026, 8, 1)) is None
