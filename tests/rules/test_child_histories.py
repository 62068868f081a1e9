"""Whatever happens in whatever order, a followed child stays followed (rules.md 3 to 7)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from rules.child.contacts import log_contact
from rules.child.draft import Draft
from rules.child.facts import ChildFacts
from rules.child.leaves import decide
from rules.child.replies import accept_reply
from rules.child.returns import sign_return
from rules.child.rollcall import record_absence, say_not_here, see_child
from rules.child.settle import settle
from rules.decision import Decision
from rules.model.attendance import Answer, LeaveState, Mark, MarkKind, Reply
from rules.model.case import Case, CaseState, Contact, Stage
from rules.model.school import EnrolmentStatus, StatusChange
from tests.support.build import (
    CHILD,
    FATHER,
    GRANDMOTHER,
    TEACHER,
    a_child,
    a_guardian,
    at,
    draft_of,
    on_next_day,
    stored,
)

Act = Callable[[Draft], object]

ANSWERS = (
    Answer.SICK,
    Answer.FAMILY,
    Answer.ON_THE_WAY,
    Answer.LEFT_HOME,
    Answer.CALL_ME,
    Answer.UNWILLING,
    Answer.TRANSFERRED,
    Answer.DONT_KNOW,
    Answer.TEXT,
    Answer.WRONG_PERSON,
    Answer.NOT_THERE,
)


def _absent(draft: Draft) -> None:
    record_absence(draft, draft.facts.today, "absent", at(draft.facts.today, "09:00"))


def _reply(kind: Answer, person_id: int) -> Act:
    def act(draft: Draft) -> None:
        question = draft.facts.question
        accept_reply(
            draft,
            Reply(0, CHILD, person_id, question.id if question else None, None, kind, draft.now),
        )

    return act


def _contact(means: str, result: str | None) -> Act:
    def act(draft: Draft) -> None:
        contact = Contact(
            0, CHILD, None, TEACHER, draft.now, means, result is not None, result=result
        )
        log_contact(draft, contact)

    return act


def _decide_leave(granted: bool) -> Act:
    def act(draft: Draft) -> None:
        waiting = [leave for leave in draft.facts.leaves if leave.state is LeaveState.OPEN]
        if waiting:
            decide(draft, waiting[-1], granted=granted)

    return act


MORNINGS: tuple[Act, ...] = (_absent, _absent, _absent, see_child, lambda draft: None)
ACTS = st.one_of(
    st.builds(_reply, st.sampled_from(ANSWERS), st.sampled_from([FATHER, GRANDMOTHER])),
    st.builds(
        _contact,
        st.sampled_from(["phone", "visit"]),
        st.sampled_from([None, "will_come", "refuses", "again", "sick"]),
    ),
    st.builds(_decide_leave, st.booleans()),
    st.sampled_from([see_child, say_not_here, sign_return, settle]),
)
DAYS = st.lists(
    st.tuples(st.sampled_from(MORNINGS), st.booleans(), st.lists(ACTS, max_size=3)),
    min_size=3,
    max_size=25,
)


def _run(facts: ChildFacts, act: Act, clock: str, by: int | None) -> tuple[ChildFacts, Decision]:
    draft = draft_of(stored(facts), at(facts.today, clock), by)
    act(draft)
    return draft.facts, draft.decision()


def _history(days: list[tuple[Act, bool, list[Act]]]) -> list[tuple[ChildFacts, Decision]]:
    """The facts after each act of each day, with what the act decided."""
    family = (a_guardian(FATHER), a_guardian(GRANDMOTHER, is_carer=True))
    facts = a_child(guardians=family)
    steps = []
    for morning, is_taken, acts in days:
        steps.append(_run(facts, morning, "08:30", TEACHER))
        facts = steps[-1][0]
        if is_taken:
            taken = tuple(
                replace(day, is_taken=True) if day.on == facts.today else day for day in facts.days
            )
            facts = replace(facts, days=taken)
        steps.append(_run(facts, settle, "09:00", None))
        facts = steps[-1][0]
        for hour, act in enumerate(acts, start=10):
            steps.append(_run(facts, act, f"{hour}:00", TEACHER))
            facts = steps[-1][0]
        facts = on_next_day(facts)
    return steps


def _seen(facts: ChildFacts) -> list[Mark]:
    return [
        fact.mark
        for fact in facts.days
        if fact.mark and fact.mark.kind is MarkKind.PRESENT and fact.mark.seen_by
    ]


@settings(max_examples=150, deadline=None)
@given(DAYS)
def test_every_open_case_has_an_owner_a_time_and_a_next_step(
    days: list[tuple[Act, bool, list[Act]]],
) -> None:
    for facts, _ in _history(days):
        case = facts.case
        if case is None or case.state is CaseState.CLOSED:
            continue
        assert case.review_at is not None
        assert case.review_at > at(facts.today, "08:00")
        if case.state is CaseState.OPEN and case.stage is Stage.PERSUADE:
            is_quiet = facts.episode(at(facts.today, "08:00")) is None
            assert facts.task("contact") is not None or is_quiet
        assert all(task.next_at is not None and task.owner_id for task in facts.tasks)


@settings(max_examples=150, deadline=None)
@given(DAYS)
def test_an_episode_never_ends_without_a_sight_of_the_child(
    days: list[tuple[Act, bool, list[Act]]],
) -> None:
    for facts, decision in _history(days):
        ended = [
            record
            for record in decision.records
            if isinstance(record, Case) and record.ended_at is not None
        ]
        for case in ended:
            sights = [mark for mark in _seen(facts) if mark.on >= case.first_absent_on]
            assert sights, "ended unseen"
            if case.stage is not Stage.VERIFY and case.state is not CaseState.CLOSED:
                assert case.signed_on is not None


@settings(max_examples=150, deadline=None)
@given(DAYS)
def test_no_threshold_is_crossed_twice(days: list[tuple[Act, bool, list[Act]]]) -> None:
    status = EnrolmentStatus.ENROLLED
    for _, decision in _history(days):
        for record in decision.records:
            if isinstance(record, StatusChange):
                assert record.old is status
                assert record.new is not record.old
                status = record.new


@settings(max_examples=150, deadline=None)
@given(DAYS)
def test_settling_again_changes_nothing(days: list[tuple[Act, bool, list[Act]]]) -> None:
    facts, _ = _history(days)[-1]
    now = at(facts.today, "19:00")
    first = draft_of(stored(facts), now, None)
    settle(first)
    again = draft_of(stored(first.facts), now, None)

    settle(again)

    assert again.decision() == Decision()


@settings(max_examples=100, deadline=None)
@given(DAYS)
def test_leave_is_never_longer_than_its_limits(days: list[tuple[Act, bool, list[Act]]]) -> None:
    for facts, _ in _history(days):
        plain = [leave for leave in facts.leaves if not leave.has_proof]
        if plain and len(plain) == len(facts.leaves):
            assert _longest_excused(facts) <= facts.policy.leave.proof_over_school_days


def _longest_excused(facts: ChildFacts) -> int:
    run = longest = 0
    for day in facts.read(at(facts.today, "19:00")):
        run = run + 1 if day.state == "excused" else 0
        longest = max(longest, run)
    return longest
