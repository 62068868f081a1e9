from __future__ import annotations

from datetime import date

import pytest

from rules.child.facts import ChildFacts
from rules.corrections import (
    approve_correction,
    ask_for_correction,
    asked_in,
    return_correction,
)
from rules.messages.staff import ApprovalCard, Note, TaskCard
from rules.model.attendance import MarkKind
from rules.model.case import Task, TaskState
from rules.refusals import BadInput, OwnPaper
from tests.rules.test_child_days import absent, absent_for
from tests.support.build import (
    HEAD,
    LEADER,
    MONDAY,
    SECTION,
    TEACHER,
    at,
    draft_of,
    on_next_day,
    receivers,
    stored,
)

TUESDAY = date(2026, 9, 8)


def asked(by: int = TEACHER) -> tuple[ChildFacts, Task]:
    """Absent on Monday; on Tuesday the teacher says that this was wrong."""
    draft = draft_of(on_next_day(absent_for(1)[0]), at(TUESDAY, "10:00"), by)
    ask_for_correction(draft, MONDAY, MarkKind.PRESENT, "点错人了")
    facts = stored(draft.facts)
    task = facts.task("correction_approval")
    assert task is not None
    return facts, task


def test_a_past_day_waits_for_the_leader_and_nothing_changes() -> None:
    draft = draft_of(on_next_day(absent_for(1)[0]), at(TUESDAY, "10:00"))

    ask_for_correction(draft, MONDAY, MarkKind.PRESENT, "点错人了")

    mark = draft.facts.mark_on(MONDAY)
    assert mark is not None
    assert mark.kind is MarkKind.ABSENT
    assert receivers(draft.decision(), ApprovalCard) == [LEADER]


def test_what_is_asked_comes_out_of_the_task_as_it_went_in() -> None:
    _, task = asked()

    found = asked_in(task)

    assert (found.on, found.kind, found.reason) == (MONDAY, MarkKind.PRESENT, "点错人了")
    assert (found.by, found.returns) == (TEACHER, 0)


def test_approving_applies_it_in_the_name_of_who_saw_the_child() -> None:
    facts, task = asked()
    draft = draft_of(facts, at(TUESDAY, "11:00"), LEADER)

    decision = approve_correction(draft, task)

    mark = draft.facts.mark_on(MONDAY)
    assert mark is not None
    assert (mark.kind, mark.seen_by, mark.reason) == (MarkKind.PRESENT, TEACHER, "点错人了")
    done = next(one for one in decision.records if isinstance(one, Task) and one.id == task.id)
    assert (done.state, done.done_by, done.outcome) == (TaskState.DONE, LEADER, "approved")


def test_nobody_approves_what_they_prepared() -> None:
    facts, task = asked(by=LEADER)

    assert task.owner_id == HEAD
    with pytest.raises(OwnPaper):
        approve_correction(draft_of(facts, at(TUESDAY, "11:00"), LEADER), task)


def test_a_return_needs_a_comment_and_is_due_again_in_one_school_day() -> None:
    facts, task = asked()
    with pytest.raises(BadInput):
        return_correction(draft_of(facts, at(TUESDAY, "11:00"), LEADER), task, " ")

    decision = return_correction(draft_of(facts, at(TUESDAY, "11:00"), LEADER), task, "写清楚")

    again = next(one for one in decision.records if isinstance(one, Task))
    assert again.state is TaskState.OPEN
    assert again.due_at == at(date(2026, 9, 9), "11:00")
    assert asked_in(again).comment == "写清楚"
    assert receivers(decision, TaskCard) == [TEACHER]
    assert not receivers(decision, Note)


def test_the_second_return_is_shown_to_the_section() -> None:
    facts, task = asked()
    draft = draft_of(facts, at(TUESDAY, "11:00"), LEADER)
    return_correction(draft, task, "写清楚")
    again = draft.facts.task("correction_approval")
    assert again is not None

    decision = return_correction(
        draft_of(stored(draft.facts), at(TUESDAY, "15:00"), LEADER), again, "还是不清楚"
    )

    assert receivers(decision, Note) == [SECTION]


def test_asking_again_renews_the_reason_and_keeps_the_returns() -> None:
    facts, task = asked()
    draft = draft_of(facts, at(TUESDAY, "11:00"), LEADER)
    return_correction(draft, task, "写清楚")
    second = draft_of(stored(draft.facts), at(TUESDAY, "14:00"), TEACHER)

    ask_for_correction(second, MONDAY, MarkKind.PRESENT, "孩子在走廊")

    again = second.facts.task("correction_approval")
    assert again is not None
    assert (asked_in(again).reason, asked_in(again).returns) == ("孩子在走廊", 1)
    assert receivers(second.decision(), ApprovalCard) == [LEADER]


def test_a_correction_without_a_reason_is_refused() -> None:
    facts, _ = absent(on_next_day(absent_for(1)[0]))

    with pytest.raises(BadInput):
        ask_for_correction(draft_of(facts, at(TUESDAY, "10:00")), MONDAY, MarkKind.PRESENT, "")
