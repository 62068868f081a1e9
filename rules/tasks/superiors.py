"""What a superior can do about somebody else's task (rules.md 6): only doing it ends it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from rules.decision import Decision, Record
from rules.messages.staff import Nudge, TaskHandedOver
from rules.model.case import Task, TaskState
from rules.model.people import Level
from rules.refusals import BadInput, NotAllowed, NotNow, OldButton
from rules.tasks.advancing import next_step, pending
from rules.tasks.context import TaskContext
from rules.tasks.finishing import entry
from rules.tasks.schedule import DAY_S, seconds_of

#: Kinds that neither 暂缓几天 nor 已阅 delays.
UNDELAYED = frozenset(
    {"call", "safety", "status_confirm", "report_signature", "report_acknowledgement"}
)
#: Kinds by whose owner the case knows who persuades.
PERSUADING = frozenset({"contact", "home_visit"})
SCHOOL_LEVELS = (Level.LEADER, Level.HEAD)


@dataclass(frozen=True)
class Press:
    """A superior presses a key under a task: who, when, and the task's surroundings."""

    by: int
    now: datetime
    context: TaskContext


def may_press(task: Task, press: Press) -> Level:
    """Return the level at which this person stands above the task's owner.

    Only somebody whom the task, or its case, has reached may press; the owner's leader and head
    always may.  A deputy presses in the place of the absent person.  Else NotAllowed; OldButton
    for a task that has ended.
    """
    return _rank(task, press)[0]


def _rank(task: Task, press: Press) -> tuple[Level, int | None]:
    """The level, and for whom the presser stands in."""
    if task.state is not TaskState.OPEN:
        raise OldButton
    case = press.context.case
    told = max(task.level, case.level if case else 0)
    for rung in press.context.chain.above(task.owner_id):
        if rung.holds(press.by) and (rung.level <= told or rung.level in SCHOOL_LEVELS):
            return rung.level, None if rung.person_id == press.by else rung.person_id
    raise NotAllowed


def nudge(task: Task, press: Press) -> Decision:
    """催一下: press the owner, and the deputy if there is one; at most once an hour each."""
    level, acting_for = _rank(task, press)
    told = press.context.chain.owner(task.owner_id).to_tell
    stamp = f"{press.by}:{press.now:%Y%m%d%H}"
    messages = tuple(
        Nudge(
            to=person,
            item=task.id,
            round=stamp,
            student_id=task.student_id,
            case_id=task.case_id,
            more={"by": press.by, "level": int(level)},
        )
        for person in told
    )
    line = entry(task, "task_nudged", press.by, acting_for=acting_for)
    return Decision(messages=messages, entries=(line,))


def take_over(task: Task, press: Press) -> Decision:
    """我来办: the presser becomes the owner; due time and level stay."""
    _, acting_for = _rank(task, press)
    return _handed(task, press, press.by, acting_for)


def hand_over(task: Task, press: Press, to: int) -> Decision:
    """换人办: somebody else becomes the owner; due time and level stay.

    Who persuades in the case from now on is that person (rules.md 5, the responsible person).
    """
    _, acting_for = _rank(task, press)
    return _handed(task, press, to, acting_for)


def _handed(task: Task, press: Press, to: int, acting_for: int | None) -> Decision:
    if to == task.owner_id:
        raise NotNow("refusals.same_owner")
    changed = replace(task, owner_id=to)
    told = dict.fromkeys((*press.context.chain.owner(task.owner_id).to_tell, to))
    messages = tuple(
        TaskHandedOver(
            to=person,
            item=task.id,
            round=f"{press.now:%Y%m%d%H%M%S}",
            student_id=task.student_id,
            case_id=task.case_id,
            more={"by": press.by, "old": task.owner_id, "new": to},
        )
        for person in told
    )
    line = entry(
        task, "task_handed_over", press.by, old=task.owner_id, new=to, acting_for=acting_for
    )
    return Decision((changed, *_case_of(task, press, to)), messages, (line,))


def _case_of(task: Task, press: Press, to: int) -> tuple[Record, ...]:
    case = press.context.case
    if case is None or task.kind not in PERSUADING:
        return ()
    return (replace(case, responsible_id=to),)


def pause(task: Task, press: Press, until: date, reason: str) -> Decision:
    """暂缓几天: the climb waits until a day at most 3 working days away, with a reason.

    Once per level; never the call task of the whereabouts clock, safety, status or report.
    """
    level, acting_for = _delaying(task, press)
    if level in task.paused_levels:
        raise NotNow("refusals.paused_already")
    if not reason.strip():
        raise BadInput("pause_reason")
    days = _working_days_until(press, until)
    changed = replace(task, paused_levels=(*task.paused_levels, level))
    line = entry(task, "task_paused", press.by, level=int(level), days=days, acting_for=acting_for)
    line = replace(line, personal={"reason": reason.strip(), "until": until.isoformat()})
    return Decision((_delayed(changed, press, days * DAY_S),), entries=(line,))


def _working_days_until(press: Press, until: date) -> int:
    """How many working days off `until` is; BadInput unless 1 to 3."""
    calendar = press.context.calendar
    at_most = press.context.policy.engine.pause_at_most_working_days
    today = calendar.local_date(press.now)
    if today < until <= calendar.nth_working_day_after(today, at_most):
        days = len(calendar.working_days(today, until)) - calendar.is_working_day(today)
        if days:
            return days
    raise BadInput("pause_until", at_most=at_most)


def note(task: Task, press: Press) -> Decision:
    """已阅: delays the climb by one step, once per task and level; refused like a pause."""
    level, acting_for = _delaying(task, press)
    if level in task.noted_levels:
        raise NotNow("refusals.noted_already")
    changed = replace(task, noted_levels=(*task.noted_levels, level))
    step = seconds_of(press.context.policy.engine.note_delays_by)
    line = entry(task, "task_noted", press.by, level=int(level), acting_for=acting_for)
    return Decision((_delayed(changed, press, step),), entries=(line,))


def _delaying(task: Task, press: Press) -> tuple[Level, int | None]:
    rank = _rank(task, press)
    if task.kind in UNDELAYED:
        raise NotNow("refusals.not_delayed")
    return rank


def _delayed(task: Task, press: Press, seconds: int) -> Task:
    """The same task with its climb moved; reminders keep their time."""
    moved = replace(task, shift_s=task.shift_s + seconds)
    instants = [step.at for step in pending(moved, press.context)]
    return replace(
        moved, next_at=min(instants, default=next_step(moved, press.context, press.now))
    )
