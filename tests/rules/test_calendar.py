from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.calendar import Calendar, DayRule, SchoolCalendar, Term

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOLIDAYS_2026 = (
    *((1, 1), (1, 2), (2, 16), (2, 17), (2, 18), (2, 19), (2, 20), (2, 23), (4, 6), (5, 1)),
    *((5, 4), (5, 5), (6, 19), (9, 25), (10, 1), (10, 2), (10, 5), (10, 6), (10, 7)),
)
MAKE_UP_2026 = ((1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10))
OFFICIAL = {date(2026, *day): False for day in HOLIDAYS_2026} | {
    date(2026, *day): True for day in MAKE_UP_2026
}
SPRING = Term(date(2026, 3, 2), date(2026, 7, 3), "春")
AUTUMN = Term(date(2026, 9, 1), date(2027, 1, 15), "秋")
COUNTY = Calendar(
    SHANGHAI, OFFICIAL, known_until=date(2026, 12, 31), terms=(AUTUMN, SPRING), days=()
)
SCHOOL, OTHER_SCHOOL = 1, 2
HERE = COUNTY.school(SCHOOL, 3)
SATURDAY = date(2026, 11, 14)
MONDAY = date(2026, 11, 16)
TUESDAY = date(2026, 11, 17)


def at(on: date, clock: str = "16:00") -> datetime:
    return COUNTY.at_local(on, clock)


# The days themselves.


@pytest.mark.parametrize(
    ("on", "is_open"),
    [
        pytest.param(date(2026, 9, 30), True, id="a Wednesday"),
        pytest.param(date(2026, 10, 1), False, id="a holiday"),
        pytest.param(date(2026, 10, 10), True, id="a make-up Saturday"),
        pytest.param(SATURDAY, False, id="a Saturday"),
        pytest.param(date(2026, 9, 1), True, id="the first day of term"),
        pytest.param(date(2026, 8, 31), False, id="the day before term"),
        pytest.param(date(2026, 7, 3), True, id="the last day of term"),
        pytest.param(date(2026, 7, 6), False, id="a Monday after term"),
    ],
)
def test_a_school_day_is(on: date, is_open: bool) -> None:
    assert HERE.is_school_day(on) is is_open
    assert COUNTY.is_school_day(SCHOOL, 3, on) is is_open


def test_without_a_term_there_is_no_school_day_and_nothing_loops() -> None:
    bare = replace(COUNTY, terms=()).school(SCHOOL, 3)

    assert not bare.is_school_day(MONDAY)
    assert bare.next_school_day(MONDAY) is None
    assert bare.previous_school_day(MONDAY) is None
    assert bare.nth_school_day_after(MONDAY, 3) is None


@pytest.mark.parametrize("is_open", [True, False])
def test_the_schools_rule_wins_over_the_countys_whatever_their_order(is_open: bool) -> None:
    own = DayRule(MONDAY, is_open, "运动会", SCHOOL)
    county = DayRule(MONDAY, not is_open, "大雪")

    for days in ((own, county), (county, own)):
        snowed = replace(COUNTY, days=days)
        assert snowed.is_school_day(SCHOOL, 3, MONDAY) is is_open
        assert snowed.is_school_day(OTHER_SCHOOL, 3, MONDAY) is not is_open


def test_a_closed_school_is_no_day_off_for_the_staff() -> None:
    snowed = replace(COUNTY, days=(DayRule(MONDAY, is_open=False, label="大雪"),))

    assert snowed.is_working_day(MONDAY)


def test_a_day_opened_in_the_holidays_stays_outside_the_term() -> None:
    august = date(2026, 8, 24)
    opened = replace(COUNTY, days=(DayRule(august, is_open=True),))

    assert not opened.is_school_day(SCHOOL, 3, august)


def test_a_schools_own_terms_replace_the_countys() -> None:
    late = Term(date(2026, 9, 7), date(2027, 1, 20), "秋", SCHOOL)
    calendar = replace(COUNTY, terms=(AUTUMN, SPRING, late))

    assert not calendar.is_school_day(SCHOOL, 3, date(2026, 9, 1))
    assert not calendar.is_school_day(SCHOOL, 3, date(2026, 3, 2))
    assert calendar.is_school_day(SCHOOL, 3, date(2027, 1, 20))
    assert calendar.is_school_day(OTHER_SCHOOL, 3, date(2026, 9, 1))


@pytest.mark.parametrize(
    ("grade", "days", "is_open"),
    [
        pytest.param(6, (), False, id="off for grade 6"),
        pytest.param(7, (), True, id="a school day for grade 7"),
        pytest.param(None, (), True, id="a school day for the school as a whole"),
        pytest.param(6, (DayRule(date(2026, 6, 1), True),), True, id="open if the county says so"),
    ],
)
def test_the_first_of_june_is(grade: int | None, days: tuple[DayRule, ...], is_open: bool) -> None:
    calendar = replace(COUNTY, days=days)

    assert calendar.is_school_day(SCHOOL, grade, date(2026, 6, 1)) is is_open


def test_the_first_of_june_off_is_a_setting() -> None:
    calendar = replace(COUNTY, june_first_off_up_to_grade=0)

    assert calendar.is_school_day(SCHOOL, 1, date(2026, 6, 1))


def test_the_term_of_a_day_is_known_and_of_a_holiday_is_none() -> None:
    assert HERE.term_of(MONDAY) == AUTUMN
    assert HERE.term_of(date(2026, 8, 1)) is None


def test_days_beyond_the_official_calendar_are_provisional() -> None:
    assert not HERE.is_provisional(date(2026, 12, 31))
    assert HERE.is_provisional(date(2027, 1, 1))


def test_a_week_of_absence_around_the_holiday_counts_school_days_only() -> None:
    assert HERE.school_days(date(2026, 10, 1), date(2026, 10, 8)) == (date(2026, 10, 8),)
    assert HERE.school_days(MONDAY, SATURDAY) == ()


def test_the_next_school_day_after_term_is_the_first_of_the_next_and_then_none() -> None:
    assert HERE.next_school_day(date(2026, 7, 3)) == date(2026, 9, 1)
    assert HERE.next_school_day(date(2027, 1, 15)) is None
    assert HERE.next_school_day(date.max) is None
    assert HERE.next_school_day(date.min) == date(2026, 3, 2)
    assert HERE.previous_school_day(date(2026, 9, 1)) == date(2026, 7, 3)
    assert HERE.previous_school_day(date(2026, 3, 2)) is None
    assert HERE.previous_school_day(date.min) is None


@pytest.mark.parametrize("count", [HERE.nth_school_day_after, HERE.nth_working_day_after])
def test_days_are_counted_from_one(count: object) -> None:
    with pytest.raises(ValueError, match="counted from 1, not 0"):
        count(MONDAY, 0)  # type: ignore[operator]


# Offsets.


@pytest.mark.parametrize(
    ("start_at", "n", "expected_at"),
    [
        pytest.param(at(MONDAY), 1, at(TUESDAY), id="Tuesday from Monday"),
        pytest.param(at(MONDAY), 0, at(MONDAY), id="the same instant for none"),
        pytest.param(at(date(2026, 11, 13)), 1, at(MONDAY), id="Monday from Friday"),
        pytest.param(at(SATURDAY, "10:00"), 1, at(TUESDAY, "10:00"), id="Tuesday from Saturday"),
        pytest.param(at(date(2026, 9, 30)), 1, at(date(2026, 10, 8)), id="after the holidays"),
        pytest.param(at(date(2026, 10, 9)), 1, at(date(2026, 10, 10)), id="a make-up Saturday"),
        pytest.param(at(TUESDAY), -1, at(MONDAY), id="Monday, back from Tuesday"),
        pytest.param(at(SATURDAY), -1, at(date(2026, 11, 12)), id="Thursday, back from Saturday"),
    ],
)
def test_the_same_clock_time_days_later_is(
    start_at: datetime, n: int, expected_at: datetime
) -> None:
    assert HERE.add_school_days(start_at, n) == expected_at
    assert HERE.add_working_days(start_at, n) == expected_at


def test_beyond_the_last_term_working_days_are_counted() -> None:
    friday = date(2027, 1, 15)

    assert HERE.add_school_days(at(date(2027, 1, 14)), 3) == at(date(2027, 1, 19))
    assert HERE.add_school_days(at(friday), 1) == at(date(2027, 1, 18))
    assert HERE.add_school_days(at(date(2027, 1, 16)), 1) == at(date(2027, 1, 19))
    assert HERE.add_school_days(at(date(2026, 3, 2)), -1) == at(date(2026, 2, 28))


def test_in_the_holidays_counting_begins_with_the_next_term() -> None:
    assert HERE.add_school_days(at(date(2026, 8, 3)), 1) == at(date(2026, 9, 2))


def test_local_days_begin_at_local_midnight() -> None:
    just_before = datetime(2026, 11, 16, 15, 59, tzinfo=UTC)

    assert HERE.local_date(just_before) == MONDAY
    assert HERE.local_date(just_before + timedelta(minutes=1)) == TUESDAY
    assert HERE.local_time(just_before) == time(23, 59)
    assert HERE.at_local(MONDAY, "23:59") == just_before
    assert HERE.day_ends(MONDAY) == just_before + timedelta(minutes=1)
    assert HERE.at_local(MONDAY, time(8)).tzinfo is UTC


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a time zone"):
        HERE.local_date(datetime(2026, 11, 16, 8))  # noqa: DTZ001 - what is refused


# Legal periods.


def test_the_official_vector_of_2026_holds() -> None:
    suspected_on = HERE.nth_school_day_after(date(2026, 9, 29), 6)

    assert HERE.school_days(date(2026, 9, 30), date(2026, 10, 12)) == (
        date(2026, 9, 30),
        date(2026, 10, 8),
        date(2026, 10, 9),
        date(2026, 10, 10),
        date(2026, 10, 12),
    )
    assert suspected_on == date(2026, 10, 13)
    assert HERE.month_ends(suspected_on) == date(2026, 11, 13)
    assert HERE.day_ends(date(2026, 11, 13)) == HERE.at_local(date(2026, 11, 14), "00:00")


@pytest.mark.parametrize(
    ("start_on", "months", "ends_on"),
    [
        pytest.param(date(2025, 1, 31), 1, date(2025, 2, 28), id="31 January"),
        pytest.param(date(2024, 1, 31), 1, date(2024, 2, 29), id="31 January of a leap year"),
        pytest.param(date(2026, 1, 31), 1, date(2026, 2, 28), id="a make-up Saturday"),
        pytest.param(date(2026, 10, 14), 1, date(2026, 11, 16), id="a Saturday: Monday"),
        pytest.param(date(2026, 9, 1), 1, date(2026, 10, 8), id="a holiday: the day after it"),
        pytest.param(date(2026, 12, 15), 1, date(2027, 1, 15), id="the next year"),
        pytest.param(date(2026, 5, 31), 6, date(2026, 11, 30), id="six months"),
    ],
)
def test_a_month_ends_on_the_same_number_or(start_on: date, months: int, ends_on: date) -> None:
    assert HERE.month_ends(start_on, months) == ends_on


@pytest.mark.parametrize(
    ("start_on", "ends_on"),
    [
        pytest.param(MONDAY, date(2026, 11, 23), id="seven days later"),
        pytest.param(date(2026, 9, 24), date(2026, 10, 8), id="after the holidays"),
    ],
)
def test_a_period_of_days_ends(start_on: date, ends_on: date) -> None:
    assert HERE.period_ends(start_on, 7) == ends_on


# What holds for every calendar.

DAYS = st.dates(date(2026, 8, 1), date(2027, 2, 28))
EXCEPTIONS = st.dictionaries(DAYS, st.booleans(), max_size=20)
CLOCKS = st.times().map(lambda clock: clock.replace(microsecond=0))


@st.composite
def calendars(draw: st.DrawFn) -> SchoolCalendar:
    starts_on = draw(st.dates(date(2026, 8, 20), date(2026, 9, 10)))
    terms = (Term(starts_on, draw(st.dates(date(2026, 12, 20), date(2027, 1, 31))), "秋"),)
    days = [DayRule(on, is_open) for on, is_open in draw(EXCEPTIONS).items()]
    days += [DayRule(on, is_open, "", SCHOOL) for on, is_open in draw(EXCEPTIONS).items()]
    official = draw(EXCEPTIONS)
    county = Calendar(SHANGHAI, official, date(2026, 12, 31), terms, tuple(days))
    return county.school(SCHOOL, draw(st.integers(1, 9)))


@given(calendars(), DAYS, CLOCKS, st.integers(1, 12))
def test_an_offset_keeps_the_clock_and_never_lands_in_a_closed_slot(
    calendar: SchoolCalendar, on: date, clock: time, n: int
) -> None:
    due_at = calendar.add_school_days(calendar.at_local(on, clock), n)

    due_on = calendar.local_date(due_at)
    is_beyond = due_on > calendar.terms[-1].ends_on
    assert calendar.local_time(due_at) == clock
    assert calendar.is_school_day(due_on) or (is_beyond and calendar.is_working_day(due_on))


@given(calendars(), DAYS, DAYS, st.integers(0, 12), st.integers(0, 12))
def test_a_later_start_or_a_longer_offset_is_never_due_earlier(
    calendar: SchoolCalendar, one: date, other: date, few: int, more: int
) -> None:
    (one, other), (few, more) = sorted((one, other)), sorted((few, more))

    for add in (calendar.add_school_days, calendar.add_working_days):
        assert add(at(one), few) <= add(at(other), few)
        assert add(at(one), few) <= add(at(one), more)


@given(calendars(), DAYS, st.integers(1, 12))
def test_counting_back_gives_n(calendar: SchoolCalendar, on: date, n: int) -> None:
    day = calendar.nth_school_day_after(on, n)
    working_day = calendar.nth_working_day_after(on, n)

    later = on + timedelta(days=1)
    assert day is None or len(calendar.school_days(later, day)) == n
    assert len(calendar.working_days(later, working_day)) == n


@given(calendars(), DAYS, st.integers(0, 12))
def test_counting_back_from_an_open_day_returns_to_it(
    calendar: SchoolCalendar, on: date, n: int
) -> None:
    if calendar.is_working_day(on):
        assert calendar.add_working_days(calendar.add_working_days(at(on), n), -n) == at(on)
    day = calendar.nth_school_day_after(on, n + 1)
    if calendar.is_school_day(on) and day:
        assert calendar.add_school_days(at(on), n + 1) == at(day)
        assert calendar.add_school_days(at(day), -n - 1) == at(on)


@given(calendars(), DAYS)
def test_next_and_previous_are_each_others_inverse(calendar: SchoolCalendar, on: date) -> None:
    following, preceding = calendar.next_school_day(on), calendar.previous_school_day(on)

    assert following is None or (following > on and calendar.is_school_day(following))
    if calendar.is_school_day(on):
        assert following is None or calendar.previous_school_day(following) == on
        assert preceding is None or calendar.next_school_day(preceding) == on


@given(calendars(), DAYS, st.booleans())
def test_no_school_day_lies_outside_every_term(
    calendar: SchoolCalendar, on: date, is_open: bool
) -> None:
    opened = replace(calendar, rules={on: is_open})

    assert opened.is_school_day(on) is (is_open and calendar.term_of(on) is not None)


@given(calendars(), DAYS, st.integers(1, 13))
def test_a_period_ends_on_a_working_day_and_never_early(
    calendar: SchoolCalendar, on: date, months: int
) -> None:
    for ends_on, at_least in (
        (calendar.month_ends(on, months), timedelta(days=28 * months)),
        (calendar.period_ends(on, months), timedelta(days=months)),
    ):
        assert calendar.is_working_day(ends_on)
        assert ends_on - on >= at_least
