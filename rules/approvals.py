"""What waits for somebody's word, by the kind of its task: one table for every approval.

Each entry decides about a child's draft: [批准] (or [签收], [签发]), and the same with a comment
that sends it back (rules.md 6, Approvals).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rules import corrections
from rules.child import closings, joint, notices, reports
from rules.child.draft import Draft
from rules.decision import Decision
from rules.model.case import Task
from rules.model.ladder import PaperKind

Approve = Callable[[Draft, Task, int | None], Decision]
SendBack = Callable[[Draft, Task, str, int | None], Decision]
Preparer = Callable[[Draft, Task], int | None]


@dataclass(frozen=True)
class Approval:
    """How one kind of task is decided.

    `prepared_by` may not approve; with `stands_in` the section may decide one working day after
    the due time, in the place of whoever was silent (代批).
    """

    approve: Approve
    send_back: SendBack
    prepared_by: Preparer
    stands_in: bool = False


def _approved(act: Callable[[Draft, Task, int | None], object]) -> Approve:
    def approve(draft: Draft, task: Task, acting_for: int | None) -> Decision:
        act(draft, task, acting_for)
        return draft.decision()

    return approve


def _sent_back(act: Callable[[Draft, Task, str], object]) -> SendBack:
    def send_back(draft: Draft, task: Task, comment: str, acting_for: int | None) -> Decision:
        act(draft, task, comment)
        return draft.decision()

    return send_back


def _preparer_of(kind: PaperKind) -> Preparer:
    def prepared_by(draft: Draft, task: Task) -> int | None:
        paper = draft.facts.ladder.paper(kind)
        return paper.prepared_by if paper else None

    return prepared_by


def _nobody(draft: Draft, task: Task) -> None:
    """What is acknowledged is not approved: anybody whose task it is may."""


def _closing_asked_by(draft: Draft, task: Task) -> int | None:
    return draft.facts.ladder.closing.asked_by if draft.facts.ladder.closing else None


APPROVALS = {
    corrections.KIND: Approval(
        corrections.approve_correction,
        corrections.return_correction,
        lambda draft, task: corrections.asked_in(task).by,
        stands_in=True,
    ),
    "notice_approval": Approval(
        _approved(notices.approve),
        _sent_back(notices.send_back),
        _preparer_of(PaperKind.NOTICE),
        stands_in=True,
    ),
    "report_signature": Approval(
        _approved(reports.sign),
        _sent_back(reports.send_back),
        _preparer_of(PaperKind.REPORT),
        stands_in=True,
    ),
    "report_acknowledgement": Approval(
        _approved(reports.acknowledge), _sent_back(reports.ask_for_more), _nobody
    ),
    "joint_issue": Approval(
        _approved(joint.issue), _sent_back(joint.send_back), _preparer_of(PaperKind.COUNTY)
    ),
    closings.KIND: Approval(
        _approved(closings.grant),
        _sent_back(closings.refuse),
        _closing_asked_by,
        stands_in=True,
    ),
}
