"""Reports on a rhythm: units, occasions, doubts, signatures (rules.md 9)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from rules.calendar import Calendar, DayRule, SchoolCalendar, Term
from rules.decision import Decision
from rules.model.case import Task, TaskState
from rules.model.reports import DueState, Report, ReportDue
from rules.model.school import Unit, UnitKind
from rules.policy import Policy
from rules.refusals import BadInput, NotNow, OldButton
from rules.reports.doubts import Around, Doubt, doubts
from rules.reports.figures import (
    COLUMNS,
    MISSING,
    NOT_OWED,
    WHEREABOUTS,
    Figure,
    Sort,
    added,
    percent,
    total,
)
from rules.reports.rhythms import check_due_at, monday_of, occasion, week_of
from rules.reports.signing import (
    Signature,
    confirm,
    differs,
    looked_at,
    opened,
    overdue,
    remarked,
    sign,
)
from rules.reports.units import School, reporting_units

ZONE = ZoneInfo("Asia/Shanghai")
RULES = Policy().reports
TERM = Term(date(2026, 9, 1), date(2027, 1, 22), "秋")
#: The official days around the National Day of 2026.
OFFICIAL = {date(2026, 10, day): False for day in (1, 2, 5, 6, 7)} | {
    date(2026, 9, 20): True,
    date(2026, 10, 10): True,
}
NONE = dict.fromkeys(COLUMNS, 0) | {"home_due": None, "home_done": None}


def calendar(*days: DayRule) -> SchoolCalendar:
    return Calendar(ZONE, OFFICIAL, date(2026, 12, 31), (TERM,), days).school(1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def weekly(on: date, *days: DayRule) -> tuple[str, str] | None:
    """When the report of that week opens and is due, by the county's clock."""
    found = occasion("weekly", RULES, calendar(*days), on)
    if found is None:
        return None
    return tuple(f"{one.astimezone(ZONE):%m-%d %H:%M}" for one in (found.opens_at, found.due_at))  # type: ignore[return-value]


# Scenario 38: when it is due.


def test_friday_noon_opened_on_thursday_morning() -> None:
    for day in range(7, 14):
        assert weekly(date(2026, 9, day)) == ("09-10 08:00", "09-11 12:00")


def test_a_friday_off_moves_to_the_last_school_day_before_it() -> None:
    assert weekly(date(2026, 10, 2)) == ("09-29 08:00", "09-30 12:00")
    off = DayRule(date(2026, 9, 11), is_open=False, label="运动会")
    assert weekly(date(2026, 9, 9), off) == ("09-09 08:00", "09-10 12:00")


def test_a_week_without_a_school_day_has_no_report() -> None:
    off = [DayRule(date(2026, 11, day), is_open=False) for day in range(2, 9)]
    assert weekly(date(2026, 11, 4), *off) is None
    assert weekly(date(2026, 8, 20)) is None


def test_a_make_up_saturday_leaves_friday_where_it_is() -> None:
    assert weekly(date(2026, 10, 10)) == ("10-08 08:00", "10-09 12:00")


def test_a_week_with_nothing_but_a_make_up_day_is_due_on_it() -> None:
    off = [DayRule(date(2026, 9, day), is_open=False) for day in range(14, 20)]
    assert weekly(date(2026, 9, 16), *off) == ("09-20 08:00", "09-20 12:00")


def test_the_first_day_of_a_week_opens_its_own_report() -> None:
    off = [DayRule(date(2026, 9, day), is_open=False) for day in range(8, 12)]
    assert weekly(date(2026, 9, 7), *off) == ("09-07 08:00", "09-07 12:00")
    found = occasion("weekly", RULES, calendar(*off), date(2026, 9, 7))
    assert found is not None
    assert check_due_at(found, RULES, calendar(*off)) == at("2026-09-07 11:00")


def test_village_schools_check_by_four_of_the_day_it_opens() -> None:
    found = occasion("weekly", RULES, calendar(), date(2026, 9, 9))
    assert found is not None
    assert check_due_at(found, RULES, calendar()) == at("2026-09-10 16:00")


def test_the_week_begins_where_the_report_before_ended() -> None:
    second = occasion("weekly", RULES, calendar(), date(2026, 9, 9))
    after_the_holiday = occasion("weekly", RULES, calendar(), date(2026, 10, 8))
    assert second is not None
    assert after_the_holiday is not None
    assert second.since == at("2026-09-04 12:00")
    assert after_the_holiday.since == at("2026-09-30 12:00")


def test_weeks_are_named_and_read_again() -> None:
    assert week_of(date(2026, 9, 11)) == "2026-W37"
    assert week_of(date(2027, 1, 1)) == "2026-W53"
    assert monday_of("2026-W37") == date(2026, 9, 7)
    for wrong in ("2026-37", "week", "2026-W60"):
        with pytest.raises(ValueError, match=r"."):
            monday_of(wrong)


@pytest.mark.parametrize(
    ("name", "on", "period", "opens", "due"),
    [
        ("school_monthly", date(2026, 10, 9), "2026-09", "2026-10-08 08:00", "2026-10-10 12:00"),
        ("township_monthly", date(2026, 11, 2), "2026-10", "2026-11-02 08:00", "2026-11-06 12:00"),
        ("county_quarterly", date(2026, 10, 8), "2026-Q3", "2026-10-08 08:00", "2026-10-20 12:00"),
        ("yearly_package", date(2026, 9, 1), "2026", "2026-08-25 08:00", "2026-09-10 12:00"),
        (
            "term_reconciliation",
            date(2026, 9, 7),
            "2026-09T",
            "2026-09-01 08:00",
            "2026-09-08 12:00",
        ),
    ],
)
def test_the_other_rhythms(name: str, on: date, period: str, opens: str, due: str) -> None:
    found = occasion(name, RULES, calendar(), on)
    assert found is not None
    assert (found.period, found.opens_at, found.due_at) == (period, at(opens), at(due))


def test_in_spring_the_reconciliation_has_its_two_weeks() -> None:
    spring = Term(date(2027, 3, 1), date(2027, 7, 9), "春")
    here = Calendar(ZONE, {}, date(2027, 12, 31), (spring,)).school(1)
    found = occasion("term_reconciliation", RULES, here, date(2027, 3, 3))
    assert found is not None
    assert found.due_at == at("2027-03-15 12:00")


# Scenario 41: who owes one.


def school(number: int, parent: int | None = None, **changes: object) -> School:
    first = changes.pop("first_class_on", None)
    unit = replace(Unit(number, UnitKind.SCHOOL, f"{number}校", parent_id=parent), **changes)  # type: ignore[arg-type]
    return School(unit, first)  # type: ignore[arg-type]


def owed(*schools: School, on: date = date(2026, 9, 11)) -> list[tuple[int, ...]]:
    return [one.school_ids for one in reporting_units(schools, on)]


def test_village_schools_report_through_their_central_school() -> None:
    assert owed(school(1), school(2, 1), school(3, 1), school(4)) == [(1, 2, 3), (4,)]


def test_a_central_school_without_village_schools_reports_itself() -> None:
    assert owed(school(1)) == [(1,)]


def test_a_school_that_closed_owes_nothing_and_its_villages_go_along() -> None:
    assert owed(school(1, merged_into_id=4), school(2, 1), school(4)) == [(4, 2)]
    assert owed(school(1), school(2, 1, merged_into_id=1)) == [(1,)]
    assert owed(school(1, first_class_on=date.max)) == []
    assert owed(school(1, first_class_on=date.max), school(2, 1)) == [(1, 2)]


def test_a_school_that_opens_in_mid_term_owes_nothing_for_the_weeks_before() -> None:
    new = school(5, first_class_on=date(2026, 10, 12))
    assert owed(school(1), new, on=date(2026, 10, 9)) == [(1,)]
    assert owed(school(1), new, on=date(2026, 10, 16)) == [(1,), (5,)]


def test_units_that_point_at_each_other_do_not_hang() -> None:
    assert owed(school(1, 2), school(2, 1)) == [(1,), (2,)]


def test_a_rate_over_nothing_is_no_rate() -> None:
    assert percent(0, 0) is None
    assert percent(1, 3) == 33.3
    assert percent(3, 3) == 100.0


# Figures.


def test_a_cell_says_what_it_is() -> None:
    sorts = [Figure.of(3).sort, Figure.of(0).sort, Figure.of(None).sort, MISSING.sort]
    assert sorts == [Sort.VALUE, Sort.ZERO, Sort.NOT_OWED, Sort.MISSING]
    assert Figure.of(None) == NOT_OWED


def test_what_is_missing_never_adds_a_zero() -> None:
    found = total([Figure.of(3), Figure.of(0), MISSING, NOT_OWED])
    assert (found.number, found.counted, found.missing) == (3, 2, 1)
    assert total([MISSING, NOT_OWED]).number is None
    assert total([]).number is None


def test_parts_add_up_and_what_nobody_keeps_stays_empty() -> None:
    both = added([NONE | {"present": 2}, NONE | {"present": 3}])
    assert both["present"] == 5
    assert both["dropout"] == 0
    assert both["home_due"] is None
    assert set(WHEREABOUTS) < set(COLUMNS)


# Scenario 43: contradictions.


def codes(figures: dict[str, int | None], **around: int) -> list[str]:
    return [one.spelled for one in doubts(figures, Around(**around), RULES)]


def test_zero_with_an_open_suspected_case() -> None:
    assert codes(NONE, suspected=1) == ["zero_but_suspected:1"]
    assert codes(NONE | {"suspected": 1}, suspected=1) == []


def test_zero_for_twelve_weeks_in_a_school_with_eight_percent_absence() -> None:
    assert codes(NONE, zeros=11, absent_days=8, school_days=100) == ["zero_for_weeks:12"]
    assert codes(NONE, zeros=10, absent_days=8, school_days=100) == []
    assert codes(NONE, zeros=11, absent_days=7, school_days=100) == []
    assert codes(NONE, zeros=30) == []


def test_a_drop_of_five_without_closing_records() -> None:
    left = NONE | {"suspected": 1, "dropout": 1, "absent_over_5": 2}
    assert codes(left, stood=7, ended=4) == ["sudden_drop:5"]
    assert codes(left, stood=7, ended=5) == []
    assert codes(left, stood=6) == []
    assert codes(left) == []


def test_roll_calls_that_nobody_took() -> None:
    assert codes(NONE, untaken=2) == ["untaken:2"]
    assert Doubt.read("untaken:2") == Doubt("untaken", 2)


# Signing.

NOON = at("2026-09-11 12:00")
DUE = ReportDue(
    7,
    "weekly",
    1,
    "2026-W37",
    date(2026, 9, 7),
    date(2026, 9, 13),
    at("2026-09-04 12:00"),
    at("2026-09-10 08:00"),
    NOON,
)
OPEN = replace(DUE, state=DueState.OPEN, next_at=NOON + timedelta(seconds=1))
TASK = Task(3, "weekly_report", "report:7", 11, DUE.opens_at, NOON, next_at=NOON)


def signed(due: ReportDue = OPEN, now: datetime | None = None, **changes: object) -> Decision:
    signature = Signature(11, now or at("2026-09-11 10:00"), NONE, due.number, task=TASK)
    return sign(due, replace(signature, **changes), RULES)  # type: ignore[arg-type]


def parts(decision: Decision) -> tuple[ReportDue, Report]:
    due, report = decision.records[0], decision.records[1]
    assert isinstance(due, ReportDue)
    assert isinstance(report, Report)
    return due, report


def test_it_opens_with_a_task_and_a_card() -> None:
    decision = opened(DUE, TASK, (11,), DUE.opens_at)
    due = decision.records[0]
    assert (due.state, due.next_at) == (DueState.OPEN, NOON + timedelta(seconds=1))
    assert [one.to for one in decision.messages] == [11]


def test_after_downtime_start_and_overdue_are_one_message() -> None:
    """Scenario 42."""
    decision = opened(DUE, TASK, (11,), NOON + timedelta(hours=3))
    assert decision.records[0].state is DueState.MISSING
    assert decision.records[0].next_at is None
    assert len(decision.messages) == 1


@pytest.mark.parametrize(
    ("clock", "is_late"), [("11:59:59", False), ("12:00:00", False), ("12:00:01", True)]
)
def test_noon_itself_is_in_time(clock: str, is_late: bool) -> None:
    """Scenario 38."""
    due, report = parts(signed(now=at(f"2026-09-11 {clock}")))
    assert report.is_late is is_late
    assert (due.state, due.number) == (DueState.FILED, 1)


def test_signing_ends_the_task_and_leaves_the_digest() -> None:
    """Scenario 42: what waits about the task is taken back at that instant."""
    decision = signed()
    task = decision.records[2]
    assert isinstance(task, Task)
    assert task.state is TaskState.DONE
    assert any("task:3:" in one.key_prefix for one in decision.withdrawals)
    entry = decision.entries[0]
    assert entry.public["digest"] == parts(decision)[1].digest


def test_zero_is_signed_like_any_number() -> None:
    _, report = parts(signed())
    figures = dict(report.figures)
    assert figures["suspected"] == 0
    assert figures["home_done"] is None
    assert list(figures) == list(COLUMNS)


def test_overdue_is_missing_and_never_a_zero() -> None:
    decision = overdue(OPEN, (11,))
    assert [type(one) for one in decision.records] == [ReportDue]
    assert decision.records[0].state is DueState.MISSING
    assert overdue(replace(OPEN, state=DueState.FILED), (11,)).records == ()


def test_a_late_signature_says_so() -> None:
    late = parts(signed(replace(OPEN, state=DueState.MISSING), NOON + timedelta(days=3)))
    assert late[1].is_late
    assert late[0].state is DueState.FILED


def test_a_contradiction_is_called_true_first() -> None:
    found = (Doubt("untaken", 2),)
    with pytest.raises(NotNow):
        signed(doubts=found)
    due = confirm(OPEN, found, 11).records[0]
    assert parts(signed(due, doubts=found))[1].doubts == ("untaken:2",)
    with pytest.raises(NotNow):
        signed(due, doubts=(Doubt("untaken", 3),))


def test_whoever_comes_second_changes_nothing() -> None:
    """Scenario 40."""
    due, _ = parts(signed())
    with pytest.raises(OldButton):
        sign(due, Signature(12, at("2026-09-11 10:00"), NONE, 0), RULES)
    with pytest.raises(OldButton):
        sign(DUE, Signature(12, at("2026-09-10 07:00"), NONE, 0), RULES)


def test_a_revision_needs_its_reason_and_is_not_late() -> None:
    due, first = parts(signed())
    after = NOON + timedelta(hours=2)
    with pytest.raises(BadInput):
        signed(due, after, reason="  ")
    changed, second = parts(signed(due, after, reason="漏记一人"))
    assert (second.number, second.is_late, second.reason) == (2, False, "漏记一人")
    assert changed.number == 2
    assert first.number == 1


def test_a_change_before_the_deadline_asks_once_for_a_new_signature() -> None:
    due, report = parts(signed())
    assert due.next_at == at("2026-09-11 10:30")
    moved = NONE | {"present": 4}
    assert differs(report, moved)
    assert not differs(report, NONE)
    decision = looked_at(due, None, (11,), at("2026-09-11 10:30"), RULES, is_same=False)
    again = decision.records[0]
    assert again.is_changed
    assert again.state is DueState.FILED
    assert len(decision.messages) == 1
    quiet = looked_at(again, None, (11,), at("2026-09-11 11:00"), RULES, is_same=False)
    assert quiet.messages == ()
    renewed, second = parts(signed(again, at("2026-09-11 11:40"), figures=moved))
    assert not renewed.is_changed
    assert renewed.next_at is None
    assert second.number == 2


def test_a_remark_is_the_one_thing_written_by_hand() -> None:
    with pytest.raises(BadInput):
        remarked(OPEN, " ", 12)
    due = remarked(OPEN, "两名学生转学手续在办", 12).records[0]
    assert not due.is_changed
    assert parts(signed(due))[1].filed_by == 12
    filed, _ = parts(signed(due))
    assert remarked(filed, "更正说明", 12).records[0].is_changed
