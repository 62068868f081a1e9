from __future__ import annotations

import pytest

from rules.child.facts import ChildFacts
from rules.messages.staff import TaskCard
from rules.model.case import CaseState, Task, TaskState
from rules.model.school import Confirmation, EnrolmentStatus, StatusChange, Student
from rules.refusals import BadInput
from rules.status_decisions import (
    Evidence,
    confirm,
    evidence_in,
    object_to,
    sign,
    uphold,
    withdraw,
)
from tests.rules.test_child_days import absent_for, seen
from tests.support.build import (
    LEADER,
    SECTION,
    at,
    draft_of,
    on_next_day,
    receivers,
    stored,
)


def suspected() -> tuple[ChildFacts, Task, StatusChange]:
    """Absent for six school days; the leader's confirmation is open."""
    facts, decision = absent_for(6)
    change = next(one for one in decision.records if isinstance(one, StatusChange))
    facts = stored(facts)
    task = facts.task("status_confirm")
    assert task is not None
    return facts, task, change


def objected() -> tuple[ChildFacts, Task]:
    facts, task, change = suspected()
    draft = draft_of(facts, at(facts.today, "10:00"), LEADER)
    object_to(draft, task, change, Evidence("昨天在校，有照片", 8))
    after = stored(draft.facts)
    found = after.task("objection")
    assert found is not None
    return after, found


def test_confirming_names_who_confirmed() -> None:
    facts, task, change = suspected()
    draft = draft_of(facts, at(facts.today, "10:00"), LEADER)

    decision = confirm(draft, task, change)

    student = next(one for one in decision.records if isinstance(one, Student))
    kept = next(one for one in decision.records if isinstance(one, StatusChange))
    assert student.confirmation is Confirmation.CONFIRMED
    assert (student.status, kept.confirmed_by) == (EnrolmentStatus.SUSPECTED, LEADER)


def test_an_objection_changes_no_status_and_is_the_sections_task() -> None:
    facts, task, change = suspected()
    draft = draft_of(facts, at(facts.today, "10:00"), LEADER)

    decision = object_to(draft, task, change, Evidence("昨天在校"))

    student = draft.facts.student
    assert (student.status, student.confirmation) == (
        EnrolmentStatus.SUSPECTED,
        Confirmation.OBJECTED,
    )
    opened = draft.facts.task("objection")
    assert opened is not None
    assert opened.owner_id == SECTION
    assert opened.due_at == at(facts.calendar.next_working_day(facts.today), "10:00")
    assert receivers(decision, TaskCard) == [SECTION]


def test_an_objection_needs_evidence() -> None:
    facts, task, change = suspected()

    with pytest.raises(BadInput):
        object_to(draft_of(facts, at(facts.today, "10:00"), LEADER), task, change, Evidence(" "))


def test_the_section_reads_words_and_file() -> None:
    _, task = objected()

    assert evidence_in(task) == Evidence("昨天在校，有照片", 8, LEADER)


def test_upholding_confirms_the_status() -> None:
    facts, task = objected()
    draft = draft_of(facts, at(facts.today, "11:00"), SECTION)

    decision = uphold(draft, task, None, "照片是上个月的")

    assert draft.facts.student.confirmation is Confirmation.CONFIRMED
    done = next(one for one in decision.records if isinstance(one, Task))
    assert (done.state, done.outcome) == (TaskState.DONE, "upheld")


def test_withdrawing_sets_the_child_back_and_watches() -> None:
    facts, task = objected()
    draft = draft_of(facts, at(facts.today, "11:00"), SECTION)

    withdraw(draft, task, "照片属实，孩子在校")

    assert draft.facts.student.status is EnrolmentStatus.ENROLLED
    assert draft.facts.case is not None
    assert draft.facts.case.state is CaseState.WATCH


def test_a_decision_needs_a_reason() -> None:
    facts, task = objected()

    with pytest.raises(BadInput):
        withdraw(draft_of(facts, at(facts.today, "11:00"), SECTION), task, "")


def test_the_leaders_sign_begins_the_watch_and_corrects_the_status() -> None:
    facts, _, _ = suspected()
    back, _ = seen(on_next_day(facts))
    back = stored(back)
    task = back.task("return_sign")
    assert task is not None
    draft = draft_of(back, at(back.today, "10:00"), LEADER)

    decision = sign(draft, task)

    assert draft.facts.case is not None
    assert draft.facts.case.state is CaseState.WATCH
    assert draft.facts.student.status is EnrolmentStatus.ENROLLED
    ends = [one for one in decision.records if isinstance(one, Task) and one.id == task.id]
    assert [one.outcome for one in ends] == ["signed"]
