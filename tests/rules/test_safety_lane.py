"""The steps of the safety lane and their boundaries (rules.md 5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from rules.child import safety_lane
from rules.child.facts import ChildFacts, Duties
from rules.child.rollcall import record_evening_absence, see_child
from rules.child.search_acts import say_not_found, say_where_found, see_tonight
from rules.decision import Decision
from rules.messages.guardians import CarerAsked, ChildIsSafe
from rules.messages.protection import FoundLine
from rules.messages.staff import ChildMissing, LookAgain, SearchEnded
from rules.model.attendance import LeaveState, Mark, MarkKind, Question, Session
from rules.model.case import Safety, SafetyState, Task
from rules.model.people import ContactFlag
from tests.support.build import (
    BUREAU_LEADER,
    CHILD,
    DUTIES,
    FATHER,
    GRANDMOTHER,
    HEAD,
    LEADER,
    MONDAY,
    OUTSIDER,
    SECTION,
    TEACHER,
    a_child,
    a_guardian,
    a_leave,
    a_mark,
    at,
    draft_of,
    receivers,
    stored,
)

NOW = at(MONDAY, "08:40")
QUARTER = timedelta(minutes=15)
HALF = timedelta(minutes=30)
HOUR = timedelta(minutes=60)
SECOND = timedelta(seconds=1)
REASONS = ("left_home", "on_the_way", "boarder", "not_there")


def opened(facts: ChildFacts, why: str = "left_home", by: int | None = FATHER) -> ChildFacts:
    """The child after somebody opened the lane."""
    draft = draft_of(facts, NOW, by)
    safety_lane.start(draft, why, by)
    return stored(draft.facts)


def alarmed(facts: ChildFacts | None = None) -> ChildFacts:
    """The child after the teacher said 确实不在."""
    draft = draft_of(opened(facts or a_child()), NOW)
    safety_lane.confirm_absent(draft)
    return stored(draft.facts)


def go_on(facts: ChildFacts, now: datetime) -> tuple[Decision, ChildFacts]:
    """What time does."""
    draft = draft_of(facts, now, None)
    safety_lane.go_on(draft)
    return draft.decision(), stored(draft.facts)


def search(facts: ChildFacts) -> Safety:
    assert facts.safety is not None
    return facts.safety


def with_duties(deputies: Mapping[int, int] | None = None, *unreachable: int) -> ChildFacts:
    """The child's people, some of them away."""
    duties = replace(DUTIES, deputies=deputies or {}, unreachable=frozenset(unreachable))
    return a_child(duties=duties)


@pytest.mark.parametrize("why", REASONS)
def test_the_teacher_is_rung_at_once_whatever_opened_it(why: str) -> None:
    draft = draft_of(a_child(), NOW, FATHER)
    safety_lane.start(draft, why, FATHER)
    decision = draft.decision()

    assert receivers(decision, LookAgain) == [TEACHER]
    assert receivers(decision, ChildMissing) == []
    assert search(draft.facts).why == why
    assert search(draft.facts).next_at == NOW + QUARTER


@pytest.mark.parametrize(
    ("guardians", "by", "asked"),
    [
        pytest.param(
            (a_guardian(), a_guardian(GRANDMOTHER, is_carer=True)),
            FATHER,
            [GRANDMOTHER],
            id="not the carer: the carer is asked",
        ),
        pytest.param(
            (a_guardian(), a_guardian(GRANDMOTHER, is_carer=True)),
            GRANDMOTHER,
            [],
            id="the carer",
        ),
        pytest.param(
            (a_guardian(is_carer=True), a_guardian(GRANDMOTHER, is_carer=True)),
            FATHER,
            [],
            id="one of two carers",
        ),
        pytest.param(
            (a_guardian(), a_guardian(GRANDMOTHER, is_carer=True, is_bound=False)),
            FATHER,
            [],
            id="carer not bound",
        ),
        pytest.param((a_guardian(),), FATHER, [], id="nobody is the carer"),
        pytest.param(
            (a_guardian(), a_guardian(GRANDMOTHER, is_carer=True, flag=ContactFlag.NO_CONTACT)),
            FATHER,
            [],
            id="no contact with the carer",
        ),
        pytest.param(
            (a_guardian(), a_guardian(GRANDMOTHER, is_carer=True, flag=ContactFlag.EMERGENCIES)),
            FATHER,
            [GRANDMOTHER],
            id="the carer in emergencies only",
        ),
    ],
)
def test_dont_know_asks_the_carer_first(
    guardians: tuple[object, ...], by: int, asked: list[int]
) -> None:
    facts = a_child(guardians=guardians)
    draft = draft_of(facts, NOW, by)
    safety_lane.start(draft, "dont_know", by)

    assert receivers(draft.decision(), CarerAsked) == asked
    assert receivers(draft.decision(), LookAgain) == ([] if asked else [TEACHER])


def a_family() -> ChildFacts:
    """A father who does not know, and a grandmother who is the carer."""
    return a_child(guardians=(a_guardian(), a_guardian(GRANDMOTHER, is_carer=True)))


def test_the_carer_has_fifteen_minutes_and_not_a_second_more() -> None:
    facts = opened(a_family(), "dont_know")
    early, _ = go_on(facts, NOW + QUARTER - SECOND)
    late, _ = go_on(facts, NOW + QUARTER)

    assert early.messages == ()
    assert receivers(late, LookAgain) == [TEACHER]


def test_saying_it_again_gives_the_carer_no_more_time() -> None:
    draft = draft_of(opened(a_family(), "dont_know"), NOW + SECOND, FATHER)
    safety_lane.start(draft, "dont_know", FATHER)

    assert draft.decision() == Decision()


def test_the_carer_who_does_not_know_either_opens_the_lane_at_once() -> None:
    draft = draft_of(opened(a_family(), "dont_know"), NOW + SECOND, GRANDMOTHER)
    safety_lane.start(draft, "dont_know", GRANDMOTHER)

    assert receivers(draft.decision(), LookAgain) == [TEACHER]


@pytest.mark.parametrize(
    ("answer", "goes_on"),
    [("sick", False), ("family", False), ("on_the_way", False), ("dont_know", True)],
)
def test_the_carers_word_where_the_child_is_ends_the_question_quietly(
    answer: str, goes_on: bool
) -> None:
    question = Question(1, CHILD, None, MONDAY, NOW, True)
    facts = replace(opened(a_family(), "dont_know"), question=question)
    answered = replace(question, answered_at=NOW + SECOND, answered_by=GRANDMOTHER, answer=answer)
    decision, _ = go_on(replace(facts, question=answered), NOW + QUARTER)

    assert receivers(decision, LookAgain) == ([TEACHER] if goes_on else [])
    assert receivers(decision, ChildIsSafe) == []


def test_fifteen_minutes_without_a_tap_and_not_a_second_less() -> None:
    facts = opened(a_child())
    early, _ = go_on(facts, NOW + QUARTER - SECOND)
    late, after = go_on(facts, NOW + QUARTER)

    assert early == Decision()
    assert receivers(late, ChildMissing) == [LEADER, HEAD, SECTION]
    assert search(after).next_at == NOW + QUARTER + HALF


def test_really_gone_tells_leader_head_and_section_at_once_and_only_once() -> None:
    facts = alarmed()
    again = draft_of(facts, NOW + SECOND)
    safety_lane.confirm_absent(again)

    assert search(facts).told == (TEACHER, LEADER, HEAD, SECTION)
    assert search(facts).rounds == 1
    assert again.decision() == Decision()


@pytest.mark.parametrize("rounds", [1, 2, 3])
def test_it_is_repeated_every_thirty_minutes(rounds: int) -> None:
    facts = alarmed()
    for number in range(1, rounds + 1):
        early, _ = go_on(facts, NOW + number * HALF - SECOND)
        decision, facts = go_on(facts, NOW + number * HALF)

        assert early == Decision()
        assert receivers(decision, ChildMissing) == [LEADER, HEAD, SECTION]
    assert search(facts).rounds == rounds + 1


def test_handling_silences_its_presser_alone_for_sixty_minutes() -> None:
    draft = draft_of(alarmed(), NOW, HEAD)
    safety_lane.handle(draft, HEAD)
    facts = replace(stored(draft.facts))
    first, facts = go_on(facts, NOW + HALF)
    late = replace(facts, safety=replace(search(facts), next_at=NOW + HOUR - SECOND))
    just_before, _ = go_on(late, NOW + HOUR - SECOND)
    after, _ = go_on(facts, NOW + HOUR)

    assert receivers(first, ChildMissing) == [LEADER, SECTION]
    assert receivers(just_before, ChildMissing) == [LEADER, SECTION]
    assert receivers(after, ChildMissing) == [LEADER, HEAD, SECTION]


def test_whoever_handles_it_still_hears_the_end() -> None:
    draft = draft_of(alarmed(), NOW, HEAD)
    safety_lane.handle(draft, HEAD)
    safety_lane.end(ending := draft_of(stored(draft.facts), NOW + HALF), safety_lane.ARRIVED)

    assert receivers(ending.decision(), SearchEnded) == [LEADER, HEAD, SECTION]


def test_a_child_who_was_seen_meanwhile_is_not_searched_for() -> None:
    mark = a_mark(MONDAY, MarkKind.PRESENT, seen_at=NOW + SECOND, seen_by=LEADER)
    decision, _ = go_on(alarmed().with_mark(mark), NOW + HALF)
    ended = [one for one in decision.records if isinstance(one, Safety)]

    assert receivers(decision, ChildMissing) == []
    assert receivers(decision, SearchEnded) == [TEACHER, LEADER, HEAD, SECTION]
    assert [(one.ended_as, one.ended_by) for one in ended] == [("arrived", LEADER)]


def test_having_been_seen_before_it_began_ends_nothing() -> None:
    mark = a_mark(MONDAY, MarkKind.PRESENT, seen_at=NOW - SECOND)
    decision, _ = go_on(alarmed().with_mark(mark), NOW + HALF)

    assert receivers(decision, ChildMissing) == [LEADER, HEAD, SECTION]


def test_a_sight_that_was_taken_back_ends_nothing() -> None:
    mark = a_mark(MONDAY, MarkKind.PRESENT, seen_at=NOW + SECOND, void=True)
    decision, _ = go_on(alarmed().with_mark(mark), NOW + HALF)

    assert receivers(decision, ChildMissing) == [LEADER, HEAD, SECTION]


def test_the_end_is_told_to_everyone_who_was_told_once_and_to_the_family() -> None:
    _, facts = go_on(alarmed(), NOW + HALF)
    draft = draft_of(facts, NOW + HOUR, TEACHER)
    see_child(draft)
    decision = draft.decision()

    assert receivers(decision, SearchEnded) == [LEADER, HEAD, SECTION]
    assert receivers(decision, ChildIsSafe) == [FATHER]
    assert search(draft.facts).state is SafetyState.ENDED


@pytest.mark.parametrize(
    ("flags", "hears"),
    [
        ({"flag": ContactFlag.NORMAL}, [FATHER]),
        ({"flag": ContactFlag.EMERGENCIES}, [FATHER]),
        ({"flag": ContactFlag.NO_CONTACT}, []),
        ({"flag_pending": ContactFlag.NO_CONTACT}, []),
    ],
    ids=["normal", "emergencies only", "no contact", "no contact, not yet confirmed"],
)
def test_the_end_obeys_the_contact_flags(flags: dict[str, object], hears: list[int]) -> None:
    draft = draft_of(alarmed(a_child(guardians=(a_guardian(**flags),))), NOW + HALF)  # type: ignore[arg-type]
    safety_lane.end(draft, safety_lane.ARRIVED)

    assert receivers(draft.decision(), ChildIsSafe) == hears


def test_a_search_that_is_over_ends_once() -> None:
    draft = draft_of(alarmed(), NOW + HALF, LEADER)
    safety_lane.end(draft, safety_lane.FOUND_SAFE)
    before = draft.decision()
    safety_lane.end(draft, safety_lane.ARRIVED)

    assert draft.decision() == before


def test_found_safe_asks_its_presser_where_within_thirty_minutes() -> None:
    draft = draft_of(alarmed(), NOW + HALF, LEADER)
    safety_lane.end(draft, safety_lane.FOUND_SAFE)
    (task,) = [one for one in draft.decision().records if isinstance(one, Task)]
    policy = draft.facts.policy.tasks["found_line"]
    calendar = draft.facts.calendar

    assert (task.kind, task.owner_id) == ("found_line", LEADER)
    assert task.due_at == NOW + HALF + HALF
    assert policy.climb_to == "section"
    climbs = [
        policy.climbs_at(level, task.opened_at, task.due_at, calendar)  # type: ignore[arg-type]
        for level in ("leader", "head", "section")
    ]
    assert climbs == [task.due_at + n * HALF for n in range(3)]


def test_where_it_was_found_goes_to_the_others_and_ends_the_task() -> None:
    draft = draft_of(alarmed(), NOW + HALF, LEADER)
    safety_lane.end(draft, safety_lane.FOUND_SAFE)
    ended = replace(search(draft.facts), id=7)
    facts = replace(stored(draft.facts), safety=None)
    facts = replace(facts, tasks=tuple(replace(t, subject="safety:7") for t in facts.tasks))
    told = draft_of(facts, NOW + HOUR, LEADER)
    say_where_found(told, ended, "在外婆家")
    decision = told.decision()

    assert receivers(decision, FoundLine) == [TEACHER, HEAD, SECTION]
    assert [one.found_note for one in decision.records if isinstance(one, Safety)] == ["在外婆家"]
    assert [one.state for one in decision.records if isinstance(one, Task)] == ["done"]
    (entry,) = [one for one in decision.entries if one.kind == "safety_found"]
    assert "在外婆家" not in str(entry.public)


def test_not_found_yet_is_written_down_and_changes_nothing() -> None:
    draft = draft_of(alarmed(), NOW + HALF, LEADER)
    say_not_found(draft)

    assert [(one.kind, one.by) for one in draft.decision().entries] == [
        ("safety_not_found", LEADER)
    ]
    assert draft.decision().records == ()


@pytest.mark.parametrize("why", REASONS)
def test_a_lane_that_runs_is_left_alone(why: str) -> None:
    draft = draft_of(alarmed(), NOW + SECOND, FATHER)
    safety_lane.start(draft, why, FATHER)

    assert draft.decision() == Decision()


@pytest.mark.parametrize("why", ["left_home", "dont_know", "on_the_way"])
def test_a_child_who_has_been_seen_today_is_not_searched_for(why: str) -> None:
    facts = a_child().with_mark(a_mark(MONDAY, MarkKind.PRESENT))
    draft = draft_of(facts, NOW, FATHER)
    safety_lane.start(draft, why, FATHER)

    assert draft.decision() == Decision()


def test_without_a_class_teacher_everybody_is_told_at_once() -> None:
    facts = a_child(duties=replace(DUTIES, class_teacher_id=None))
    draft = draft_of(facts, NOW, FATHER)
    safety_lane.start(draft, "left_home", FATHER)

    assert receivers(draft.decision(), ChildMissing) == [LEADER, HEAD, SECTION]


@pytest.mark.parametrize(
    ("facts", "rung", "told"),
    [
        pytest.param(with_duties({TEACHER: OUTSIDER}), [TEACHER, OUTSIDER], [], id="deputy"),
        pytest.param(
            with_duties({}, TEACHER), [], [LEADER, HEAD, SECTION], id="cannot be reached"
        ),
        pytest.param(
            with_duties({TEACHER: OUTSIDER}, TEACHER), [TEACHER, OUTSIDER], [], id="deputy can"
        ),
    ],
)
def test_who_stands_in_for_the_teacher(
    facts: ChildFacts, rung: list[int], told: list[int]
) -> None:
    draft = draft_of(facts, NOW, FATHER)
    safety_lane.start(draft, "left_home", FATHER)

    assert receivers(draft.decision(), LookAgain) == rung
    assert receivers(draft.decision(), ChildMissing) == told


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        pytest.param(
            with_duties({HEAD: OUTSIDER}), [LEADER, HEAD, OUTSIDER, SECTION], id="a deputy"
        ),
        pytest.param(
            with_duties({}, LEADER, HEAD, SECTION),
            [LEADER, HEAD, SECTION, BUREAU_LEADER],
            id="nobody of the three can be reached",
        ),
        pytest.param(
            a_child(duties=Duties(class_teacher_id=TEACHER, bureau_leader_id=BUREAU_LEADER)),
            [BUREAU_LEADER],
            id="none of the three exists",
        ),
        pytest.param(
            a_child(duties=replace(DUTIES, leader_id=HEAD)),
            [HEAD, SECTION],
            id="one at two levels",
        ),
    ],
)
def test_who_hears_that_a_child_is_missing(facts: ChildFacts, told: list[int]) -> None:
    draft = draft_of(opened(facts), NOW)
    safety_lane.confirm_absent(draft)

    assert receivers(draft.decision(), ChildMissing) == told


def tonight(facts: ChildFacts) -> Decision:
    """The evening roll call missed the child."""
    draft = draft_of(facts, at(MONDAY, "20:45"), TEACHER)
    record_evening_absence(draft, MONDAY, None)
    return draft.decision()


def test_a_boarder_seen_in_the_morning_may_be_missing_at_night() -> None:
    decision = tonight(a_child().with_mark(a_mark(MONDAY, MarkKind.PRESENT)))
    marks = [one for one in decision.records if isinstance(one, Mark)]

    assert receivers(decision, LookAgain) == [TEACHER]
    assert [(one.session, one.kind) for one in marks] == [(Session.EVENING, MarkKind.ABSENT)]


def test_a_boarder_seen_in_the_morning_is_still_missing_at_the_next_step() -> None:
    facts = a_child().with_mark(a_mark(MONDAY, MarkKind.PRESENT))
    draft = draft_of(facts, at(MONDAY, "20:45"), TEACHER)
    record_evening_absence(draft, MONDAY, None)
    decision, _ = go_on(stored(draft.facts), at(MONDAY, "21:00"))

    assert receivers(decision, ChildMissing) == [LEADER, HEAD, SECTION]


@pytest.mark.parametrize(
    ("state", "is_searched"), [(LeaveState.OPEN, False), (LeaveState.REFUSED, True)]
)
def test_a_boarder_on_leave_is_not_searched_for(state: LeaveState, is_searched: bool) -> None:
    decision = tonight(a_child(leaves=(a_leave(MONDAY, state=state),)))

    assert bool(receivers(decision, LookAgain)) is is_searched


@pytest.mark.parametrize(("answer", "is_searched"), [("unwilling", False), (None, True)])
def test_a_boarder_absent_all_day_whose_family_said_where_is_not_searched_for(
    answer: str | None, is_searched: bool
) -> None:
    question = Question(1, CHILD, None, MONDAY, NOW, True, answer=answer)
    decision = tonight(a_child(question=question).with_mark(a_mark(MONDAY)))

    assert bool(receivers(decision, LookAgain)) is is_searched


def test_a_boarder_found_the_same_night_was_no_less_absent_in_the_morning() -> None:
    morning = a_mark(MONDAY)
    evening = a_mark(MONDAY, session=Session.EVENING, id=4)
    facts = a_child().with_mark(morning)
    draft = draft_of(facts, at(MONDAY, "20:45"), TEACHER)
    record_evening_absence(draft, MONDAY, evening)
    found = draft_of(stored(draft.facts), at(MONDAY, "20:50"), TEACHER)
    see_tonight(found, evening, is_late=False)
    see_child(found)
    marks = [one for one in found.decision().records if isinstance(one, Mark)]

    assert [(one.id, one.session, one.kind) for one in marks] == [
        (4, Session.EVENING, MarkKind.PRESENT)
    ]
    assert found.facts.mark_on(MONDAY) == morning


def test_a_family_that_was_never_asked_is_not_alarmed_by_the_end() -> None:
    draft = draft_of(a_child(), at(MONDAY, "20:45"), TEACHER)
    record_evening_absence(draft, MONDAY, None)
    ending = draft_of(stored(draft.facts), at(MONDAY, "20:50"), TEACHER)
    safety_lane.end(ending, safety_lane.IN_CLASS)

    assert receivers(ending.decision(), ChildIsSafe) == []
