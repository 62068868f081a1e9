"""Who hears what when a task is reminded of, or climbs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from rules.messages.base import Message
from rules.messages.staff import (
    DeadlineNear,
    NobodyAnswered,
    RollCallDue,
    RollCallMissing,
    RollCallNear,
    TaskClimbed,
    TaskReminder,
)
from rules.model.case import Task
from rules.model.people import Level
from rules.tasks.context import TaskContext
from rules.tasks.finishing import is_about_roll_call
from rules.tasks.schedule import CALL, Step, What

#: Up to this level a missing roll call can be taken in the teacher's place ([代点名]).
SCHOOL_LEVELS = (Level.LEADER, Level.HEAD)


def reminders(
    task: Task, due: tuple[Step, ...], context: TaskContext, now: datetime
) -> tuple[Message, ...]:
    """Remind the owner, and the deputy if there is one, once of all that has come due.

    A reminder of a deadline within the hour rings, one ring for all that are near; one that
    comes late, after an outage, waits for the digest like all others (rules.md 6, Noise).
    """
    last = due[-1]
    is_near = any(step.what is What.RING for step in due) and now < task.due_at
    told = context.chain.owner(task.owner_id).to_tell
    stamp = f"{task.due_at:%Y%m%d%H%M}:{last.number}"
    return tuple(_reminder(task, person, stamp, context, is_near=is_near) for person in told)


def _reminder(
    task: Task, person: int, stamp: str, context: TaskContext, *, is_near: bool
) -> Message:
    if is_about_roll_call(task):
        message = RollCallNear if is_near else RollCallDue
        return message(to=person, item=_roll_call(task), round=stamp)
    if task.kind == CALL:
        on = context.calendar.local_date(task.opened_at)
        return _about(NobodyAnswered, task, person, stamp, f"nobody:{on}")
    if is_near:
        on = context.calendar.local_date(task.due_at)
        return _about(DeadlineNear, task, person, stamp, f"near:{on}")
    return _about(TaskReminder, task, person, stamp)


def climbed(task: Task, persons: Iterable[int], level: Level) -> tuple[Message, ...]:
    """Tell the people of one level; all that reaches a person from one school is one message."""
    if is_about_roll_call(task) and level in SCHOOL_LEVELS:
        return tuple(
            RollCallMissing(
                to=person,
                item=_roll_call(task),
                round=f"L{level:d}",
                group=f"missing:{task.school_id}",
            )
            for person in persons
        )
    group = f"climb:{task.school_id}"
    return tuple(
        _about(TaskClimbed, task, person, f"L{level:d}", group, level=level) for person in persons
    )


def repeated(task: Task, context: TaskContext, at: datetime) -> tuple[Message, ...]:
    """Tell the top level again: a line of the digest (rules.md 6, `top_repeat`)."""
    level = Level(task.level)
    stamp = f"top:{at:%Y%m%d%H%M}"
    return tuple(
        _about(TaskReminder, task, person, stamp, level=level)
        for person in _at_the_top(task, context)
    )


def _at_the_top(task: Task, context: TaskContext) -> tuple[int, ...]:
    """Who stands at the task's level today, or else nearest above or below it."""
    chain = context.chain
    above = chain.above(task.owner_id)
    nearest = sorted(above, key=lambda one: (abs(one.level - task.level), -one.level))
    found = [one for one in nearest if one.is_manned] if task.level else []
    if not found:
        return chain.owner(task.owner_id).to_tell
    same = [one.to_tell for one in found if one.level == found[0].level]
    told = dict.fromkeys(person for persons in same for person in persons)
    return tuple(person for person in told if person != task.owner_id)


def _about(
    message: type[Message],
    task: Task,
    person: int,
    stamp: str,
    group: str | None = None,
    level: Level = Level.OWNER,
) -> Message:
    return message(
        to=person,
        item=task.id,
        round=stamp,
        group=group,
        student_id=task.student_id,
        case_id=task.case_id,
        more={"level": int(level)},
    )


def _roll_call(task: Task) -> int:
    return int(task.subject.rpartition(":")[2])
