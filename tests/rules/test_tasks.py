"""One engine for everything: opening, reminders, climbs, repeats, the end (rules.md 6 and 7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from rules.calendar import SchoolCalendar, Term
from rules.chain import Chain, Rung
from rules.decision import NOTHING, Decision
from rules.messages.base import Message
from rules.messages.staff import (
    DeadlineNear,
    NobodyAnswered,
    RollCallDue,
    RollCallMissing,
    RollCallNear,
    TaskCard,
    TaskClimbed,
    TaskReminder,
)
from rules.model.case import Case, CaseState, Stage, Task, TaskState
from rules.model.people import Level
from rules.policy import Policy
from rules.tasks import TaskContext, advance, finish, open_task, reschedule, steps, void

TEACHER, LEADER, HEAD, SECTION, BUREAU, DEPUTY, ADMIN, SECTION_CLERK = range(1, 9)
SCHOOL, CHILD, CASE = 50, 70, 80
ZONE = ZoneInfo("Asia/Shanghai")
POLICY = Policy()
#: Monday 7 September to Friday 11 September 2026 are ordinary school days.
HERE = SchoolCalendar(
    zone=ZONE,
    official={date(2026, 9, 25): False},
    known_until=date(2026, 12, 31),
    terms=(Term(date(2026, 9, 1), date(2027, 1, 15), "秋"),),
)


def at(day: int, clock: str) -> datetime:
    """An instant of September 2026, by the county's clock."""
    return HERE.at_local(date(2026, 9, day), clock)


def a_chain(**missing: Any) -> Chain:
    """The whole chain; a name with None is a vacancy, with a Rung another person."""
    people = {"leader": LEADER, "head": HEAD, "section": SECTION, "bureau_leader": BUREAU}
    rungs = [Rung(Level.OWNER, TEACHER, is_reachable=True, unit_id=SCHOOL)]
    for name, person in people.items():
        level = Level[name.upper()]
        rung = Rung(level, person, is_reachable=True, unit_id=SCHOOL)
        if name in missing:
            rung = missing[name] or Rung(level, None, unit_id=SCHOOL)
        rungs.append(rung)
    return Chain(tuple(rungs), admin_ids=(ADMIN,), section_ids=(SECTION,))


def a_context(chain: Chain | None = None, **changes: Any) -> TaskContext:
    return TaskContext(POLICY, HERE, chain or a_chain(), **changes)


def a_task(kind: str = "watch", *, opened: datetime | None = None, **more: Any) -> Task:
    return open_task(
        kind,
        more.pop("subject", f"child:{CHILD}"),
        more.pop("owner_id", TEACHER),
        id=5,
        now=opened or at(7, "10:00"),
        policy=POLICY,
        calendar=HERE,
        school_id=SCHOOL,
        **more,
    )


def a_case(**changes: Any) -> Case:
    case = Case(
        id=CASE,
        student_id=CHILD,
        school_id=SCHOOL,
        stage=Stage.VERIFY,
        state=CaseState.OPEN,
        opened_at=at(7, "08:20"),
        first_absent_on=date(2026, 9, 7),
        policy="{}",
    )
    return replace(case, **changes)


def task_in(decision: Decision) -> Task:
    return next(one for one in decision.records if isinstance(one, Task))


def told(decision: Decision, *kinds: type[Message]) -> list[int]:
    return [one.to for one in decision.messages if not kinds or isinstance(one, kinds)]


def run(
    task: Task, until: datetime, context: TaskContext | None = None
) -> list[tuple[datetime, Message]]:
    """Advance at every planned instant, as the tick does; what was said, and when."""
    context, said = context or a_context(), []
    while task.next_at is not None and task.next_at <= until:
        now = task.next_at
        decision = advance(task, context, now)
        said += [(now, message) for message in decision.messages]
        cases = [one for one in decision.records if isinstance(one, Case)]
        context = replace(context, case=cases[0] if cases else context.case)
        gaps = {one.subject for one in decision.records if isinstance(one, Task)}
        context = replace(context, open_gaps=context.open_gaps | (gaps - {task.subject}))
        task = task_in(decision)
        assert task.next_at is None or task.next_at > now
    return said


# Opening.


def test_a_task_is_due_by_the_rule_of_its_kind() -> None:
    task = a_task("status_confirm", opened=at(7, "10:00"))

    assert task.due_at == at(8, "10:00")
    assert task.next_at == at(8, "08:00")


def test_a_due_time_may_be_given_and_whatever_it_belongs_to_is_kept() -> None:
    task = a_task("call", due_at=at(7, "10:30"), student_id=CHILD, case_id=CASE, outcome="x")

    assert (task.due_at, task.student_id, task.case_id) == (at(7, "10:30"), CHILD, CASE)
    assert (task.school_id, task.outcome, task.state) == (SCHOOL, "x", TaskState.OPEN)


def test_the_schedule_of_a_roll_call_is_the_one_of_the_rules() -> None:
    task = a_task("roll_call", opened=at(7, "08:10"), subject="roll_call:9")

    planned = [(step.at, step.what, step.level) for step in steps(task, POLICY, HERE)]
    assert planned == [
        (at(7, "08:40"), "ring", 0),
        (at(7, "09:00"), "remind", 0),
        (at(7, "09:20"), "remind", 0),
        (at(7, "09:30"), "climb", 1),
        (at(7, "16:00"), "climb", 2),
        (at(8, "09:00"), "climb", 3),
    ]


# The climb.


def test_a_silent_task_is_told_level_by_level_and_none_early() -> None:
    said = run(a_task(opened=at(7, "10:00")), at(16, "09:00"))

    assert [(when, one.to, one.kind) for when, one in said] == [
        (at(10, "08:00"), TEACHER, "task_reminder"),
        (at(10, "10:00"), TEACHER, "task_reminder"),
        (at(11, "10:00"), LEADER, "task_climbed"),
        (at(14, "10:00"), HEAD, "task_climbed"),
        (at(15, "10:00"), SECTION, "task_climbed"),
    ]


def test_nothing_happens_before_the_next_step() -> None:
    task = a_task()
    assert task.next_at is not None

    assert advance(task, a_context(), task.next_at - timedelta(minutes=1)) is NOTHING


def test_at_its_top_a_task_is_told_again_every_day_that_is_no_day_off() -> None:
    said = run(a_task(opened=at(7, "10:00")), at(22, "12:00"))

    repeats = [(when, one.to) for when, one in said if when > at(15, "10:00")]
    assert repeats == [
        (at(16, "10:00"), SECTION),
        (at(17, "10:00"), SECTION),
        (at(18, "10:00"), SECTION),
        (at(21, "10:00"), SECTION),
        (at(22, "10:00"), SECTION),
    ]


def test_a_kind_climbs_only_to_its_bound() -> None:
    said = run(a_task("leave_decision"), at(30, "09:00"))

    assert {one.to for _, one in said} == {TEACHER, LEADER}


def test_where_the_bound_is_vacant_the_next_level_is_told_in_its_place() -> None:
    said = run(a_task("leave_decision"), at(10, "12:00"), a_context(a_chain(leader=None)))

    assert [one.to for _, one in said if isinstance(one, TaskClimbed)] == [HEAD]


def test_a_task_whose_owner_stands_at_the_bound_does_not_climb_but_is_never_forgotten() -> None:
    said = run(a_task("leave_decision", owner_id=HEAD), at(11, "12:00"))

    assert {one.to for _, one in said} == {HEAD}
    assert [when for when, _ in said[2:]] == [at(10, "10:00"), at(11, "10:00")]


def test_the_silence_of_an_approving_head_is_seen_by_the_section_one_working_day_later() -> None:
    said = run(a_task("closing_approval", owner_id=HEAD), at(9, "10:00"))

    assert said[-1] == (at(9, "10:00"), said[-1][1])
    assert (said[-1][1].to, said[-1][1].kind) == (SECTION, "task_climbed")


def test_what_reaches_one_person_from_one_school_is_one_message() -> None:
    first = advance(a_task(), a_context(), at(11, "10:00"))
    second = advance(replace(a_task(), id=6), a_context(), at(11, "10:00"))

    groups = {one.group for one in (*first.messages, *second.messages) if one.to == LEADER}
    assert groups == {f"climb:{SCHOOL}"}


def test_every_climb_is_on_record_with_who_was_told_and_when_it_was_planned() -> None:
    decision = advance(a_task(student_id=CHILD, case_id=CASE), a_context(), at(11, "10:05"))

    line = decision.entries[-1]
    assert (line.kind, line.subject) == ("task_climbed", f"case:{CASE}")
    assert line.public["told"] == [LEADER]
    assert line.public["planned_at"] == at(11, "10:00").isoformat()


# Reminders.


def test_a_deadline_within_the_hour_rings_and_other_reminders_wait_for_the_digest() -> None:
    said = run(a_task("callback", opened=at(7, "09:00")), at(7, "12:00"))

    assert [(when, type(one)) for when, one in said] == [
        (at(7, "10:30"), DeadlineNear),
        (at(7, "11:00"), TaskReminder),
    ]


def test_deadlines_that_are_near_together_ring_one_person_once() -> None:
    task = a_task("callback", opened=at(7, "09:00"))
    said = [
        *advance(task, a_context(), at(7, "10:30")).messages,
        *advance(replace(task, id=6), a_context(), at(7, "10:30")).messages,
    ]

    assert [type(one) for one in said] == [DeadlineNear, DeadlineNear]
    assert len({(one.to, one.group) for one in said}) == 1
    assert said[0].group is not None


def test_a_ring_that_comes_too_late_is_a_quiet_reminder() -> None:
    decision = advance(a_task("callback", opened=at(7, "09:00")), a_context(), at(7, "11:30"))

    assert [type(one) for one in decision.messages] == [TaskReminder]


def test_the_deputy_of_the_owner_is_reminded_too() -> None:
    owner = Rung(Level.OWNER, TEACHER, is_reachable=True, deputy_id=DEPUTY)

    decision = advance(a_task(), a_context(a_chain().owned_by(owner)), at(10, "08:00"))

    assert told(decision) == [TEACHER, DEPUTY]


def test_a_missing_roll_call_is_asked_for_and_then_shown_to_the_school() -> None:
    task = a_task("roll_call", opened=at(7, "08:10"), subject="roll_call:9")

    said = run(task, at(8, "09:00"))

    assert [(when, one.to, type(one), one.item) for when, one in said] == [
        (at(7, "08:40"), TEACHER, RollCallNear, 9),
        (at(7, "09:00"), TEACHER, RollCallDue, 9),
        (at(7, "09:20"), TEACHER, RollCallDue, 9),
        (at(7, "09:30"), LEADER, RollCallMissing, 9),
        (at(7, "16:00"), HEAD, RollCallMissing, 9),
        (at(8, "09:00"), SECTION, TaskClimbed, 5),
    ]
    assert len({one.key for _, one in said}) == len(said)


# The whereabouts clock.


def a_call(opened: str = "08:20", due: str = "08:50", **more: Any) -> Task:
    return a_task("call", opened=at(7, opened), due_at=at(7, due), student_id=CHILD, **more)


def test_the_whereabouts_clock_tells_each_level_at_its_time() -> None:
    said = run(a_call(), at(7, "20:00"))

    assert [(when, one.to, type(one)) for when, one in said] == [
        (at(7, "08:50"), TEACHER, NobodyAnswered),
        (at(7, "10:20"), LEADER, TaskClimbed),
        (at(7, "11:20"), HEAD, TaskClimbed),
        (at(7, "16:00"), SECTION, TaskClimbed),
        (at(7, "17:00"), BUREAU, TaskClimbed),
    ]
    assert said[0][1].group == "nobody:2026-09-07"


def test_for_the_young_the_section_is_told_at_two() -> None:
    said = run(a_call(), at(7, "15:00"), a_context(is_early=True))

    assert (said[-1][0], said[-1][1].to) == (at(7, "14:00"), SECTION)


def test_no_level_is_told_before_the_level_below_has_had_half_an_hour() -> None:
    said = run(a_call("13:10", "13:40"), at(7, "20:00"))

    assert [(when, one.to) for when, one in said[1:]] == [
        (at(7, "15:10"), LEADER),
        (at(7, "16:10"), HEAD),
        (at(7, "16:40"), SECTION),
        (at(7, "17:10"), BUREAU),
    ]


def test_a_call_that_was_asked_for_at_once_is_not_asked_for_again() -> None:
    said = run(a_call("08:20", "08:20"), at(7, "10:20"))

    assert [(when, one.to) for when, one in said] == [(at(7, "10:20"), LEADER)]


# Gaps.


def test_a_vacant_level_is_skipped_at_once_and_is_a_task_for_those_who_mend_it() -> None:
    decision = advance(a_task(), a_context(a_chain(leader=None)), at(11, "10:00"))

    gap = decision.records[-1]
    assert task_in(decision).level == Level.HEAD
    assert told(decision, TaskClimbed) == [HEAD]
    assert (gap.kind, gap.subject, gap.owner_id) == ("gap", f"gap:leader:{SCHOOL}", ADMIN)
    assert told(decision, TaskCard) == [ADMIN, SECTION]


def test_a_level_has_at_most_one_open_gap_task() -> None:
    context = a_context(a_chain(leader=None), open_gaps=frozenset({f"gap:leader:{SCHOOL}"}))

    decision = advance(a_task(), context, at(11, "10:00"))

    assert [type(one) for one in decision.records] == [Task]
    assert told(decision, TaskCard) == []


def test_a_level_that_was_told_early_for_a_gap_is_not_told_again() -> None:
    said = run(a_task(), at(15, "12:00"), a_context(a_chain(leader=None)))

    climbs = [(when, one.to) for when, one in said if isinstance(one, TaskClimbed)]
    assert climbs == [(at(11, "10:00"), HEAD), (at(15, "10:00"), SECTION)]


def test_an_owner_without_a_chat_is_skipped_at_the_first_reminder() -> None:
    silent = a_chain().owned_by(Rung(Level.OWNER, TEACHER, is_reachable=False))

    decision = advance(a_task(), a_context(silent), at(10, "08:00"))

    assert told(decision, TaskClimbed) == [LEADER]
    assert [one.subject for one in decision.records[1:]] == [f"gap:owner:{SCHOOL}"]


def test_an_empty_chain_leaves_the_task_with_its_owner_and_with_a_next_step() -> None:
    empty = a_chain(leader=None, head=None, section=None, bureau_leader=None)

    said = run(a_task(), at(17, "12:00"), a_context(empty))

    assert [one.to for when, one in said if when > at(15, "12:00")] == [TEACHER, TEACHER]
    assert [one.to for _, one in said if isinstance(one, TaskCard)] == [ADMIN, SECTION] * 4


def test_a_person_who_is_paired_while_a_task_runs_is_told_from_then_on() -> None:
    task = task_in(advance(a_task(), a_context(), at(11, "10:00")))
    new_head = Rung(Level.HEAD, DEPUTY, is_reachable=True, unit_id=SCHOOL)

    decision = advance(task, a_context(a_chain(head=new_head)), at(14, "10:00"))

    assert told(decision) == [DEPUTY]


# Outages.


def test_after_an_outage_everybody_who_should_know_hears_it_once() -> None:
    decision = advance(a_task(), a_context(), at(16, "03:00"))

    assert told(decision, TaskReminder) == [TEACHER]
    assert told(decision, TaskClimbed) == [LEADER, HEAD, SECTION]
    assert task_in(decision).next_at == at(16, "10:00")


def test_a_deputy_at_two_levels_hears_it_once_after_an_outage() -> None:
    leader = Rung(Level.LEADER, LEADER, is_reachable=True, deputy_id=DEPUTY)
    head = Rung(Level.HEAD, HEAD, is_reachable=True, deputy_id=DEPUTY)

    decision = advance(a_task(), a_context(a_chain(leader=leader, head=head)), at(14, "12:00"))

    assert told(decision, TaskClimbed) == [LEADER, DEPUTY, HEAD]


def test_repeats_that_were_missed_are_one() -> None:
    task = task_in(advance(a_task(), a_context(), at(15, "12:00")))

    decision = advance(task, a_context(), at(22, "12:00"))

    assert told(decision) == [SECTION]


# One climb per case.


def test_a_later_task_of_a_case_joins_the_card_and_tells_nobody_again() -> None:
    context = a_context(case=a_case(level=int(Level.HEAD)))

    decision = advance(a_task(case_id=CASE), context, at(14, "12:00"))

    assert told(decision, TaskClimbed) == []
    assert task_in(decision).level == Level.HEAD
    assert [one for one in decision.records if isinstance(one, Case)] == []


def test_a_climb_beyond_the_case_raises_it_and_carries_it() -> None:
    context = a_context(case=a_case(level=int(Level.LEADER)))

    decision = advance(a_task(case_id=CASE), context, at(14, "12:00"))

    case = decision.records[1]
    message = decision.messages[-1]
    assert told(decision, TaskClimbed) == [HEAD]
    assert (case.level, case.level_at) == (Level.HEAD, at(14, "12:00"))
    assert (message.case_id, message.more["level"]) == (CASE, Level.HEAD)


# The end.


def test_doing_it_ends_it_and_takes_back_what_waits() -> None:
    decision = finish(a_task(), LEADER, at(8, "09:00"), "reached", acting_for=TEACHER)

    ended = task_in(decision)
    assert (ended.state, ended.outcome, ended.next_at) == (TaskState.DONE, "reached", None)
    assert (ended.done_by, ended.acting_for, ended.done_at) == (LEADER, TEACHER, at(8, "09:00"))
    assert [(one.key_prefix, one.cause) for one in decision.withdrawals] == [("task:5:", "done")]
    assert decision.entries[0].public["late"] is False


def test_the_messages_of_a_roll_call_are_taken_back_by_its_own_number() -> None:
    task = a_task("roll_call", opened=at(7, "08:10"), subject="roll_call:9")

    prefixes = [one.key_prefix for one in finish(task, TEACHER, at(7, "08:15"), "in").withdrawals]

    waiting = advance(task, a_context(), at(7, "09:30")).messages
    assert all(one.key.startswith(tuple(prefixes)) for one in waiting)


def test_a_task_without_need_is_void_for_a_stated_reason() -> None:
    decision = void(a_task(), at(8, "09:00"), "returned")

    assert (task_in(decision).state, task_in(decision).outcome) == (TaskState.VOID, "returned")
    assert [one.cause for one in decision.withdrawals] == ["returned"]


@pytest.mark.parametrize("state", [TaskState.DONE, TaskState.VOID])
def test_a_task_that_has_ended_stays_as_it_is(state: TaskState) -> None:
    task = replace(a_task(), state=state)

    assert finish(task, TEACHER, at(8, "09:00"), "again") is NOTHING
    assert void(task, at(8, "09:00"), "again") is NOTHING
    assert advance(task, a_context(), at(16, "09:00")) is NOTHING


def test_a_task_of_the_same_decision_has_nothing_to_take_back() -> None:
    assert finish(replace(a_task(), id=-3), TEACHER, at(7, "10:00"), "x").withdrawals == ()


def test_a_returned_paper_is_due_again_and_is_reminded_of_anew() -> None:
    task = task_in(advance(a_task("status_confirm"), a_context(), at(9, "12:00")))

    again = reschedule(task, at(10, "12:00"), POLICY, HERE, at(9, "13:00"))
    said = run(again, at(10, "12:00"))

    assert [(when, one.to) for when, one in said] == [
        (at(10, "10:00"), TEACHER),
        (at(10, "12:00"), TEACHER),
    ]


def test_instants_are_kept_in_utc() -> None:
    assert a_task().due_at.tzinfo is UTC


def test_a_later_task_joins_a_climb_that_is_open_and_begins_anew_where_none_is() -> None:
    """A case that once reached the bureau is not deaf for ever: only open tasks count."""
    task = a_task("contact")
    case = a_case(level=Level.BUREAU_LEADER)
    at_leader = at(11, "10:00")
    for earned, hears in ((Level.BUREAU_LEADER, []), (Level.OWNER, [LEADER])):
        said = run(task, at_leader, a_context(case=case, earned=earned))
        assert [one.to for _, one in said if isinstance(one, TaskClimbed)] == hears


def test_a_townships_silence_goes_past_the_school_to_section_and_bureau_leader() -> None:
    bureau = [one for one in a_chain().rungs if one.level >= Level.SECTION]
    contact = Rung(Level.OWNER, DEPUTY, is_reachable=True)
    context = a_context(Chain((contact, *bureau)))
    said = run(a_task("township_acceptance", owner_id=DEPUTY), at(11, "23:00"), context)
    climbs = [(when, one.to) for when, one in said if isinstance(one, TaskClimbed)]
    assert climbs == [(at(10, "10:00"), SECTION), (at(11, "10:00"), BUREAU)]
