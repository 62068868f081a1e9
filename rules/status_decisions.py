"""What people decide about a status that the program has set (rules.md 4, D10)."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from rules.attendance import DayState
from rules.child.draft import Draft
from rules.child.returns import sign_return
from rules.child.rollcall import correct
from rules.child.settle import settle
from rules.child.status import restore
from rules.decision import Decision
from rules.messages.staff import TaskCard
from rules.model.attendance import MarkKind
from rules.model.case import Task
from rules.model.school import Confirmation, EnrolmentStatus, StatusChange
from rules.refusals import BadInput
from rules.tasks import finish

OBJECTION = "objection"
SET = (EnrolmentStatus.SUSPECTED, EnrolmentStatus.DROPOUT)


@dataclass(frozen=True)
class Evidence:
    """Why a school objects: words, a file, or both; kept in the section's task."""

    words: str = ""
    attachment_id: int | None = None
    by: int | None = None

    def to_note(self) -> str:
        """As the task keeps it."""
        values = {"words": self.words, "attachment": self.attachment_id, "by": self.by}
        return json.dumps(values, ensure_ascii=False)


def evidence_in(task: Task) -> Evidence:
    """Read the evidence of an objection."""
    values = json.loads(task.note or "{}")
    return Evidence(values.get("words", ""), values.get("attachment"), values.get("by"))


def confirm(
    draft: Draft, task: Task, change: StatusChange | None, acting_for: int | None = None
) -> Decision:
    """[确认疑似辍学] [确认辍学]: from now on the status carries who confirmed it."""
    _confirmed(draft, change)
    draft.note("status_confirmed", {"status": draft.facts.student.status.value})
    return finish(task, draft.by, draft.now, "confirmed", acting_for) + draft.decision()


def _confirmed(draft: Draft, change: StatusChange | None) -> None:
    _mark(draft, Confirmation.CONFIRMED)
    if change is not None:
        draft.put(replace(change, confirmed_by=draft.by, confirmed_at=draft.now))


def _mark(draft: Draft, confirmation: Confirmation) -> None:
    student = draft.put(replace(draft.facts.student, confirmation=confirmation))
    draft.facts = replace(draft.facts, student=student)


def object_to(
    draft: Draft,
    task: Task,
    change: StatusChange | None,
    evidence: Evidence,
    acting_for: int | None = None,
) -> Decision:
    """[有异议] with its evidence: the section decides within one working day (rules.md 4).

    It changes no status, ledger or deadline; until it is decided the child stands as 有异议.
    """
    if not evidence.words.strip() and evidence.attachment_id is None:
        raise BadInput("evidence")
    _mark(draft, Confirmation.OBJECTED)
    if change is not None:
        draft.put(replace(change, objection=evidence.words.strip() or None))
    duties = draft.facts.duties
    owner = duties.section_id or duties.bureau_leader_id
    note = replace(evidence, by=draft.by).to_note()
    asked = draft.open(OBJECTION, owner, f"status:{draft.child_id}", note=note)
    draft.card_for(asked, TaskCard)
    draft.note("status_objected", {"status": draft.facts.student.status.value})
    return finish(task, draft.by, draft.now, "objected", acting_for) + draft.decision()


def uphold(
    draft: Draft,
    task: Task,
    change: StatusChange | None,
    reason: str,
    acting_for: int | None = None,
) -> Decision:
    """[维持疑似辍学]: the objection does not convince; the section's decision confirms."""
    _need_reason(reason)
    _confirmed(draft, change)
    draft.note("objection_rejected", None, {"reason": reason.strip()})
    return finish(task, draft.by, draft.now, "upheld", acting_for) + draft.decision()


def withdraw(draft: Draft, task: Task, reason: str, acting_for: int | None = None) -> Decision:
    """[撤回，在校]: the evidence shows the child at school.

    The last counted day is corrected to present with the reason, the section's word is the second
    sign, and everything follows as for any child that was seen: status, case, register.
    """
    _need_reason(reason)
    ended = finish(task, draft.by, draft.now, "withdrawn", acting_for)
    draft.facts = replace(
        draft.facts, tasks=tuple(one for one in draft.facts.tasks if one.id != task.id)
    )
    draft.note("objection_accepted", None, {"reason": reason.strip()})
    last = [day for day in draft.facts.read(draft.now) if day.state is not DayState.PENDING]
    if last:
        correct(draft, last[-1].on, MarkKind.PRESENT, reason.strip())
        sign_return(draft)
        settle(draft)
    if draft.facts.student.status in SET:
        restore(draft, "objection")
    return ended + draft.decision()


def _need_reason(reason: str) -> None:
    if not reason.strip():
        raise BadInput("decision_reason")


def sign(draft: Draft, task: Task, acting_for: int | None = None) -> Decision:
    """[确认返校]: the leader's second sign ends the case, or begins its watch (rules.md 5)."""
    ended = finish(task, draft.by, draft.now, "signed", acting_for)
    draft.facts = replace(
        draft.facts, tasks=tuple(one for one in draft.facts.tasks if one.id != task.id)
    )
    sign_return(draft)
    settle(draft)
    return ended + draft.decision()
