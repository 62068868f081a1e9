from __future__ import annotations

import json
import tomllib
from dataclasses import asdict, replace
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.calendar import Calendar, Term
from rules.codes import Stranger
from rules.policy import (
    ClimbFrom,
    Level,
    Policy,
    PolicyError,
    Span,
    TaskPolicy,
    Unit,
    When,
    due,
)
from rules.policy.tasks import whens

FILE = (Path(__file__).parents[2] / "policy.toml").read_text(encoding="utf-8")
TERM = Term(date(2026, 9, 1), date(2027, 1, 15), "秋")
HERE = Calendar(ZoneInfo("Asia/Shanghai"), {}, date(2026, 12, 31), (TERM,)).school(1, 3)
FRIDAY = date(2026, 11, 13)
SATURDAY = date(2026, 11, 14)
MONDAY = date(2026, 11, 16)
TUESDAY = date(2026, 11, 17)
WEDNESDAY = date(2026, 11, 18)
SHORT = Span(180)


def at(on: date, clock: str = "16:00") -> datetime:
    return HERE.at_local(on, clock)


# The file.


def test_the_file_holds_exactly_the_defaults() -> None:
    assert Policy.from_toml(FILE) == Policy()


def test_the_file_shows_every_key() -> None:
    shown = tomllib.loads(FILE)
    tree = asdict(Policy())

    assert list(shown) == list(tree)
    for section in set(tree) - {"tasks"}:
        assert list(shown[section]) == list(tree[section]), section
    assert list(shown["tasks"]) == list(tree["tasks"])
    for kind, task in tree["tasks"].items():
        assert list(shown["tasks"][kind]) == list(task), kind


def test_an_empty_file_means_the_defaults() -> None:
    assert Policy.from_toml("") == Policy()


def test_another_county_has_other_numbers_and_the_rest_stays() -> None:
    policy = Policy.from_toml(
        '[status]\nsuspected_after_school_days = 3\n[tasks.call]\ndue = "2h"\nremind = ["10:30"]'
    )

    assert policy.status == replace(Policy().status, suspected_after_school_days=3)
    assert policy.tasks["call"] == replace(
        Policy().tasks["call"], due=Span(120), remind=(time(10, 30),)
    )
    assert policy.tasks["contact"] == Policy().tasks["contact"]


@pytest.mark.parametrize(
    ("text", "key", "problem"),
    [
        pytest.param("statuss = 1", "statuss", "unknown key", id="an unknown section"),
        pytest.param(
            "[status]\nsuspected = 5", "status.suspected", "unknown key", id="an unknown key"
        ),
        pytest.param("[tasks.dance]", "tasks.dance", "unknown key", id="an unknown kind of task"),
        pytest.param(
            "[tasks.call]\ndeu = 1", "tasks.call.deu", "unknown key", id="a task's unknown key"
        ),
        pytest.param("status = 5", "status", "must be a table", id="no table"),
        pytest.param("tasks = 5", "tasks", "must be a table", id="no table of tasks"),
        pytest.param(
            "tasks.call = 5", "tasks.call", "must be a table", id="a task that is no table"
        ),
        pytest.param(
            '[status]\nsuspected_after_school_days = "5"',
            "status.suspected_after_school_days",
            "must be a whole number, not '5'",
            id="text for a number",
        ),
        pytest.param(
            "[status]\nsuspected_after_school_days = true",
            "status.suspected_after_school_days",
            "must be a whole number, not True",
            id="a truth for a number",
        ),
        pytest.param(
            "[status]\nsuspected_after_school_days = 0",
            "status.suspected_after_school_days",
            "must be from 1 to 60, not 0",
            id="a number too small",
        ),
        pytest.param(
            "[bulk_guard]\npercent_of_school = 101",
            "bulk_guard.percent_of_school",
            "must be from 1 to 100, not 101",
            id="a number too large",
        ),
        pytest.param(
            "[status]\nvacation_counts = 1",
            "status.vacation_counts",
            "must be true or false, not 1",
            id="a number for a truth",
        ),
        pytest.param(
            '[roll_call]\nask_at = "25:00"',
            "roll_call.ask_at",
            'must be a clock time from "00:00" to "23:59", not \'25:00\'',
            id="an hour that no day has",
        ),
        pytest.param(
            "[roll_call]\nask_at = 08:10:00",
            "roll_call.ask_at",
            "must be a clock time",
            id="a time without quotes",
        ),
        pytest.param(
            '[whereabouts]\nhead_after = "soon"',
            "whereabouts.head_after",
            "must be a duration such as",
            id="a bad duration",
        ),
        pytest.param(
            '[whereabouts]\nhead_after = "-3h"',
            "whereabouts.head_after",
            "must not be negative",
            id="a negative duration",
        ),
        pytest.param(
            '[whereabouts]\nhead_after = "1 school day"',
            "whereabouts.head_after",
            "must be in minutes or hours",
            id="a clock that counts days",
        ),
        pytest.param(
            '[safety]\nrepeat_every = "0m"',
            "safety.repeat_every",
            "must be longer than 0m",
            id="a repeat without a pause",
        ),
        pytest.param(
            '[tasks.call]\ntop_repeat = "0m"',
            "tasks.call.top_repeat",
            "must be longer than 0m",
            id="a task repeated without a pause",
        ),
        pytest.param(
            '[tasks.call]\nclimb = ["-1h"]', "tasks.call.climb", "negative", id="a climb back"
        ),
        pytest.param(
            '[tasks.call]\nremind = ["0m", "24:00"]',
            "tasks.call.remind[1]",
            "must be a clock time",
            id="a bad time in a list",
        ),
        pytest.param(
            '[tasks.call]\nremind = "0m"', "tasks.call.remind", "must be a list", id="no list"
        ),
        pytest.param(
            '[tasks.call]\nclimb_to = "pope"',
            "tasks.call.climb_to",
            "must be one of leader, head, section, bureau_leader, not 'pope'",
            id="a level nobody holds",
        ),
        pytest.param(
            '[tasks.call]\ntop_repeat = "weekly"',
            "tasks.call.top_repeat",
            "must be a duration",
            id="a bad repeat",
        ),
        pytest.param(
            '[tasks.call]\nring = ["-1h"]',
            "tasks.call.ring",
            "must name entries of remind only",
            id="a ring that is no reminder",
        ),
        pytest.param(
            '[tasks.leave_proof]\nclimb = ["1d", "2d"]',
            "tasks.leave_proof.climb",
            "more levels than climb_to allows (1)",
            id="a climb above its top",
        ),
        pytest.param(
            '[roll_call]\ndue_at = "09:10"',
            "tasks.roll_call.due",
            "must be the same as roll_call.due_at",
            id="two ends of one roll call",
        ),
        pytest.param(
            '[roll_call]\nevening_ask_at = "21:30"',
            "roll_call.evening_due_at",
            "must not be before roll_call.evening_ask_at",
            id="an end before its beginning",
        ),
        pytest.param(
            '[whereabouts]\nbureau_at = "15:00"',
            "whereabouts.bureau_at",
            "must not be before whereabouts.section_at",
            id="levels in the wrong order",
        ),
        pytest.param(
            "[leave]\nsection_over_school_days = 5",
            "leave.section_over_school_days",
            "must not be before leave.leader_over_school_days",
            id="limits in the wrong order",
        ),
        pytest.param("status = ", "policy", "is no TOML", id="a broken file"),
    ],
)
def test_the_error_names_the_key_of(text: str, key: str, problem: str) -> None:
    with pytest.raises(PolicyError) as caught:
        Policy.from_toml(text)

    assert caught.value.key == key
    assert problem in caught.value.problem
    assert str(caught.value).startswith(f"{key}: ")


# Frozen with a case.


def test_the_defaults_take_no_room_beside_a_case() -> None:
    assert Policy().to_json() == "{}"


def test_only_what_differs_is_kept_beside_a_case() -> None:
    policy = Policy.from_toml('[tasks.call]\ntop_repeat = "none"\n[alerts]\nchains_a_week = 2')

    assert json.loads(policy.to_json()) == {
        "alerts": {"chains_a_week": 2},
        "tasks": {"call": {"top_repeat": "none"}},
    }
    assert Policy.from_json(policy.to_json()) == policy


def test_a_broken_record_of_a_policy_is_an_error() -> None:
    with pytest.raises(PolicyError, match="is no JSON"):
        Policy.from_json("{")


SPANS = st.builds(Span, st.integers(0, 99999), st.sampled_from(Unit))
CLOCKS = st.builds(time, st.integers(0, 23), st.integers(0, 59))
ENTRIES = st.lists(SPANS | CLOCKS, max_size=4).map(tuple)
TASKS = st.builds(
    TaskPolicy,
    due=SPANS | CLOCKS,
    remind=ENTRIES,
    daily=st.lists(CLOCKS, max_size=3).map(tuple),
    climb=ENTRIES,
    climb_from=st.sampled_from(ClimbFrom),
    climb_to=st.just(Level.BUREAU_LEADER),
    top_repeat=st.none() | SPANS.filter(lambda span: span.amount > 0),
)


@given(TASKS, st.integers(1, 60), SPANS, st.booleans())
def test_json_keeps_a_policy_exactly(
    task: TaskPolicy, days: int, span: Span, counts: bool
) -> None:
    standard = Policy()
    policy = replace(
        standard,
        status=replace(standard.status, suspected_after_school_days=days, vacation_counts=counts),
        case=replace(standard.case, notice_goes_on_after=span),
        tasks={**standard.tasks, "call": task},
    )

    assert Policy.from_json(policy.to_json()) == policy


# Durations and clock times.


@pytest.mark.parametrize(
    ("text", "span", "written"),
    [
        pytest.param("30m", Span(30), "30m", id="minutes"),
        pytest.param("2h", Span(120), "2h", id="hours"),
        pytest.param("120m", Span(120), "2h", id="minutes that are hours"),
        pytest.param("-2h", Span(-120), "-2h", id="before"),
        pytest.param("+20m", Span(20), "20m", id="after"),
        pytest.param("0m", Span(0), "0m", id="nothing"),
        pytest.param("1d", Span(1, Unit.DAYS), "1d", id="calendar days"),
        pytest.param("1 school day", Span(1, Unit.SCHOOL_DAYS), "1 school day", id="one"),
        pytest.param("3 school days", Span(3, Unit.SCHOOL_DAYS), "3 school days", id="some"),
        pytest.param("2 working days", Span(2, Unit.WORKING_DAYS), "2 working days", id="work"),
    ],
)
def test_a_duration_is_read_and_written(text: str, span: Span, written: str) -> None:
    assert Span.parse(text) == span
    assert str(span) == written


@given(SPANS)
def test_every_duration_reads_back(span: Span) -> None:
    assert Span.parse(str(span)) == span


@pytest.mark.parametrize(
    "text", ["", "5", "m", "2 weeks", "1.5h", "1 hs", "1ms", "½h", "99999999m"]
)
def test_this_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="is no duration"):
        Span.parse(text)


def test_days_have_no_fixed_length() -> None:
    assert Span(90).minutes == 90

    with pytest.raises(ValueError, match="no fixed length"):
        _ = Span(1, Unit.SCHOOL_DAYS).within


@pytest.mark.parametrize(
    ("rule", "expected_at"),
    [
        pytest.param(Span(30), at(FRIDAY, "16:30"), id="minutes, by the clock"),
        pytest.param(Span(-60), at(FRIDAY, "15:00"), id="an hour before"),
        pytest.param(Span(1, Unit.DAYS), at(SATURDAY), id="a calendar day"),
        pytest.param(Span(1, Unit.SCHOOL_DAYS), at(MONDAY), id="a school day"),
        pytest.param(Span(2, Unit.WORKING_DAYS), at(TUESDAY), id="working days"),
        pytest.param(time(17), at(FRIDAY, "17:00"), id="a clock time to come"),
        pytest.param(time(9), at(FRIDAY, "09:00"), id="a clock time that is over"),
    ],
)
def test_on_a_friday_at_four_this_leads_to(rule: When, expected_at: datetime) -> None:
    assert due(rule, at(FRIDAY), HERE) == expected_at


# Tasks.


def test_the_kinds_of_the_first_table_climb_as_high_as_the_rules_say() -> None:
    tops = {kind: task.climb_to for kind, task in Policy().tasks.items()}

    to_the_leader = {kind for kind, top in tops.items() if top is Level.LEADER}
    to_the_bureau = {kind for kind, top in tops.items() if top is Level.BUREAU_LEADER}
    assert to_the_leader == {
        *("leave_claim", "leave_decision", "leave_proof"),
        *("contact_repair", "data_repair", "binding"),
    }
    assert to_the_bureau == {
        *("call", "callback", "status_confirm", "objection", "safety"),
        *("notice_prepare", "notice_approval", "notice_service"),
        *("report_signature", "report_acknowledgement"),
        *("joint_issue", "township_delivery", "county_delivery", "township_acceptance"),
        *("township_dispute", "joint_contact", "joint_company"),
        "county_report",
    }


def test_a_task_opened_after_its_clock_time_is_due_the_next_school_day() -> None:
    task = TaskPolicy(due=time(16))

    assert task.due_at(at(FRIDAY, "15:59"), HERE) == at(FRIDAY)
    assert task.due_at(at(FRIDAY, "16:00"), HERE) == at(MONDAY)


@pytest.mark.parametrize(
    ("task", "level", "expected_at"),
    [
        pytest.param(TaskPolicy(), Level.LEADER, at(TUESDAY), id="the leader a day after due"),
        pytest.param(TaskPolicy(), Level.HEAD, at(WEDNESDAY), id="the head two days after"),
        pytest.param(TaskPolicy(), Level.BUREAU_LEADER, None, id="nobody above its top"),
        pytest.param(TaskPolicy(climb=()), Level.LEADER, None, id="nobody by this clock"),
        pytest.param(
            TaskPolicy(climb=whens("2h"), climb_from=ClimbFrom.OPENING),
            Level.LEADER,
            at(FRIDAY, "18:00"),
            id="the leader two hours after the opening",
        ),
        pytest.param(
            TaskPolicy(climb=whens("2h")),
            Level.SECTION,
            at(WEDNESDAY, "18:00"),
            id="the section two days after the last entry",
        ),
        pytest.param(
            TaskPolicy(climb=whens("09:30", "17:00")),
            Level.HEAD,
            at(MONDAY, "17:00"),
            id="the head at five on the day it is due",
        ),
    ],
)
def test_a_task_of_friday_due_on_monday_tells(
    task: TaskPolicy, level: Level, expected_at: datetime | None
) -> None:
    assert task.climbs_at(level, at(FRIDAY), at(MONDAY), HERE) == expected_at


def test_a_long_window_has_a_reminder_before_due_and_one_at_due() -> None:
    reminders = TaskPolicy().reminds_at(at(FRIDAY), at(MONDAY), HERE, SHORT)

    assert reminders == ((at(MONDAY, "14:00"), False), (at(MONDAY), False))


def test_a_short_window_has_the_reminder_at_due_only() -> None:
    reminders = TaskPolicy().reminds_at(at(MONDAY, "13:00"), at(MONDAY), HERE, SHORT)

    assert reminders == ((at(MONDAY), False),)


def test_a_reminder_that_rings_stands_in_a_short_window_too() -> None:
    callback = Policy().tasks["callback"]

    reminders = callback.reminds_at(at(MONDAY, "14:00"), at(MONDAY), HERE, SHORT)
    assert reminders == ((at(MONDAY, "15:30"), True), (at(MONDAY), False))


def test_the_roll_call_is_reminded_three_times_and_rings_once() -> None:
    roll_call = Policy().tasks["roll_call"]

    reminders = roll_call.reminds_at(at(MONDAY, "08:10"), at(MONDAY, "09:00"), HERE, SHORT)
    assert reminders == (
        (at(MONDAY, "08:40"), True),
        (at(MONDAY, "09:00"), False),
        (at(MONDAY, "09:20"), False),
    )


def test_a_reminder_before_the_opening_is_left_out() -> None:
    roll_call = Policy().tasks["roll_call"]

    reminders = roll_call.reminds_at(at(MONDAY, "08:50"), at(MONDAY, "09:00"), HERE, SHORT)
    assert [one for one, _ in reminders] == [at(MONDAY, "09:00"), at(MONDAY, "09:20")]


@pytest.mark.parametrize(
    ("now", "expected_at"),
    [
        pytest.param(at(FRIDAY, "07:59"), at(FRIDAY, "08:00"), id="at eight"),
        pytest.param(at(FRIDAY, "08:00"), at(FRIDAY, "16:00"), id="then at four"),
        pytest.param(at(FRIDAY, "16:00"), at(MONDAY, "08:00"), id="then on Monday"),
        pytest.param(at(SATURDAY, "07:00"), at(MONDAY, "08:00"), id="not on a Saturday"),
        pytest.param(
            at(date(2027, 1, 15), "20:00"),
            at(date(2027, 1, 18), "08:00"),
            id="on working days beyond the last term",
        ),
        pytest.param(
            at(date(2027, 1, 18), "09:00"),
            at(date(2027, 1, 18), "16:00"),
            id="twice a day there too",
        ),
    ],
)
def test_an_open_task_is_remembered_daily(now: datetime, expected_at: datetime) -> None:
    assert TaskPolicy().daily_after(now, HERE) == expected_at


def test_a_task_without_daily_reminders_has_none() -> None:
    assert TaskPolicy(daily=()).daily_after(at(FRIDAY), HERE) is None


def test_codes_and_strangers_are_measured_by_the_countys_numbers() -> None:
    policy = Policy.from_toml("[binding]\nwrong_codes_a_day = 2\nuseless_messages = 1")
    tried = Stranger(1, 7, codes_on=MONDAY, wrong_codes=2, useless=1)

    assert policy.binding.code_valid_days == 14
    assert tried.may_try(MONDAY, Policy())
    assert not tried.may_try(MONDAY, policy)
    assert tried.is_heard(Policy())
    assert not tried.is_heard(policy)
