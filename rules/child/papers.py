"""A paper from its draft to its stamped copy (rules.md 5 and 6, Approvals)."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from rules.child.draft import Draft
from rules.messages.ladder import PaperCard, PaperFile
from rules.messages.staff import Note
from rules.model.case import Task
from rules.model.ladder import OF_BUREAU, Paper, PaperKind, PaperState, Referral
from rules.policy import due
from rules.refusals import BadInput, NotNow, OwnPaper
from rules.tasks import reschedule

#: The second return of a paper is shown one level up (rules.md 6, Approvals).
SHOWN_AT_RETURN = 2


def prepare(
    draft: Draft,
    kind: PaperKind,
    by: int | None,
    words: str | None = None,
    referral: Referral | None = None,
) -> Paper:
    """Put a paper together from the record; its docx is written by the next tick.

    `by` is None where the program prepares it because a stage opened.
    """
    ladder, facts = draft.facts.ladder, draft.facts
    unit_id = (ladder.bureau_unit_id or 0) if kind in OF_BUREAU else facts.student.school_id
    paper = Paper(
        id=draft.new_id(),
        kind=kind,
        case_id=draft.case_id or 0,
        student_id=draft.child_id,
        unit_id=unit_id,
        state=PaperState.SUBMITTED,
        prepared_by=by,
        prepared_at=draft.now,
        round=facts.case.round if facts.case else 1,
        referral_id=referral.id if referral else None,
        words=(words or "").strip() or None,
        render_at=draft.now,
    )
    draft.note("paper_prepared", {"kind": kind.value})
    return draft.keep_paper(paper)


def renew(draft: Draft, paper: Paper, words: str | None = None) -> Paper:
    """Put a returned paper before its approver again, with the record as it stands now."""
    changed = replace(
        paper,
        state=PaperState.SUBMITTED,
        prepared_by=draft.by or paper.prepared_by,
        words=(words or "").strip() or paper.words,
        content=None,
        draft_file_id=None,
        render_at=draft.now,
    )
    draft.note("paper_prepared", {"kind": paper.kind.value, "returns": paper.returns})
    return draft.keep_paper(changed)


#: What is said to whoever finds a paper in another state than the one that it must be in.
_OUT_OF_TURN = {
    PaperState.SUBMITTED: "refusals.paper_returned",
    PaperState.RETURNED: "refusals.paper_underway",
    PaperState.APPROVED: "refusals.paper_not_approved",
}


def paper_in(draft: Draft, kind: PaperKind, state: PaperState) -> Paper:
    """The newest paper of a kind, which must be in this state for what is to be done."""
    paper = draft.facts.ladder.paper(kind)
    if paper is None or paper.state is not state:
        raise NotNow(_OUT_OF_TURN[state])
    return paper


def approve(draft: Draft, paper: Paper, acting_for: int | None = None) -> Paper:
    """[批准] [签发]: the paper is what was shown, and gets its number (rules.md 5).

    Numbers run by unit, kind and year; a paper that was sent back after its approval keeps its
    own.  Nobody approves what they prepared.
    """
    if draft.by is not None and draft.by == paper.prepared_by:
        raise OwnPaper
    if paper.content is None:
        raise NotNow("refusals.paper_not_ready")
    number = paper.number or draft.next_number(paper.unit_id, paper.kind)
    approved = replace(
        paper,
        state=PaperState.APPROVED,
        year=paper.year or draft.facts.today.year,
        number=number,
        approved_by=draft.by,
        approved_at=draft.now,
        acting_for=acting_for,
        comment=None,
        render_at=draft.now,
    )
    facts = {"kind": paper.kind.value, "year": approved.year, "number": number}
    shown = hashlib.sha256(paper.content.encode()).hexdigest()
    draft.note("paper_approved", {**facts, "content": shown, "acting_for": acting_for})
    return draft.keep_paper(approved)


def send_back(draft: Draft, paper: Paper, comment: str, shown_to: int | None) -> Paper:
    """[退回修改] [退回补充] with a comment; a second return is shown one level up."""
    if not comment.strip():
        raise BadInput("return_comment")
    returned = replace(
        paper,
        state=PaperState.RETURNED,
        comment=comment.strip(),
        returns=paper.returns + 1,
        render_at=None,
    )
    facts = {"kind": paper.kind.value, "times": returned.returns}
    draft.note("paper_returned", facts, {"comment": comment.strip()})
    if returned.returns >= SHOWN_AT_RETURN and shown_to is not None:
        draft.say(
            Note(
                to=shown_to,
                item=draft.child_id,
                round=f"{paper.kind.value}:{paper.id}:returned:{returned.returns}",
                student_id=draft.child_id,
                case_id=draft.case_id,
                more={"line": "returned_twice"},
            )
        )
    return draft.keep_paper(returned)


def keep_stamped(draft: Draft, paper: Paper, file_id: int, sha256: str) -> Paper:
    """[上传盖章件]: the stamped copy of an approved paper, kept under its SHA-256."""
    if paper.state is not PaperState.APPROVED:
        raise NotNow("refusals.paper_not_approved")
    facts = {"kind": paper.kind.value, "year": paper.year, "number": paper.number}
    draft.note("paper_stamped", {**facts, "sha256": sha256})
    return draft.keep_paper(replace(paper, stamped_file_id=file_id))


def due_again(draft: Draft, task: Task) -> Task:
    """After a return the task stays open and is due again in one school day (rules.md 6)."""
    facts = draft.facts
    at = due(facts.policy.engine.returned_paper_due, draft.now, facts.calendar)
    return draft.keep(reschedule(task, at, facts.policy, facts.calendar, draft.now))


def show(draft: Draft, task: Task | None, to: int | None = None, round: str = "") -> None:
    """Send a paper's card to its owner, or to somebody else whom it concerns."""
    draft.card_for(task, PaperCard, to, round)


def hand_over(draft: Draft, paper: Paper, to: int | None) -> None:
    """Somebody else reads the paper as it has been written already, signed or not."""
    is_final = paper.file_id is not None
    if to is None or not (is_final or paper.draft_file_id):
        return
    draft.say(
        PaperFile(
            to=to,
            item=paper.id,
            round=f"to{to}:{paper.returns}",
            student_id=draft.child_id,
            case_id=draft.case_id,
            more={"final": int(is_final)},
        )
    )
