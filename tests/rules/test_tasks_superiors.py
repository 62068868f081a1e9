"""What a superior may do about a task: only doing it ends it (rules.md 6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from rules.chain import Rung
from rules.messages.staff import Nudge, TaskHandedOver
from rules.model.case import Task
from rules.model.people import Level
from rules.refusals import BadInput, NotAllowed, NotNow, OldButton
from rules.tasks import (
    Press,
    TaskContext,
    advance,
    finish,
    hand_over,
    may_press,
    note,
    nudge,
    pause,
    take_over,
)
from tests.rules.test_tasks import (
    BUREAU,
    CASE,
    DEPUTY,
    HEAD,
    LEADER,
    SECTION,
    TEACHER,
    a_case,
    a_chain,
    a_context,
    a_task,
    at,
    run,
    task_in,
    told,
)

OUTSIDER = 99


def a_press(by: int = LEADER, context: TaskContext | None = None) -> Press:
    return Press(by, at(11, "11:00"), context or a_context())


def a_late_task(kind: str = "watch") -> Task:
    """Due on Thursday the 10th, told to the leader on Friday the 11th at 10:00."""
    return task_in(advance(a_task(kind), a_context(), at(11, "10:00")))


# Who may press.


@pytest.mark.parametrize("person", [TEACHER, OUTSIDER, SECTION, BUREAU])
def test_somebody_below_or_outside_or_not_told_yet_may_not_press(person: int) -> None:
    with pytest.raises(NotAllowed):
        may_press(a_late_task(), a_press(person))


def test_leader_and_head_may_always_press_and_others_once_they_were_told() -> None:
    top = replace(a_late_task(), level=int(Level.SECTION))

    assert may_press(a_task(), a_press(HEAD)) is Level.HEAD
    assert may_press(top, a_press(SECTION)) is Level.SECTION


def test_a_level_that_the_case_has_reached_may_press_any_of_its_tasks() -> None:
    context = a_context(case=a_case(level=int(Level.BUREAU_LEADER)))

    assert may_press(a_task(), a_press(BUREAU, context)) is Level.BUREAU_LEADER


def test_the_leader_is_no_superior_of_the_head() -> None:
    with pytest.raises(NotAllowed):
        nudge(a_task(owner_id=HEAD), a_press(LEADER))


def test_a_key_under_a_task_that_has_ended_is_old() -> None:
    done = task_in(finish(a_late_task(), TEACHER, at(11, "10:30"), "done"))

    with pytest.raises(OldButton):
        nudge(done, a_press())


def test_what_a_deputy_presses_is_marked() -> None:
    leader = Rung(Level.LEADER, LEADER, is_reachable=True, deputy_id=DEPUTY)
    context = a_context(a_chain(leader=leader))

    decision = nudge(a_late_task(), a_press(DEPUTY, context))

    assert decision.entries[0].public["acting_for"] == LEADER
    assert decision.entries[0].by == DEPUTY


# 催一下, 我来办, 换人办.


def test_a_nudge_reaches_the_owner_and_changes_nothing() -> None:
    decision = nudge(a_late_task(), a_press())

    assert told(decision, Nudge) == [TEACHER]
    assert decision.records == ()


def test_two_nudges_within_the_hour_are_one_message() -> None:
    again = replace(a_press(), now=at(11, "11:20"))

    assert nudge(a_late_task(), a_press()).messages == nudge(a_late_task(), again).messages


def test_taking_a_task_over_keeps_due_time_and_level() -> None:
    task = a_late_task()

    decision = take_over(task, a_press())

    taken = task_in(decision)
    assert taken == replace(task, owner_id=LEADER)
    assert told(decision, TaskHandedOver) == [TEACHER, LEADER]


def test_a_task_that_the_leader_has_taken_over_climbs_on_above_the_leader() -> None:
    taken = task_in(take_over(a_late_task(), a_press()))

    said = run(taken, at(14, "10:00"))

    assert [one.to for _, one in said] == [HEAD]


def test_handing_persuasion_to_another_tells_both_and_names_who_persuades() -> None:
    context = a_context(case=a_case())

    decision = hand_over(a_task("contact", case_id=CASE), a_press(context=context), to=DEPUTY)

    assert task_in(decision).owner_id == DEPUTY
    assert decision.records[1].responsible_id == DEPUTY
    assert told(decision, TaskHandedOver) == [TEACHER, DEPUTY]


def test_handing_a_task_to_its_owner_is_refused() -> None:
    with pytest.raises(NotNow):
        hand_over(a_late_task(), a_press(), to=TEACHER)


# 暂缓几天, 已阅.


def test_a_pause_moves_the_climb_by_working_days_and_keeps_the_reason() -> None:
    decision = pause(a_late_task(), a_press(), date(2026, 9, 15), " 家里办丧事 ")

    assert task_in(decision).next_at == at(16, "10:00")
    assert decision.entries[0].public["days"] == 2
    assert decision.entries[0].personal == {"reason": "家里办丧事", "until": "2026-09-15"}


def test_a_pause_over_a_weekend_is_counted_in_working_days() -> None:
    paused = task_in(pause(a_late_task(), a_press(), date(2026, 9, 16), "家访后再看"))

    assert [(when, one.to) for when, one in run(paused, at(18, "12:00"))] == [
        (at(17, "10:00"), HEAD),
        (at(18, "10:00"), SECTION),
    ]


@pytest.mark.parametrize("day", [10, 11, 12, 13, 17])
def test_a_pause_lasts_one_to_three_working_days(day: int) -> None:
    with pytest.raises(BadInput):
        pause(a_late_task(), a_press(), date(2026, 9, day), "家访后再看")


def test_a_pause_needs_a_reason() -> None:
    with pytest.raises(BadInput):
        pause(a_late_task(), a_press(), date(2026, 9, 14), "  ")


def test_a_level_pauses_once_and_the_next_level_has_its_own_pause() -> None:
    paused = task_in(pause(a_late_task(), a_press(), date(2026, 9, 14), "等家访"))

    with pytest.raises(NotNow):
        pause(paused, a_press(), date(2026, 9, 14), "再等")
    assert task_in(pause(paused, a_press(HEAD), date(2026, 9, 14), "等")).paused_levels == (1, 2)


def test_a_note_delays_the_climb_by_one_step_once_per_level() -> None:
    noted = task_in(note(a_late_task(), a_press()))

    assert noted.next_at == at(15, "10:00")
    with pytest.raises(NotNow):
        note(noted, a_press())


@pytest.mark.parametrize("kind", ["call", "status_confirm", "safety"])
def test_what_must_not_wait_is_neither_paused_nor_noted(kind: str) -> None:
    task = replace(a_task(kind), level=int(Level.HEAD))

    with pytest.raises(NotNow):
        pause(task, a_press(), date(2026, 9, 14), "等家访")
    with pytest.raises(NotNow):
        note(task, a_press())


def test_reminders_of_the_owner_go_on_while_the_climb_is_paused() -> None:
    paused = task_in(
        pause(
            a_task(),
            Press(LEADER, at(8, "11:00"), a_context()),
            at(9, "10:00").date() + timedelta(days=2),
            "等家访",
        )
    )

    assert [(when, one.to) for when, one in run(paused, at(16, "12:00"))] == [
        (at(10, "08:00"), TEACHER),
        (at(10, "10:00"), TEACHER),
        (at(16, "10:00"), LEADER),
    ]
