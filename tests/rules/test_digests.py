"""When the rhythms of the day come, and for whom (rules.md 6, Noise)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from rules.calendar import Calendar, DayRule, Term
from rules.digests import (
    Workplace,
    digest_clocks,
    digests,
    is_on_duty,
    is_overtaken,
    is_wanted,
    morning_lines,
    next_round,
    overdue_cards,
)
from rules.policy import Policy

SCHOOL, OTHER_SCHOOL = 50, 51
TEACHER, LEADER, SECTION = 1, 2, 3
EIGHT, FOUR = time(8), time(16)
CALENDAR = Calendar(
    zone=ZoneInfo("Asia/Shanghai"),
    official={date(2026, 9, 25): False, date(2026, 9, 20): True},
    known_until=date(2026, 12, 31),
    terms=(Term(date(2026, 9, 1), date(2027, 1, 15), "秋"),),
    days=(DayRule(date(2026, 9, 9), is_open=False, school_id=SCHOOL),),
)
MONDAY, SNOW_DAY, SATURDAY, MAKE_UP_SUNDAY = (date(2026, 9, n) for n in (7, 9, 12, 20))
AT_SCHOOL, AT_BUREAU = Workplace(TEACHER, SCHOOL), Workplace(SECTION, None)


def at(on: date, clock: str) -> datetime:
    return CALENDAR.at_local(on, clock)


def test_the_rhythms_are_named_by_their_clock_times() -> None:
    policy = Policy()
    other = replace(policy, noise=replace(policy.noise, section_digests=(time(8, 30),)))

    assert digest_clocks(policy) == {"digest_08": EIGHT, "digest_16": FOUR}
    assert digest_clocks(other)["digest_0830"] == time(8, 30)


@pytest.mark.parametrize(
    ("after", "expected"),
    [("07:59", at(MONDAY, "08:00")), ("08:00", at(date(2026, 9, 8), "08:00"))],
)
def test_the_next_round_is_strictly_ahead(after: str, expected: datetime) -> None:
    assert next_round(EIGHT, at(MONDAY, after), CALENDAR) == expected


@pytest.mark.parametrize(
    ("planned_on", "now", "wanted"),
    [
        (7, at(MONDAY, "08:00"), True),
        (7, at(MONDAY, "15:00"), True),
        (7, at(date(2026, 9, 8), "03:00"), False),
        (7, at(date(2026, 9, 9), "08:00"), True),
        (8, at(MONDAY, "09:00"), False),
    ],
)
def test_a_missed_round_is_made_up_on_a_later_day_only_by_that_days_own(
    planned_on: int, now: datetime, wanted: bool
) -> None:
    planned_at = at(date(2026, 9, planned_on), "08:00")

    assert is_wanted(planned_at, EIGHT, now, CALENDAR) is wanted


def test_of_two_missed_digests_the_later_is_enough() -> None:
    assert is_overtaken(EIGHT, (EIGHT, FOUR), at(MONDAY, "17:00"), CALENDAR)
    assert not is_overtaken(EIGHT, (EIGHT, FOUR), at(MONDAY, "15:59"), CALENDAR)
    assert not is_overtaken(FOUR, (EIGHT, FOUR), at(MONDAY, "17:00"), CALENDAR)


@pytest.mark.parametrize(
    ("on", "school", "bureau"),
    [
        (MONDAY, True, True),
        (SNOW_DAY, False, True),
        (SATURDAY, False, False),
        (MAKE_UP_SUNDAY, True, True),
        (date(2026, 9, 25), False, False),
        (date(2027, 3, 1), True, True),  # no further term is known: working days
    ],
)
def test_school_staff_work_on_school_days_and_the_bureau_on_working_days(
    on: date, school: bool, bureau: bool
) -> None:
    assert is_on_duty(AT_SCHOOL, on, CALENDAR) is school
    assert is_on_duty(AT_BUREAU, on, CALENDAR) is bureau


def test_everybody_concerned_gets_one_digest_however_many_posts_they_hold() -> None:
    places = (AT_SCHOOL, Workplace(TEACHER, OTHER_SCHOOL), AT_BUREAU)

    sent = digests(places, EIGHT, MONDAY, CALENDAR, Policy())

    assert [(one.to, one.item, one.round) for one in sent] == [
        (TEACHER, 480, "2026-09-07"),
        (SECTION, 480, "2026-09-07"),
    ]


def test_a_person_of_two_schools_is_served_when_either_is_open() -> None:
    places = (AT_SCHOOL, Workplace(TEACHER, OTHER_SCHOOL))

    assert [one.to for one in digests(places, EIGHT, SNOW_DAY, CALENDAR, Policy())] == [TEACHER]
    assert digests((AT_SCHOOL,), EIGHT, SNOW_DAY, CALENDAR, Policy()) == ()


def test_a_clock_time_of_the_section_alone_is_not_the_schools() -> None:
    policy = Policy()
    policy = replace(policy, noise=replace(policy.noise, digests=(FOUR,)))

    sent = digests((AT_SCHOOL, AT_BUREAU), EIGHT, MONDAY, CALENDAR, policy)

    assert [one.to for one in sent] == [SECTION]


def test_the_morning_line_goes_to_each_leader_of_a_school_with_classes() -> None:
    places = (
        Workplace(LEADER, SCHOOL),
        Workplace(LEADER, SCHOOL),
        Workplace(LEADER, OTHER_SCHOOL),
    )

    monday = morning_lines(places, MONDAY, CALENDAR)
    snow_day = morning_lines(places, SNOW_DAY, CALENDAR)

    assert [one.item for one in monday] == [SCHOOL, OTHER_SCHOOL]
    assert [one.item for one in snow_day] == [OTHER_SCHOOL]


def test_the_overdue_card_speaks_of_others_only() -> None:
    places = (Workplace(LEADER, SCHOOL), Workplace(LEADER, OTHER_SCHOOL))
    late = {SCHOOL: frozenset({LEADER, TEACHER}), OTHER_SCHOOL: frozenset({LEADER})}

    cards = overdue_cards(places, late, MONDAY, CALENDAR)

    assert [(one.to, one.item, one.round) for one in cards] == [(LEADER, SCHOOL, "2026-09-07")]
