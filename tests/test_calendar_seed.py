from __future__ import annotations

from datetime import date

import pytest

from bot.calendar_seed import known_until, labelled_days, official_days


def test_the_national_day_week_of_2026_is_off_and_its_saturday_is_made_up() -> None:
    days = official_days([2026])

    october = {on.day: is_working for on, is_working in days.items() if on.month == 10}
    assert october == {1: False, 2: False, 5: False, 6: False, 7: False, 10: True}


def test_only_days_that_differ_from_monday_to_friday_are_named() -> None:
    days = official_days(range(2004, 2030))

    assert all(is_working != (on.weekday() < 5) for on, is_working in days.items())


def test_a_year_nobody_has_announced_has_its_fixed_holidays_and_says_so() -> None:
    days = labelled_days([2031])

    assert {on: day.label for on, day in days.items()} == {
        date(2031, 1, 1): "元旦",
        date(2031, 5, 1): "劳动节",
        date(2031, 5, 2): "劳动节",
        date(2031, 10, 1): "国庆节",
        date(2031, 10, 2): "国庆节",
        date(2031, 10, 3): "国庆节",
    }
    assert all(day.is_provisional for day in days.values())


def test_what_is_announced_is_known_to_the_end_of_its_year() -> None:
    assert known_until() >= date(2026, 12, 31)
    assert (known_until().month, known_until().day) == (12, 31)


@pytest.mark.parametrize(
    ("on", "label"),
    [
        pytest.param(date(2026, 2, 17), "春节", id="a holiday"),
        pytest.param(date(2026, 10, 10), "国庆节调休上班", id="a make-up day"),
    ],
)
def test_a_label_is_the_name_of(on: date, label: str) -> None:
    day = labelled_days([2026])[on]

    assert (day.label, day.is_provisional) == (label, False)


def test_years_come_in_order_and_once() -> None:
    days = list(official_days([2026, 2025, 2026]))

    assert days == sorted(set(days))
