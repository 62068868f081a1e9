"""What the bulk guard holds back: the families' alerts, and nothing else (architecture.md)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from rules.bulk import give_back, let_go
from rules.child.facts import ChildFacts
from rules.child.opening import tell_family
from rules.child.rollcall import record_absence, see_child
from rules.decision import Decision
from rules.messages.guardians import AbsenceAlert, ChildArrived
from rules.messages.staff import PleaseCall
from rules.model.attendance import RollCall, RollCallState, Session
from rules.policy import Policy
from rules.refusals import OldButton
from rules.rollcalls import SchoolToday, go_on_holding, hold, is_suspicious, submit, take_back
from rules.sheets import Known, take
from tests.support.build import (
    CHILD,
    CLASS,
    FATHER,
    MONDAY,
    SCHOOL,
    TEACHER,
    a_child,
    a_guardian,
    at,
    draft_of,
    messages,
    receivers,
    stored,
)

POLICY = Policy()


def held_absence(facts: ChildFacts | None = None) -> tuple[ChildFacts, Decision]:
    """The roll call that misses the child is held at 08:30."""
    facts = replace(facts or a_child(), is_held_back=True)
    draft = draft_of(facts, at(facts.today, "08:30"))
    record_absence(draft, facts.today, "absent", at(facts.today, "09:00"))
    return replace(stored(draft.facts), is_held_back=False), draft.decision()


def told(facts: ChildFacts, clock: str = "08:50") -> tuple[ChildFacts, Decision]:
    """The guard lets go."""
    draft = draft_of(facts, at(facts.today, clock))
    tell_family(draft)
    return draft.facts, draft.decision()


def a_roll_call(on: date = MONDAY) -> RollCall:
    """Handed in at 08:11, held at 08:14."""
    asked = RollCall(
        5,
        CLASS,
        SCHOOL,
        on,
        Session.MORNING,
        at(on, "08:10"),
        at(on, "09:00"),
        picks=((1, "absent"),),
    )
    return hold(submit(asked, TEACHER, at(on, "08:11"), POLICY), at(on, "08:14"), POLICY)


def test_a_held_absence_is_recorded_and_called_about_but_no_family_is_told() -> None:
    facts, decision = held_absence()

    assert facts.case is not None
    assert facts.case.counted == 1
    call = facts.task("call")
    assert call is not None
    assert call.due_at == at(MONDAY, "09:00")
    assert not messages(decision, AbsenceAlert)
    assert not messages(decision, PleaseCall)


def test_whose_family_has_no_chat_is_called_at_once() -> None:
    _, decision = held_absence(a_child(guardians=(a_guardian(is_bound=False),)))

    assert receivers(decision, PleaseCall) == [TEACHER]


def test_released_the_family_is_asked_and_the_second_alert_counts_from_then() -> None:
    facts, _ = held_absence()

    facts, decision = told(facts)

    assert receivers(decision, AbsenceAlert) == [FATHER]
    assert facts.question is not None
    assert facts.question.is_automatic
    assert facts.question.second_at == at(MONDAY, "09:50")
    call = facts.task("call")
    assert call is not None
    assert call.due_at == at(MONDAY, "09:00")


def test_told_once_is_told() -> None:
    facts, _ = told(held_absence()[0])

    assert told(stored(facts))[1] == Decision()


def test_a_child_seen_meanwhile_tells_its_family_nothing() -> None:
    facts, _ = held_absence()
    draft = draft_of(facts, at(MONDAY, "08:40"))
    see_child(draft)

    assert not messages(draft.decision(), ChildArrived)
    assert draft.facts.task("call") is None
    assert told(stored(draft.facts))[1] == Decision()


def test_a_family_reached_meanwhile_is_not_asked_again() -> None:
    facts, _ = held_absence()
    assert facts.case is not None
    reached = replace(facts.case, last_reached_at=at(MONDAY, "08:45"))

    assert told(replace(facts, case=reached))[1] == Decision()


def test_after_three_chains_a_week_letting_go_asks_nobody() -> None:
    facts, decision = held_absence(replace(a_child(), chains_this_week=3))

    assert receivers(decision, PleaseCall) == [TEACHER]
    assert told(facts)[1] == Decision()


def test_forty_percent_of_a_school_and_at_least_twenty_are_suspicious() -> None:
    def verdict(expected: int, before: int, now: int) -> bool:
        return is_suspicious(SchoolToday(expected, before), range(now), POLICY)

    assert verdict(50, 0, 20)
    assert not verdict(51, 0, 20)
    assert not verdict(40, 0, 19)
    assert verdict(50, 19, 1)
    assert not verdict(50, 30, 0)


def test_the_section_is_asked_after_half_an_hour_and_an_hour_is_the_end() -> None:
    held = a_roll_call()
    assert held.next_at == at(MONDAY, "08:44")

    early = go_on_holding(held, at(MONDAY, "08:20"), POLICY)
    late = go_on_holding(held, at(MONDAY, "08:44"), POLICY)

    assert early.next_at == at(MONDAY, "08:44")
    assert late.next_at == late.release_at == at(MONDAY, "09:14")


def test_until_it_is_released_it_is_held_back_given_back_or_not() -> None:
    held = a_roll_call()
    given = give_back(held)
    again = submit(given, TEACHER, at(MONDAY, "08:30"), POLICY)
    fresh = replace(given, submitted_at=None)

    assert held.is_held_back
    assert given.state is RollCallState.OPEN
    assert given.is_held_back
    assert again.is_held_back
    assert take_back(again).is_held_back
    assert not fresh.is_held_back
    assert not replace(held, state=RollCallState.RELEASED).is_held_back


def test_only_what_is_held_can_be_let_go() -> None:
    held = a_roll_call()
    assert let_go(held, at(MONDAY, "08:20")).next_at == at(MONDAY, "08:20")

    with pytest.raises(OldButton):
        let_go(give_back(held), at(MONDAY, "08:20"))


def test_what_a_sheet_adds_to_a_held_roll_call_is_recorded_at_once() -> None:
    now = at(MONDAY, "08:20")

    added = take(a_roll_call(), [(CHILD, "absent")], Known(), TEACHER, now)

    assert added.state is RollCallState.HELD
    assert added.next_at == now
    assert added.release_at == at(MONDAY, "09:14")
