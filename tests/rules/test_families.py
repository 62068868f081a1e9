from __future__ import annotations

from datetime import date

import pytest

from rules.families import is_illness_day, tells_the_week
from rules.policy import Policy
from tests.support.build import school_days


@pytest.mark.parametrize(
    ("today", "asked"),
    [
        pytest.param(date(2026, 9, 7), False, id="the first day"),
        pytest.param(date(2026, 9, 8), False, id="the second"),
        pytest.param(date(2026, 9, 9), True, id="the third"),
        pytest.param(date(2026, 9, 11), True, id="the fifth"),
        pytest.param(date(2026, 9, 12), False, id="a Saturday"),
        pytest.param(date(2026, 9, 15), True, id="the seventh school day, over a weekend"),
    ],
)
def test_a_running_illness_is_asked_about_every_second_school_day(
    today: date, asked: bool
) -> None:
    assert is_illness_day(date(2026, 9, 7), today, school_days(), every=2) is asked


def test_the_week_is_told_from_two_absences_on() -> None:
    alerts = Policy().alerts

    assert [tells_the_week(total, alerts) for total in (0, 1, 2, 3)] == [False, False, True, True]
