"""The end of a task: done, or no longer needed; and what that takes back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from rules.decision import NOTHING, Decision, Entry, Withdrawal
from rules.messages.staff import RollCallDue, RollCallMissing
from rules.model.case import Task, TaskState

ROLL_CALL = "roll_call"


def finish(
    task: Task, by: int | None, now: datetime, outcome: str, acting_for: int | None = None
) -> Decision:
    """Only doing it ends a task (rules.md 6); what a deputy does is marked 代.

    Messages about it that still wait are taken back.  A task that has ended stays as it is.
    """
    ended = replace(
        task,
        state=TaskState.DONE,
        done_at=now,
        done_by=by,
        acting_for=acting_for,
        outcome=outcome,
        next_at=None,
    )
    facts = {"outcome": outcome, "late": now > task.due_at, "acting_for": acting_for}
    return _ended(task, ended, entry(task, "task_done", by, **facts), "done")


def void(task: Task, now: datetime, why: str) -> Decision:
    """The facts have taken the need away: the child came back, the paper was withdrawn."""
    ended = replace(task, state=TaskState.VOID, done_at=now, outcome=why, next_at=None)
    return _ended(task, ended, entry(task, "task_void", None, why=why), why)


def _ended(task: Task, ended: Task, line: Entry, cause: str) -> Decision:
    if task.state is not TaskState.OPEN:
        return NOTHING
    return Decision(records=(ended,), entries=(line,), withdrawals=withdrawals(task, cause))


def withdrawals(task: Task, cause: str) -> tuple[Withdrawal, ...]:
    """Take back what waits about a task; nothing waits about one that is not stored yet."""
    if task.id <= 0:
        return ()
    prefixes = [f"task:{task.id}:"]
    if is_about_roll_call(task):
        prefixes += [f"{task.subject}:{one.kind}:" for one in (RollCallDue, RollCallMissing)]
    return tuple(Withdrawal(prefix, cause) for prefix in prefixes)


def is_about_roll_call(task: Task) -> bool:
    """Whether the task's subject is a roll call, morning or evening."""
    return task.subject.startswith(f"{ROLL_CALL}:")


def entry(task: Task, kind: str, by: int | None = None, **public: object) -> Entry:
    """A line of the journal: of the case or child it belongs to, else of the task itself."""
    subject = f"task:{task.id}"
    if task.student_id:
        subject = f"child:{task.student_id}"
    if task.case_id:
        subject = f"case:{task.case_id}"
    number = {"task": task.id} if task.id > 0 else {}
    return Entry(kind, subject, by, {"kind": task.kind, **number, **public})
