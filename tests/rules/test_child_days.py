"""The count, the statuses and the stages, as one school sees them (rules.md 3 to 5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from rules.child.facts import ChildFacts
from rules.child.rollcall import correct, record_absence, see_child
from rules.child.settle import settle
from rules.decision import Decision
from rules.messages.guardians import AbsenceAlert, ChildArrived, WelcomeBack
from rules.messages.staff import PleaseCall, StatusCard, StatusChanged
from rules.model.attendance import LeaveState, MarkKind
from rules.model.case import CaseState, Ending, Stage
from rules.model.school import Confirmation, EnrolmentStatus
from tests.support.build import (
    CHILD,
    FATHER,
    GRANDMOTHER,
    LEADER,
    MONDAY,
    TEACHER,
    a_child,
    a_guardian,
    a_leave,
    at,
    draft_of,
    messages,
    on_next_day,
    receivers,
    stored,
)


def absent(facts: ChildFacts, picked: str = "absent") -> tuple[ChildFacts, Decision]:
    """The morning's roll call finds the child missing."""
    draft = draft_of(facts, at(facts.today, "08:30"))
    record_absence(draft, facts.today, picked, at(facts.today, "09:00"))
    return draft.facts, draft.decision()


def seen(facts: ChildFacts, clock: str = "08:30") -> tuple[ChildFacts, Decision]:
    """Somebody taps the child itself."""
    draft = draft_of(facts, at(facts.today, clock))
    see_child(draft)
    return draft.facts, draft.decision()


def untaken(facts: ChildFacts) -> tuple[ChildFacts, Decision]:
    """Nobody took the roll call, and nine o'clock has come."""
    draft = draft_of(facts, at(facts.today, "09:00"), by=None)
    settle(draft)
    return draft.facts, draft.decision()


def absent_for(days: int, facts: ChildFacts | None = None) -> tuple[ChildFacts, Decision]:
    """Absent on so many school days in a row, the last of them today."""
    facts, decision = absent(facts or a_child())
    for _ in range(days - 1):
        facts, decision = absent(on_next_day(facts))
    return facts, decision


def test_the_first_absent_day_opens_a_case_and_asks_the_family() -> None:
    facts, decision = absent(a_child())

    assert facts.case is not None
    assert (facts.case.stage, facts.case.counted) == (Stage.VERIFY, 1)
    assert receivers(decision, AbsenceAlert) == [FATHER]
    assert facts.task("call") is not None


def test_the_carer_is_asked_first_and_every_bound_guardian_once() -> None:
    family = (a_guardian(FATHER), a_guardian(GRANDMOTHER, is_carer=True))

    _, decision = absent(a_child(guardians=family))

    assert receivers(decision, AbsenceAlert) == [GRANDMOTHER, FATHER]


def test_two_guardians_on_one_chat_get_one_alert() -> None:
    father = a_guardian(FATHER)
    mother = a_guardian(GRANDMOTHER)
    shared = replace(mother, person=replace(mother.person, chat_id=father.person.chat_id))

    _, decision = absent(a_child(guardians=(father, shared)))

    assert receivers(decision, AbsenceAlert) == [FATHER]


def test_where_nobody_is_bound_the_teacher_is_rung_at_once() -> None:
    _, decision = absent(a_child(guardians=(a_guardian(is_bound=False),)))

    assert receivers(decision, PleaseCall) == [TEACHER]
    assert not messages(decision, AbsenceAlert)


def test_settling_twice_changes_nothing() -> None:
    facts, _ = absent(a_child())
    draft = draft_of(stored(facts), at(facts.today, "08:40"))

    settle(draft)

    assert draft.decision() == Decision()


def test_five_days_are_not_suspected_and_the_sixth_is_exactly_once() -> None:
    five, _ = absent_for(5)
    six, decision = absent(on_next_day(five))
    _, seventh = absent(on_next_day(six))

    assert five.student.status is EnrolmentStatus.ENROLLED
    assert six.student.status is EnrolmentStatus.SUSPECTED
    assert six.student.confirmation is Confirmation.AWAITED
    assert receivers(decision, StatusCard) == [LEADER]
    assert not messages(seventh, StatusCard)


def test_the_official_calendar_of_2026_counts_as_the_vector_says() -> None:
    start = a_child(date(2026, 9, 30))
    facts, _ = absent(start)
    counted = [facts.today]
    while facts.student.status is EnrolmentStatus.ENROLLED:
        facts, _ = absent(on_next_day(facts))
        counted.append(facts.today)

    assert counted == [
        date(2026, 9, 30),
        date(2026, 10, 8),
        date(2026, 10, 9),
        date(2026, 10, 10),
        date(2026, 10, 12),
        date(2026, 10, 13),
    ]
    assert facts.student.suspected_on == date(2026, 10, 13)


def test_the_month_ends_with_its_last_day() -> None:
    facts, _ = absent_for(6, a_child(date(2026, 9, 30)))
    before = replace(stored(facts), today=date(2026, 11, 13))
    after = replace(stored(facts), today=date(2026, 11, 14))
    last_day = draft_of(before, at(date(2026, 11, 13), "23:59"), by=None)
    next_day = draft_of(after, at(date(2026, 11, 14), "00:00"), by=None)

    settle(last_day)
    settle(next_day)

    assert last_day.facts.student.status is EnrolmentStatus.SUSPECTED
    assert next_day.facts.student.status is EnrolmentStatus.DROPOUT


def test_a_child_seen_on_the_last_day_of_the_month_is_no_dropout_the_day_after() -> None:
    facts, _ = absent_for(6, a_child(date(2026, 9, 30)))
    last_day = replace(on_next_day(facts), today=date(2026, 11, 13))
    fact = replace(last_day.days[-1], on=last_day.today)
    draft = draft_of(replace(last_day, days=(*last_day.days[:-1], fact)), at(fact.on, "08:20"))
    see_child(draft)
    seen = replace(stored(draft.facts), today=date(2026, 11, 14))
    next_day = draft_of(seen, at(seen.today, "09:00"), by=None)

    settle(next_day)

    assert next_day.facts.student.status is EnrolmentStatus.SUSPECTED


def test_a_day_without_roll_call_counts_inside_an_episode() -> None:
    facts, _ = absent(a_child())

    facts, _ = untaken(on_next_day(facts))

    assert facts.case is not None
    assert (facts.case.counted, facts.case.untaken) == (2, 1)


def test_a_day_without_roll_call_starts_no_episode() -> None:
    facts, decision = untaken(a_child())

    assert facts.case is None
    assert decision == Decision()


def test_everybody_is_here_does_not_bring_a_followed_child_back() -> None:
    facts, _ = absent(a_child())
    facts = on_next_day(facts)
    facts = replace(facts, days=(*facts.days[:-1], replace(facts.days[-1], is_taken=True)))
    draft = draft_of(facts, at(facts.today, "10:00"))

    settle(draft)

    assert draft.facts.case is not None
    assert draft.facts.case.state is CaseState.OPEN


def test_arriving_late_on_the_first_day_ends_the_case_and_tells_the_family() -> None:
    facts, _ = absent(a_child())

    facts, decision = seen(stored(facts), "09:10")

    assert facts.case is not None
    assert (facts.case.state, facts.case.ended_as) == (CaseState.CLOSED, Ending.RETURNED)
    assert receivers(decision, ChildArrived) == [FATHER]
    assert facts.tasks == ()


def test_back_after_an_accepted_leave_is_explained() -> None:
    facts, _ = absent(a_child())
    leave = a_leave(MONDAY, state=LeaveState.ACCEPTED)
    facts = on_next_day(stored(facts).with_leave(leave))

    facts, decision = seen(facts)

    assert facts.case is not None
    assert facts.case.ended_as is Ending.EXPLAINED
    assert receivers(decision, WelcomeBack) == [FATHER]


def test_a_leave_that_ends_with_no_child_in_class_counts_the_next_day() -> None:
    facts, _ = absent(a_child())
    leave = a_leave(MONDAY, date(2026, 9, 8), state=LeaveState.ACCEPTED)
    facts, _ = untaken(on_next_day(stored(facts).with_leave(leave)))

    assert facts.case is not None
    assert facts.case.counted == 1


@pytest.mark.parametrize(
    ("changes", "covered"),
    [
        pytest.param({}, 3, id="three days by itself"),
        pytest.param({"has_proof": True}, 10, id="ten with a proof"),
        pytest.param({"approved_level": 1}, 20, id="twenty with the leader"),
    ],
)
def test_leave_holds_the_count_for(changes: dict[str, Any], covered: int) -> None:
    facts, _ = absent(a_child())
    facts = stored(facts).with_leave(a_leave(MONDAY, **changes))
    for _ in range(covered):
        facts, _ = absent(on_next_day(facts))

    assert facts.case is not None
    assert facts.case.counted == 1


def test_two_counted_days_lead_to_persuasion_with_a_contact_task() -> None:
    facts, _ = absent_for(2)

    assert facts.case is not None
    assert facts.case.stage is Stage.PERSUADE
    assert facts.task("contact") is not None


def test_from_persuade_on_one_sight_is_not_enough() -> None:
    facts, _ = absent_for(3)

    facts, _ = seen(on_next_day(facts))

    assert facts.case is not None
    assert facts.case.state is CaseState.OPEN
    assert facts.case.seen_on == facts.today
    assert facts.task("return_sign") is not None


def test_the_second_sight_ends_it_and_the_status_is_corrected() -> None:
    facts, _ = absent_for(6)
    facts, _ = seen(on_next_day(facts))
    told = replace(on_next_day(facts), told_status=(LEADER,))

    facts, decision = seen(told)

    assert facts.case is not None
    assert (facts.case.state, facts.case.ended_as) == (CaseState.WATCH, Ending.RETURNED)
    assert facts.student.status is EnrolmentStatus.ENROLLED
    assert receivers(decision, StatusChanged) == [LEADER]
    assert facts.task("register_correction") is not None


def test_an_absence_in_the_watch_reopens_the_same_case() -> None:
    facts, _ = absent_for(3)
    facts, _ = seen(on_next_day(facts))
    facts, _ = seen(on_next_day(facts))
    case_id = stored(facts).case.id  # type: ignore[union-attr]

    facts, _ = absent(on_next_day(facts))

    assert facts.case is not None
    assert (facts.case.id, facts.case.state, facts.case.stage, facts.case.counted) == (
        case_id,
        CaseState.OPEN,
        Stage.PERSUADE,
        1,
    )


def test_a_quiet_watch_closes_the_case() -> None:
    facts, _ = absent_for(3)
    facts, _ = seen(on_next_day(facts))
    facts, _ = seen(on_next_day(facts))
    for _ in range(11):
        facts = on_next_day(facts)
        facts = replace(facts, days=tuple(replace(day, is_taken=True) for day in facts.days))
        draft = draft_of(facts, at(facts.today, "09:00"), by=None)
        settle(draft)
        facts = draft.facts
        if facts.case is None or facts.case.state is CaseState.CLOSED:
            break

    assert facts.case is not None
    assert facts.case.state is CaseState.CLOSED


def test_a_correction_below_the_threshold_takes_the_suspicion_back() -> None:
    facts, _ = absent_for(6)
    facts = stored(facts)
    draft = draft_of(facts, at(facts.today, "15:00"))

    correct(draft, facts.today, MarkKind.PRESENT, "看错了人")

    assert draft.facts.student.status is EnrolmentStatus.ENROLLED


def test_a_claim_leaves_the_family_in_peace_until_the_due_time() -> None:
    facts, decision = absent(a_child(), "sick")

    assert facts.case is None
    assert not messages(decision, AbsenceAlert)
    assert facts.task("leave_claim") is not None


def test_three_automatic_chains_a_week_are_enough() -> None:
    facts, decision = absent(a_child(chains_this_week=3))

    assert not messages(decision, AbsenceAlert)
    assert receivers(decision, PleaseCall) == [TEACHER]
    assert facts.question is not None
    assert facts.question.second_at is None


def test_every_message_of_the_first_day_is_about_this_child() -> None:
    _, decision = absent(a_child())

    assert {message.student_id for message in decision.messages} == {CHILD}


def test_a_family_that_cannot_be_reached_any_more_becomes_a_phone_task() -> None:
    facts, _ = absent(a_child())
    gone = replace(stored(facts), guardians=(a_guardian(is_bound=False),))
    draft = draft_of(gone, at(facts.today, "08:50"), by=None)

    settle(draft)

    assert receivers(draft.decision(), PleaseCall) == [TEACHER]
    assert draft.facts.task("contact_repair") is not None
