"""Endings without a return: reason, proof, the second person, and reopening (rules.md 4, 5)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from rules.child import joint
from rules.child.draft import Draft
from rules.child.ladder import drop_unapproved
from rules.child.returns import TASKS_OF_ABSENCE
from rules.child.status import set_by_people
from rules.messages.ladder import ClosingCard, ClosingDecided
from rules.model.case import STAGES, Case, CaseState, Ending, Stage, Task
from rules.model.ladder import Closing, ClosingReason, ClosingState
from rules.model.school import EnrolmentStatus
from rules.refusals import BadInput, NotNow, OwnPaper

KIND = "closing_approval"


@dataclass(frozen=True)
class Terms:
    """What a reason leads to, and whether the section decides in every stage (rules.md 4)."""

    ending: Ending
    status: EnrolmentStatus
    by_section: bool = False


#: The proof of each is a file: document, confirmation, or a picture of the register.
REASONS = {
    ClosingReason.TRANSFERRED: Terms(Ending.TRANSFERRED, EnrolmentStatus.TRANSFERRED),
    ClosingReason.SUSPENSION: Terms(
        Ending.LAWFUL_EXIT, EnrolmentStatus.SUSPENSION, by_section=True
    ),
    ClosingReason.HOME_TEACHING: Terms(
        Ending.LAWFUL_EXIT, EnrolmentStatus.HOME_TEACHING, by_section=True
    ),
    ClosingReason.ABROAD: Terms(Ending.LAWFUL_EXIT, EnrolmentStatus.LEFT, by_section=True),
    ClosingReason.DECEASED: Terms(Ending.LAWFUL_EXIT, EnrolmentStatus.LEFT, by_section=True),
    ClosingReason.OVER_AGE: Terms(Ending.LAWFUL_EXIT, EnrolmentStatus.LEFT, by_section=True),
    ClosingReason.GRADUATED: Terms(Ending.LAWFUL_EXIT, EnrolmentStatus.LEFT, by_section=True),
    ClosingReason.IDENTITY_ERROR: Terms(Ending.DATA_FAULT, EnrolmentStatus.LEFT, by_section=True),
    ClosingReason.DUPLICATE: Terms(Ending.DATA_FAULT, EnrolmentStatus.LEFT),
    ClosingReason.NOT_OURS: Terms(Ending.DATA_FAULT, EnrolmentStatus.LEFT),
}


def needs_section(draft: Draft, reason: ClosingReason) -> bool:
    """From `report` on every closing, and some reasons in every stage (rules.md 4 and 5)."""
    case = draft.facts.case
    is_high = case is not None and STAGES.index(case.stage) >= STAGES.index(Stage.REPORT)
    return is_high or REASONS[reason].by_section


def ask_to_close(draft: Draft, closing: Closing) -> Closing:
    """[申请结案]: a reason of the list with its proof; the head decides first.

    Where the head asks, the section decides (nobody approves what they prepared).
    """
    case = draft.facts.case
    if case is None or case.state is not CaseState.OPEN:
        raise NotNow("refusals.no_open_case")
    if draft.facts.ladder.closing is not None:
        raise NotNow("refusals.closing_underway")
    if closing.reason is ClosingReason.SUSPENSION and not _is_ahead(draft, closing.until_on):
        raise BadInput("until_on")
    at_head = draft.facts.duties.head_id not in (None, draft.by)
    state = ClosingState.AT_HEAD if at_head else ClosingState.AT_SECTION
    kept = draft.keep_closing(
        replace(closing, id=draft.new_id(), case_id=case.id, state=state, asked_at=draft.now)
    )
    draft.note("closing_asked", {"reason": kept.reason.value}, {"words": kept.words})
    _ask(draft, kept)
    return kept


def _is_ahead(draft: Draft, on: date | None) -> bool:
    return on is not None and on > draft.facts.today


def _ask(draft: Draft, closing: Closing) -> None:
    duties = draft.facts.duties
    bureau = duties.section_id or duties.bureau_leader_id
    owner = duties.head_id if closing.state is ClosingState.AT_HEAD else bureau
    task = draft.open(KIND, owner, f"closing:{closing.id}")
    if task is not None:
        draft.say(
            ClosingCard(
                to=task.owner_id,
                item=task.id,
                student_id=draft.child_id,
                case_id=draft.case_id,
            )
        )


def _waiting(draft: Draft) -> Closing:
    closing = draft.facts.ladder.closing
    if closing is None:
        raise NotNow("refusals.old_button")
    if draft.by in (closing.asked_by, closing.head_by):
        raise OwnPaper
    return closing


def grant(draft: Draft, task: Task) -> Closing:
    """[批准]: by the head, and by the section where it is needed; then the case is closed."""
    closing = _waiting(draft)
    draft.done(task.kind, "approved", task.subject)
    if closing.state is ClosingState.AT_HEAD:
        signed = replace(closing, head_by=draft.by, head_at=draft.now)
        draft.note("closing_approved", {"level": "head"})
        if needs_section(draft, closing.reason):
            passed = draft.keep_closing(replace(signed, state=ClosingState.AT_SECTION))
            _ask(draft, passed)
            return passed
    else:
        signed = replace(closing, section_by=draft.by, section_at=draft.now)
        draft.note("closing_approved", {"level": "section"})
    granted = draft.keep_closing(replace(signed, state=ClosingState.GRANTED))
    _decided(draft, granted)
    _close(draft, granted)
    return granted


def refuse(draft: Draft, task: Task, comment: str) -> Closing:
    """[退回修改] with a comment: the case goes on; whoever asked may ask again with more."""
    if not comment.strip():
        raise BadInput("return_comment")
    closing = _waiting(draft)
    draft.done(task.kind, "refused", task.subject)
    refused = draft.keep_closing(
        replace(closing, state=ClosingState.REFUSED, comment=comment.strip())
    )
    draft.note("closing_refused", {"reason": closing.reason.value}, {"comment": comment.strip()})
    _decided(draft, refused)
    return refused


def _decided(draft: Draft, closing: Closing) -> None:
    draft.say(
        ClosingDecided(
            to=closing.asked_by,
            item=closing.id,
            round=closing.state.value,
            student_id=draft.child_id,
            case_id=draft.case_id,
        )
    )


def _close(draft: Draft, closing: Closing) -> None:
    """The status follows from the reason; what was open about the absence is not needed."""
    terms = REASONS[closing.reason]
    set_by_people(draft, terms.status)
    for kind in (*TASKS_OF_ABSENCE, "transfer_verify", "transfer"):
        draft.needless(kind, terms.ending.value)
    drop_unapproved(draft)
    joint.end(draft)
    draft.note("case_closed", {"as": terms.ending.value, "reason": closing.reason.value})
    draft.case(
        state=CaseState.CLOSED,
        ended_as=terms.ending,
        ended_at=draft.now,
        ended_by=draft.by,
        review_at=None,
        stage_ends_at=None,
    )
    if closing.until_on is not None:
        _remind_of_end(draft, closing.until_on)


def _remind_of_end(draft: Draft, until_on: date) -> None:
    """休学 has an end date, and a reminder five school days before it (rules.md 2)."""
    calendar = draft.facts.calendar
    on = until_on
    for _ in range(5):
        on = calendar.previous_working_day(on)
    at = max(calendar.at_local(on, "08:00"), draft.now)
    owner = draft.facts.duties.leader_id or draft.facts.duties.head_id
    draft.open("suspension_end", owner, due_at=at, note=until_on.isoformat())


def reopen_closed(draft: Draft, case: Case, reason: str) -> Case:
    """A closed case is never edited, but it can be reopened: in `persuade`, another round, with
    its history and its numbers (rules.md 5)."""
    if not reason.strip():
        raise BadInput("reopen_reason")
    if draft.facts.case is not None:
        raise NotNow("refusals.open_case_there")
    draft.facts = replace(draft.facts, case=case)
    draft.note("case_reopened", None, {"reason": reason.strip()})
    if draft.facts.student.status not in (EnrolmentStatus.ENROLLED, EnrolmentStatus.SUSPECTED):
        set_by_people(draft, EnrolmentStatus.ENROLLED)
    return draft.case(
        state=CaseState.OPEN,
        stage=Stage.PERSUADE,
        round=case.round + 1,
        stage_at=draft.now,
        stage_ends_at=None,
        served_on=None,
        notice_until=None,
        marks=(),
        ended_as=None,
        ended_at=None,
        ended_by=None,
        watch_until=None,
        seen_on=None,
        signed_on=None,
        review_at=draft.now,
    )
