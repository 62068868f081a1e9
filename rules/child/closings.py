"""Endings without a return: reason, proof, and the second person (rules.md 4, 5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from rules.child import joint
from rules.child.closing_terms import REASONS
from rules.child.draft import Draft
from rules.child.ladder import drop_unapproved
from rules.child.returns import TASKS_OF_ABSENCE
from rules.child.status import set_by_people
from rules.messages.ladder import ClosingCard, ClosingDecided, TransferCard
from rules.model.case import STAGES, Case, CaseState, Stage, Task
from rules.model.ladder import Closing, ClosingReason, ClosingState
from rules.refusals import BadInput, NotNow, OwnPaper

KIND, CONFIRMING = "closing_approval", "transfer_confirm"


def needs_section(draft: Draft, reason: ClosingReason) -> bool:
    """From `report` on every closing, and some reasons in every stage (rules.md 4 and 5)."""
    case = draft.facts.case
    is_high = case is not None and STAGES.index(case.stage) >= STAGES.index(Stage.REPORT)
    return is_high or REASONS[reason].by_section


def may_begin(draft: Draft) -> Case:
    """The open case that may be asked to be closed, once at a time."""
    case = draft.facts.case
    if case is None or case.state is not CaseState.OPEN:
        raise NotNow("refusals.no_open_case")
    if draft.facts.ladder.closing is not None:
        raise NotNow("refusals.closing_underway")
    return case


def ask_to_close(draft: Draft, closing: Closing, receiver: int | None = None) -> Closing:
    """[申请结案]: a reason of the list with its proof; the head decides first.

    Where the head asks, the section decides (nobody approves what they prepared).  Where the
    child is said to be at another school of the county, `receiver` there confirms it first, and
    this is the proof (rules.md 4, transferred out).
    """
    case = may_begin(draft)
    _require_proof(draft, closing)
    state = ClosingState.AT_RECEIVER if closing.receiving_id else _first_state(draft, draft.by)
    kept = draft.keep_closing(
        replace(closing, id=draft.new_id(), case_id=case.id, state=state, asked_at=draft.now)
    )
    draft.note("closing_asked", {"reason": kept.reason.value}, {"words": kept.words})
    if kept.receiving_id is None:
        _ask(draft, kept)
    else:
        _ask_receiver(draft, kept, receiver)
    return kept


def _require_proof(draft: Draft, closing: Closing) -> None:
    is_transfer = closing.reason is ClosingReason.TRANSFERRED
    if closing.receiving_id is not None:
        if not is_transfer or closing.receiving_id == draft.facts.student.school_id:
            raise BadInput("receiving_school")
    elif closing.proof_file_id is None:
        raise BadInput("closing_proof")
    if closing.reason is ClosingReason.SUSPENSION and not _is_ahead(draft, closing.until_on):
        raise BadInput("until_on")


def _first_state(draft: Draft, asked_by: int | None) -> ClosingState:
    at_head = draft.facts.duties.head_id not in (None, asked_by)
    return ClosingState.AT_HEAD if at_head else ClosingState.AT_SECTION


def _is_ahead(draft: Draft, on: date | None) -> bool:
    return on is not None and on > draft.facts.today


def _ask(draft: Draft, closing: Closing) -> None:
    owner = draft.facts.duties.head_id
    if closing.state is not ClosingState.AT_HEAD:
        owner = _in_bureau(draft, closing)
    draft.card_for(draft.open(KIND, owner, f"closing:{closing.id}"), ClosingCard)


def _in_bureau(draft: Draft, closing: Closing) -> int | None:
    """The section; one level up where that is whoever asked, signed or confirmed already."""
    duties = draft.facts.duties
    known = (closing.asked_by, closing.head_by, closing.confirmed_by)
    above = (duties.section_id, duties.bureau_leader_id)
    return next((one for one in above if one is not None and one not in known), None)


def _ask_receiver(draft: Draft, closing: Closing, receiver: int | None) -> None:
    """The task stands at the receiving school, and climbs there; without anybody, the section."""
    duties = draft.facts.duties
    owner = receiver or duties.section_id or duties.bureau_leader_id
    task = draft.open(CONFIRMING, owner, f"closing:{closing.id}")
    if task is not None:
        task = draft.keep(replace(task, school_id=closing.receiving_id, class_id=None))
        draft.card_for(task, TransferCard)


def _at_receiver(draft: Draft) -> Closing:
    closing = draft.facts.ladder.closing
    if closing is None or closing.state is not ClosingState.AT_RECEIVER:
        raise NotNow("refusals.old_button")
    return closing


def confirm_here(draft: Draft, task: Task) -> Closing:
    """[在我校就读]: the receiving school's word is the proof; now the head decides."""
    closing = _at_receiver(draft)
    if draft.by == closing.asked_by:
        raise OwnPaper
    draft.done(task.kind, "here", task.subject)
    draft.note("transfer_confirmed", {"school": closing.receiving_id})
    kept = draft.keep_closing(
        replace(
            closing,
            state=_first_state(draft, closing.asked_by),
            confirmed_by=draft.by,
            confirmed_at=draft.now,
        )
    )
    _ask(draft, kept)
    return kept


def found_elsewhere(draft: Draft, school_id: int) -> Closing:
    """The lists show the child at another school, and it has said [在我校就读]: its word is the
    proof, and the head of the child's school decides (rules.md 8)."""
    waiting = draft.facts.ladder.closing
    if waiting is not None and waiting.state is ClosingState.AT_RECEIVER:
        task = draft.facts.task(CONFIRMING)
        return confirm_here(draft, task) if task is not None else waiting
    if waiting is not None:
        return waiting
    case = may_begin(draft)
    asked_by = draft.facts.duties.register_clerk_id or draft.facts.responsible_id or draft.by or 0
    kept = draft.keep_closing(
        Closing(
            id=draft.new_id(),
            case_id=case.id,
            student_id=draft.child_id,
            reason=ClosingReason.TRANSFERRED,
            state=_first_state(draft, asked_by),
            asked_by=asked_by,
            asked_at=draft.now,
            receiving_id=school_id,
            confirmed_by=draft.by,
            confirmed_at=draft.now,
        )
    )
    draft.note("transfer_confirmed", {"school": school_id})
    _ask(draft, kept)
    return kept


def deny_here(draft: Draft, task: Task) -> Closing:
    """[不在我校]: the case goes on, and whoever asked hears it."""
    closing = _at_receiver(draft)
    draft.done(task.kind, "not_here", task.subject)
    draft.note("transfer_denied", {"school": closing.receiving_id})
    refused = draft.keep_closing(replace(closing, state=ClosingState.REFUSED))
    _decided(draft, refused)
    return refused


def _waiting(draft: Draft) -> Closing:
    closing = draft.facts.ladder.closing
    if closing is None or closing.state is ClosingState.AT_RECEIVER:
        raise NotNow("refusals.old_button")
    if draft.by in (closing.asked_by, closing.head_by, closing.confirmed_by):
        raise OwnPaper
    return closing


def grant(draft: Draft, task: Task, acting_for: int | None = None) -> Closing:
    """[批准]: by the head, and by the section where it is needed; then the case is closed.

    Where the section decides in a silent head's place (代批), its one decision is enough.
    """
    closing = _waiting(draft)
    draft.done(task.kind, "approved", task.subject)
    stands_in = acting_for is not None and not _is_deputy(draft, acting_for)
    if closing.state is ClosingState.AT_HEAD and not stands_in:
        _note_approval(draft, "head", acting_for)
        signed = replace(closing, head_by=draft.by, head_at=draft.now)
        if needs_section(draft, closing.reason):
            passed = draft.keep_closing(replace(signed, state=ClosingState.AT_SECTION))
            _ask(draft, passed)
            return passed
    else:
        _note_approval(draft, "section", acting_for)
        signed = replace(closing, section_by=draft.by, section_at=draft.now)
    granted = draft.keep_closing(replace(signed, state=ClosingState.GRANTED))
    _decided(draft, granted)
    _close(draft, granted)
    return granted


def _is_deputy(draft: Draft, absent: int) -> bool:
    return draft.by is not None and draft.facts.duties.deputies.get(absent) == draft.by


def _note_approval(draft: Draft, level: str, acting_for: int | None) -> None:
    draft.note("closing_approved", {"level": level, "acting_for": acting_for})


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
