"""Corrections after the day: the school leader approves what the teacher asks for (rules.md 2)."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime

from rules.child.draft import Draft
from rules.child.rollcall import correct
from rules.decision import Decision
from rules.messages.staff import ApprovalCard, Note, TaskCard
from rules.model.attendance import MarkKind
from rules.model.case import Task
from rules.policy import due
from rules.refusals import BadInput, OwnPaper
from rules.tasks import finish, reschedule
from rules.tasks.finishing import entry

KIND = "correction_approval"
#: The second return of a paper is shown to the section (rules.md 6, Approvals).
SHOWN_AT_RETURN = 2


@dataclass(frozen=True)
class Asked:
    """What waits for approval: kept in the task's note."""

    on: date
    kind: MarkKind
    reason: str
    by: int | None
    returns: int = 0
    comment: str | None = None

    def to_note(self) -> str:
        """As the task keeps it."""
        values = {**asdict(self), "on": self.on.isoformat(), "kind": self.kind.value}
        return json.dumps(values, ensure_ascii=False)


def asked_in(task: Task) -> Asked:
    """Read what a correction task asks for."""
    values = json.loads(task.note or "{}")
    on, kind = date.fromisoformat(values.pop("on")), MarkKind(values.pop("kind"))
    return Asked(on, kind, **values)


def subject_of(child_id: int, on: date) -> str:
    """How the correction of this day is known."""
    return f"correction:{child_id}:{on.isoformat()}"


def ask_for_correction(draft: Draft, on: date, kind: MarkKind, reason: str) -> None:
    """Put a past day's correction before the school leader; until then nothing changes.

    Asking again about the same day, as after 退回修改, renews what is asked.  Nobody approves
    what they prepared: where the leader asks, it goes one level up (rules.md 6, Approvals).
    """
    if not reason.strip():
        raise BadInput("correction_reason")
    subject = subject_of(draft.child_id, on)
    asked = Asked(on, kind, reason.strip(), draft.by)
    task = next((one for one in draft.facts.tasks if one.subject == subject), None)
    if task is None:
        task = draft.open(KIND, _approver(draft), subject, note=asked.to_note())
    else:
        before = asked_in(task)
        asked = replace(asked, returns=before.returns)
        task = draft.keep(replace(task, note=asked.to_note()))
    draft.note("correction_asked", {"on": on.isoformat(), "to": kind.value})
    draft.card_for(task, ApprovalCard, round=f"{asked.returns}:{draft.now.isoformat()}")


def _approver(draft: Draft) -> int | None:
    others = (person for person in draft.facts.duties.above if person not in (None, draft.by))
    return next(others, None)


def approve_correction(draft: Draft, task: Task, acting_for: int | None = None) -> Decision:
    """[批准]: the day becomes what the teacher said, and everything is counted anew."""
    asked = asked_in(task)
    approver = draft.by
    _not_ones_own(asked, approver)
    draft.by = asked.by
    correct(draft, asked.on, asked.kind, asked.reason)
    draft.by = approver
    return finish(task, approver, draft.now, "approved", acting_for) + draft.decision()


def return_correction(
    draft: Draft, task: Task, comment: str, acting_for: int | None = None
) -> Decision:
    """[退回修改] with a comment: it stays open and is due again in one school day.

    Whoever prepared it is told at once; a second return is shown to the section.
    """
    if not comment.strip():
        raise BadInput("return_comment")
    asked = asked_in(task)
    _not_ones_own(asked, draft.by)
    returned = replace(asked, returns=asked.returns + 1, comment=comment.strip())
    due_at = _due_again(draft, draft.now)
    facts = draft.facts
    again = reschedule(task, due_at, facts.policy, facts.calendar, draft.now)
    line = entry(task, "returned", draft.by, times=returned.returns, acting_for=acting_for)
    draft.keep(replace(again, note=returned.to_note()))
    _tell(draft, task, returned)
    return draft.decision() + Decision(
        entries=(replace(line, personal={"comment": comment.strip()}),)
    )


def _due_again(draft: Draft, now: datetime) -> datetime:
    return due(draft.facts.policy.engine.returned_paper_due, now, draft.facts.calendar)


def _tell(draft: Draft, task: Task, returned: Asked) -> None:
    stamp = f"returned:{returned.returns}"
    about = {"student_id": draft.child_id, "case_id": draft.case_id}
    if returned.by is not None:
        draft.say(TaskCard(to=returned.by, item=task.id, round=stamp, **about))  # type: ignore[arg-type]
    section = draft.facts.duties.section_id
    if returned.returns >= SHOWN_AT_RETURN and section is not None:
        more = {"line": "returned_twice"}
        draft.say(
            Note(to=section, item=draft.child_id, round=f"{task.id}:{stamp}", more=more, **about)  # type: ignore[arg-type]
        )


def _not_ones_own(asked: Asked, by: int | None) -> None:
    if by is None or by == asked.by:
        raise OwnPaper
