"""Opening a task, and giving an open one another due time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import NotRequired, TypedDict, Unpack

from rules.calendar import SchoolCalendar
from rules.model.case import Task
from rules.policy import Policy
from rules.tasks.schedule import steps


class Terms(TypedDict):
    """What a task is opened with: the numbers, the days, and what it belongs to."""

    policy: Policy
    calendar: SchoolCalendar
    due_at: NotRequired[datetime | None]
    student_id: NotRequired[int | None]
    case_id: NotRequired[int | None]
    school_id: NotRequired[int | None]
    class_id: NotRequired[int | None]
    shift_s: NotRequired[int]
    outcome: NotRequired[str | None]
    note: NotRequired[str | None]


def open_task(
    kind: str, subject: str, owner_id: int, *, now: datetime, id: int = 0, **terms: Unpack[Terms]
) -> Task:
    """Open a task for one person, with the due time of its kind unless one is given (rules.md 6).

    `id` is the placeholder under which the same decision points to it.
    """
    policy, calendar = terms["policy"], terms["calendar"]
    task = Task(
        id=id,
        kind=kind,
        subject=subject,
        owner_id=owner_id,
        opened_at=now,
        due_at=terms.get("due_at") or policy.tasks[kind].due_at(now, calendar),
        student_id=terms.get("student_id"),
        case_id=terms.get("case_id"),
        school_id=terms.get("school_id"),
        class_id=terms.get("class_id"),
        shift_s=terms.get("shift_s", 0),
        outcome=terms.get("outcome"),
        note=terms.get("note"),
    )
    return replace(task, next_at=_first(task, policy, calendar, task.opened_at))


def reschedule(
    task: Task, due_at: datetime, policy: Policy, calendar: SchoolCalendar, now: datetime
) -> Task:
    """Give an open task another due time, as after 退回修改; the levels already told stay told."""
    changed = replace(task, due_at=due_at)
    return replace(changed, next_at=_first(changed, policy, calendar, now))


def _first(
    task: Task, policy: Policy, calendar: SchoolCalendar, since: datetime
) -> datetime | None:
    """The next reminder after `since`, or the next climb; at the top, the new due time."""
    planned = [
        step.at
        for step in steps(task, policy, calendar)
        if (step.level == 0 and step.at > since) or step.level > task.level
    ]
    return min(planned, default=task.due_at if task.level else None)
