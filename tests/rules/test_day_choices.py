"""Which days a family may choose, and how they are called."""

from __future__ import annotations

from datetime import date

import pytest

from rules.child.asking import ContactChange, asks_about_illness
from rules.child.day_choices import read_day, read_day_ahead, return_days, start_days
from tests.support.build import MONDAY, a_leave, school_days


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        pytest.param(
            date(2026, 9, 7),
            [("tomorrow", 8), ("day_after", 9), ("next_week", 14)],
            id="on a Monday",
        ),
        pytest.param(
            date(2026, 9, 10),
            [("tomorrow", 11), ("weekday", 14), ("next_week", 14)],
            id="on a Thursday",
        ),
        pytest.param(
            date(2026, 9, 11),
            [("weekday", 14), ("weekday", 15), ("next_week", 14)],
            id="on a Friday",
        ),
        pytest.param(
            date(2026, 9, 12),
            [("day_after", 14), ("weekday", 15), ("next_week", 14)],
            id="on a Saturday",
        ),
        pytest.param(
            date(2026, 9, 30),
            [("date", 8), ("date", 9), ("next_week", 8)],
            id="before the National Day week",
        ),
    ],
)
def test_the_days_of_return_are_school_days_with_plain_names(
    today: date, expected: list[tuple[str, int]]
) -> None:
    choices = return_days(school_days(), today, today)

    assert [(one.word, one.on.day) for one in choices] == expected


def test_beyond_the_last_term_no_day_is_offered() -> None:
    after = date(2027, 1, 22)

    assert return_days(school_days(), after, after) == ()
    assert [one.word for one in start_days(school_days(), after)] == ["today"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9月8日", date(2026, 9, 8)),
        ("９月８号", date(2026, 9, 8)),
        (" 9.8 ", date(2026, 9, 8)),
        ("2026-09-08", date(2026, 9, 8)),
        ("8号", date(2026, 9, 8)),
        ("明天", date(2026, 9, 8)),
        ("后天", date(2026, 9, 9)),
        ("9月31日", None),
        ("2031-09-08", None),
        ("下周", None),
        ("38.5", None),
        ("", None),
    ],
)
def test_a_typed_day_is_read_or_refused(text: str, expected: date | None) -> None:
    assert read_day(text, MONDAY) == expected


def test_a_running_illness_is_asked_about_every_second_school_day() -> None:
    leave = a_leave(MONDAY)
    days = [date(2026, 9, day) for day in range(7, 19)]

    asked = [on.day for on in days if asks_about_illness(leave, school_days(), on, 2)]
    assert asked == [9, 11, 15, 17]
    bounded = a_leave(MONDAY, date(2026, 9, 10))
    assert [on.day for on in days if asks_about_illness(bounded, school_days(), on, 2)] == [9]


def test_a_contact_change_is_read_as_it_was_spelt() -> None:
    change = ContactChange("address", 7, "青石乡：上河村:3组")

    assert ContactChange.read(change.spell()) == change
    assert ContactChange.read("打不通") is None
    assert ContactChange.read(None) is None


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param("2027年3月1日", date(2027, 3, 1), id="with its year"),
        pytest.param("3月1日", date(2027, 3, 1), id="the next one of its name"),
        pytest.param("12-31", date(2026, 12, 31), id="still this year"),
        pytest.param("明天", date(2026, 9, 8), id="as spoken"),
        pytest.param("今天", None, id="not ahead"),
        pytest.param("2026-09-07", None, id="today by its date"),
        pytest.param("2029-01-01", None, id="too far away"),
        pytest.param("2月30日", None, id="no day at all"),
        pytest.param("明年", None, id="no day"),
    ],
)
def test_a_day_that_lies_ahead(said: str, expected: date | None) -> None:
    assert read_day_ahead(said, MONDAY) == expected
