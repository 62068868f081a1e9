"""Endings without a return: each reason, its proof and its second person (rules.md 4 and 5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from rules.child import closings
from rules.child.closing_terms import REASONS
from rules.child.contacts import log_contact
from rules.child.reopening import reopen_closed
from rules.child.returns import sign_return
from rules.child.rollcall import see_child
from rules.child.settle import settle
from rules.messages.ladder import ClosingCard, ClosingDecided, StageReached, TransferCard
from rules.model.case import CaseState, Ending, Stage
from rules.model.ladder import Closing, ClosingReason, ClosingState
from rules.model.school import Confirmation, EnrolmentStatus
from rules.refusals import BadInput, NotNow, OwnPaper
from tests.support.build import BUREAU_LEADER, CHILD, HEAD, SCHOOL, SECTION, TEACHER, at, receivers
from tests.support.ladder import SUSPECTED, Followed, a_contact

ALWAYS_SECTION = {
    ClosingReason.SUSPENSION,
    ClosingReason.HOME_TEACHING,
    ClosingReason.ABROAD,
    ClosingReason.DECEASED,
    ClosingReason.OVER_AGE,
    ClosingReason.GRADUATED,
    ClosingReason.IDENTITY_ERROR,
}


#: Another school of the county, and its register clerk.
ELSEWHERE, CLERK_THERE = 77, 78


def a_closing(reason: ClosingReason, by: int = TEACHER, **changes: Any) -> Closing:
    until = date(2027, 1, 22) if reason is ClosingReason.SUSPENSION else None
    closing = Closing(
        id=0,
        case_id=0,
        student_id=CHILD,
        reason=reason,
        state=ClosingState.AT_HEAD,
        asked_by=by,
        asked_at=at(SUSPECTED, "10:00"),
        proof_file_id=60,
        until_on=until,
    )
    return replace(closing, **changes)


@pytest.fixture
def child() -> Followed:
    followed = Followed()
    followed.to(SUSPECTED, "10:00")
    return followed


def status_of(child: Followed) -> EnrolmentStatus:
    return child.facts.student.status


def ask(child: Followed, reason: ClosingReason, by: int = TEACHER) -> None:
    child.act(lambda draft: closings.ask_to_close(draft, a_closing(reason, by)), by)


def grant(child: Followed, by: int) -> None:
    task = child.task("closing_approval")
    child.act(lambda draft: closings.grant(draft, task), by)


@pytest.mark.parametrize("reason", list(ClosingReason))
def test_each_reason_ends_with_the_persons_it_needs(
    child: Followed, reason: ClosingReason
) -> None:
    ask(child, reason)
    assert child.task("closing_approval").owner_id == HEAD
    grant(child, HEAD)
    if reason in ALWAYS_SECTION:
        assert child.case.state is CaseState.OPEN
        assert child.task("closing_approval").owner_id == SECTION
        grant(child, SECTION)
    assert child.facts.case is None
    student = child.facts.student
    assert student.status is REASONS[reason].status
    assert student.confirmation is Confirmation.CONFIRMED
    assert receivers(child.decisions[-1], ClosingDecided) == [TEACHER]
    left = {task.kind for task in child.facts.tasks} - {"suspension_end"}
    assert left == {"register_correction"}


def test_from_the_report_on_the_section_decides_every_reason(child: Followed) -> None:
    child.to(date(2026, 9, 28), "10:00")
    assert child.stage is Stage.REPORT
    ask(child, ClosingReason.DUPLICATE)
    grant(child, HEAD)
    assert child.case.state is CaseState.OPEN
    grant(child, SECTION)
    assert child.facts.case is None


def test_nobody_approves_what_they_asked_for(child: Followed) -> None:
    ask(child, ClosingReason.NOT_OURS, HEAD)
    assert child.task("closing_approval").owner_id == SECTION
    with pytest.raises(OwnPaper):
        grant(child, HEAD)
    grant(child, SECTION)
    assert child.facts.case is None


def test_one_person_at_head_and_section_signs_only_once(child: Followed) -> None:
    ask(child, ClosingReason.ABROAD)
    grant(child, HEAD)
    with pytest.raises(OwnPaper):
        grant(child, HEAD)


@pytest.mark.parametrize("asker", [TEACHER, HEAD])
def test_where_the_head_is_the_section_too_it_goes_one_level_up(
    child: Followed, asker: int
) -> None:
    duties = replace(child.facts.duties, section_id=HEAD)
    child.facts = replace(child.facts, duties=duties)
    ask(child, ClosingReason.ABROAD, asker)
    if asker is TEACHER:
        grant(child, HEAD)
    assert child.task("closing_approval").owner_id == BUREAU_LEADER
    grant(child, BUREAU_LEADER)
    assert child.facts.case is None


def test_refused_with_a_comment_the_case_goes_on(child: Followed) -> None:
    ask(child, ClosingReason.TRANSFERRED)
    task = child.task("closing_approval")
    with pytest.raises(BadInput):
        child.act(lambda draft: closings.refuse(draft, task, "  "), HEAD)
    child.act(lambda draft: closings.refuse(draft, task, "没有在读证明"), HEAD)
    assert child.case.state is CaseState.OPEN
    assert child.facts.ladder.closing is None
    ask(child, ClosingReason.TRANSFERRED)
    assert receivers(child.decisions[-1], ClosingCard) == [HEAD]


@pytest.mark.parametrize("reason", list(ClosingReason))
def test_no_reason_goes_without_its_proof(child: Followed, reason: ClosingReason) -> None:
    bare = a_closing(reason, proof_file_id=None)
    with pytest.raises(BadInput):
        child.act(lambda draft: closings.ask_to_close(draft, bare))
    assert child.facts.ladder.closing is None
    assert child.facts.task("closing_approval") is None


@pytest.mark.parametrize("reason", list(ClosingReason))
def test_the_same_person_approves_no_reason(child: Followed, reason: ClosingReason) -> None:
    ask(child, reason, HEAD)
    with pytest.raises(OwnPaper):
        grant(child, HEAD)
    assert child.case.state is CaseState.OPEN


@pytest.mark.parametrize(
    "reason", [one for one in ClosingReason if one is not ClosingReason.TRANSFERRED]
)
def test_another_schools_word_proves_a_transfer_and_nothing_else(
    child: Followed, reason: ClosingReason
) -> None:
    with pytest.raises(BadInput):
        to_school(child, reason=reason)


def to_school(
    child: Followed,
    school_id: int = ELSEWHERE,
    reason: ClosingReason = ClosingReason.TRANSFERRED,
    receiver: int | None = CLERK_THERE,
) -> None:
    wanted = a_closing(reason, proof_file_id=None, receiving_id=school_id)
    child.act(lambda draft: closings.ask_to_close(draft, wanted, receiver))


def test_the_receiving_school_confirms_before_the_head_decides(child: Followed) -> None:
    to_school(child)
    task = child.task("transfer_confirm")
    assert (task.owner_id, task.school_id, task.class_id) == (CLERK_THERE, ELSEWHERE, None)
    assert receivers(child.decisions[-1], TransferCard) == [CLERK_THERE]
    assert child.facts.task("closing_approval") is None
    child.on("transfer_confirm", closings.confirm_here, by=CLERK_THERE)
    closing = child.facts.ladder.closing
    assert closing is not None
    assert (closing.state, closing.confirmed_by) == (ClosingState.AT_HEAD, CLERK_THERE)
    assert child.facts.task("transfer_confirm") is None
    grant(child, HEAD)
    assert child.facts.case is None
    assert status_of(child) is EnrolmentStatus.TRANSFERRED


def test_it_says_no_and_the_case_goes_on(child: Followed) -> None:
    to_school(child)
    child.on("transfer_confirm", closings.deny_here, by=CLERK_THERE)
    assert child.facts.ladder.closing is None
    assert receivers(child.decisions[-1], ClosingDecided) == [TEACHER]
    assert child.case.state is CaseState.OPEN
    ask(child, ClosingReason.NOT_OURS)


def test_nobody_decides_before_it_has_answered(child: Followed) -> None:
    to_school(child)
    task = child.task("transfer_confirm")
    with pytest.raises(NotNow):
        child.act(lambda draft: closings.grant(draft, task), HEAD)


def test_ones_own_school_is_no_other(child: Followed) -> None:
    with pytest.raises(BadInput):
        to_school(child, SCHOOL)


def test_a_school_without_anybody_is_the_sections_to_ask(child: Followed) -> None:
    to_school(child, receiver=None)
    assert child.task("transfer_confirm").owner_id == SECTION


def test_the_section_in_a_silent_heads_place_decides_once(child: Followed) -> None:
    ask(child, ClosingReason.ABROAD)
    task = child.task("closing_approval")
    child.act(lambda draft: closings.grant(draft, task, HEAD), SECTION)
    assert child.facts.case is None
    (closing,) = [one for one in child.decisions[-1].records if isinstance(one, Closing)]
    assert (closing.head_by, closing.section_by) == (None, SECTION)


def test_one_closing_at_a_time(child: Followed) -> None:
    ask(child, ClosingReason.ABROAD)
    with pytest.raises(NotNow):
        ask(child, ClosingReason.DUPLICATE)


def test_a_suspension_needs_an_end_ahead_and_reminds_before_it(child: Followed) -> None:
    late = a_closing(ClosingReason.SUSPENSION, until_on=SUSPECTED)
    with pytest.raises(BadInput):
        child.act(lambda draft: closings.ask_to_close(draft, late))
    ask(child, ClosingReason.SUSPENSION)
    grant(child, HEAD)
    grant(child, SECTION)
    assert child.task("suspension_end").due_at == at(date(2027, 1, 15), "08:00")


def test_while_it_waits_the_stages_go_on(child: Followed) -> None:
    ask(child, ClosingReason.ABROAD)
    child.to(date(2026, 9, 21), "09:02")
    assert child.stage is Stage.NOTICE


def test_a_child_who_comes_back_needs_no_closing(child: Followed) -> None:
    ask(child, ClosingReason.ABROAD)

    def come_back(draft: Any) -> None:
        see_child(draft)
        sign_return(draft)
        settle(draft)

    child.act(come_back)
    assert child.case.state is CaseState.WATCH
    assert child.facts.task("closing_approval") is None
    assert child.facts.ladder.closing is None


def test_in_the_first_stage_the_return_takes_the_request_back() -> None:
    child = Followed()
    child.to(date(2026, 9, 10), "10:00")
    assert child.stage is Stage.VERIFY
    ask(child, ClosingReason.DUPLICATE)
    child.act(see_child)
    child.act(settle)
    assert child.facts.task("closing_approval") is None
    assert child.facts.ladder.closing is None


def test_a_closed_case_can_be_reopened_with_its_history(child: Followed) -> None:
    visit = a_contact("visit", "refuses", at=child.now)
    child.act(lambda draft: log_contact(draft, visit))
    ask(child, ClosingReason.NOT_OURS)
    case = child.case
    grant(child, HEAD)
    closed = replace(case, state=CaseState.CLOSED, ended_as=Ending.DATA_FAULT)
    with pytest.raises(BadInput):
        child.act(lambda draft: reopen_closed(draft, closed, ""), HEAD)
    child.act(lambda draft: reopen_closed(draft, closed, "人在本校"), HEAD)
    again = child.case
    assert (again.id, again.stage, again.round) == (closed.id, Stage.PERSUADE, 2)
    assert receivers(child.decisions[-1], StageReached)
    assert status_of(child) is EnrolmentStatus.ENROLLED
    child.to(date(2026, 9, 18), "09:02")
    assert status_of(child) is EnrolmentStatus.SUSPECTED
    assert child.facts.task("contact") is not None
