"""What time does about a task: every step that has come due, once (rules.md 6)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from rules.chain import Gap, Reach
from rules.decision import NOTHING, Decision
from rules.model.case import Case, Task, TaskState
from rules.model.people import Level
from rules.tasks.context import TaskContext
from rules.tasks.finishing import entry
from rules.tasks.gaps import open_gaps
from rules.tasks.schedule import Step, What, climbs, repeat_from, steps, top_level
from rules.tasks.telling import climbed, reminders, repeated

INSTANT = timedelta(microseconds=1)


def advance(task: Task, context: TaskContext, now: datetime) -> Decision:
    """Do everything about a task that has come due, and say when to look again (rules.md 6).

    After an outage a task is told to everyone whom it should have reached, one message each;
    reminders that were missed collapse into one.  An outage resets no clock.  Nothing happens to
    a task that has ended, or before its next step.
    """
    if task.state is not TaskState.OPEN or task.next_at is None or now < task.next_at:
        return NOTHING
    due = tuple(step for step in pending(task, context) if step.at <= now)
    reminding = tuple(step for step in due if step.what is not What.CLIMB)
    climbing = tuple(step for step in due if step.what is What.CLIMB)
    if not climbing and reminding:
        climbing = _instead_of_owner(task, context, reminding[0])
    ascent = _ascend(task, context, climbing)
    repeat_at = _repeat_due(task, context, now)
    changed = replace(
        task,
        level=ascent.level,
        step=task.step + len(due) + (repeat_at is not None),
    )
    changed = replace(changed, next_at=next_step(changed, context, now))
    return (
        Decision(records=(changed,))
        + _remind(task, context, reminding, now)
        + _climb(task, context, ascent, now)
        + _repeat(task, context, repeat_at)
    )


def pending(task: Task, context: TaskContext) -> tuple[Step, ...]:
    """The steps that have not happened: reminders from `next_at` on, levels not yet told.

    A task does not climb where its owner already stands at or above its bound.
    """
    may_climb = context.chain.level_of(task.owner_id) < top_level(task, context.policy)
    since = task.next_at
    return tuple(
        step
        for step in steps(task, context.policy, context.calendar, is_early=context.is_early)
        if (step.what is What.CLIMB and may_climb and step.level > task.level)
        or (step.what is not What.CLIMB and since is not None and step.at >= since)
    )


def next_step(task: Task, context: TaskContext, now: datetime) -> datetime | None:
    """When time does something about the task next, after `now`."""
    task = replace(task, next_at=now + INSTANT)
    left = pending(task, context)
    instants = [step.at for step in left]
    if not any(step.what is What.CLIMB for step in left):
        instants += _repeats(task, context, now + INSTANT)
    return min(instants, default=None)


def _repeats(task: Task, context: TaskContext, since: datetime) -> list[datetime]:
    """The next repeat at the top, if there is one.

    A kind that neither climbs nor is reminded of daily has another clock altogether.
    """
    calendar, policy = context.calendar, context.policy
    planned = climbs(task, policy, calendar, is_early=context.is_early)
    if not planned and not context.kind(task).daily:
        return []
    anchor = planned[-1].at if planned else task.due_at
    at = repeat_from(task, policy, calendar, since, anchor)
    return [] if at is None else [at]


def _repeat_due(task: Task, context: TaskContext, now: datetime) -> datetime | None:
    """The repeat that has come due; several missed ones are one."""
    is_at_top = not any(step.what is What.CLIMB for step in pending(task, context))
    if task.next_at is None or not is_at_top:
        return None
    return next((at for at in _repeats(task, context, task.next_at) if at <= now), None)


def _instead_of_owner(task: Task, context: TaskContext, step: Step) -> tuple[Step, ...]:
    """An owner who cannot be reached is a level that is skipped at once: the next one is told at
    the first reminder (rules.md 6, The chain)."""
    is_reached = context.chain.owner(task.owner_id).is_manned or task.level > Level.OWNER
    if is_reached or not any(one.what is What.CLIMB for one in pending(task, context)):
        return ()
    return (Step(step.at, What.CLIMB, Level.LEADER),)


@dataclass(frozen=True)
class _Ascent:
    """How far a task has climbed by now."""

    level: int
    reaches: tuple[tuple[Step, Reach], ...] = ()

    @property
    def gaps(self) -> tuple[Gap, ...]:
        return tuple(dict.fromkeys(gap for _, reach in self.reaches for gap in reach.gaps))


def _ascend(task: Task, context: TaskContext, due: tuple[Step, ...]) -> _Ascent:
    """Climb level by level; a level that is skipped is passed at once."""
    ascent = _Ascent(task.level)
    for step in due:
        if step.level > ascent.level:
            reach = context.chain.reach(step.level, task.owner_id)
            level = step.level if reach.level is None else reach.level
            ascent = _Ascent(level, (*ascent.reaches, (step, reach)))
    return ascent


def _remind(task: Task, context: TaskContext, due: tuple[Step, ...], now: datetime) -> Decision:
    messages = reminders(task, due, context, now) if due else ()
    if not messages:
        return NOTHING
    line = entry(task, "task_reminded", planned_at=due[0].at.isoformat(), times=len(due))
    return Decision(messages=messages, entries=(line,))


def _climb(task: Task, context: TaskContext, ascent: _Ascent, now: datetime) -> Decision:
    decision, case, known = NOTHING, context.case, set[int]()
    heard = context.heard
    for step, reach in ascent.reaches:
        level = step.level if reach.level is None else reach.level
        has_joined = case is not None and heard >= level
        told = () if has_joined else tuple(one for one in reach.persons if one not in known)
        known |= set(told)
        heard = max(heard, level)
        case = case if case is None or case.level >= level else _risen(case, level, now)
        decision += _told(task, step, level, told, reach.gaps)
    if case is not None and case != context.case:
        decision += Decision(records=(case,))
    return decision + open_gaps(task, context, _with_owner(task, context, ascent), now)


def _risen(case: Case, level: Level, now: datetime) -> Case:
    """A case has one climb: its level is the highest that any of its tasks has ever earned."""
    return replace(case, level=int(level), level_at=now)


def _told(
    task: Task, step: Step, level: Level, told: tuple[int, ...], gaps: tuple[Gap, ...]
) -> Decision:
    """The messages, and the line that keeps who was responsible when."""
    line = entry(
        task,
        "task_climbed",
        level=int(level),
        told=list(told),
        skipped=[int(gap.level) for gap in gaps],
        planned_at=step.at.isoformat(),
    )
    return Decision(messages=climbed(task, told, level), entries=(line,))


def _with_owner(task: Task, context: TaskContext, ascent: _Ascent) -> tuple[Gap, ...]:
    owner = context.chain.owner(task.owner_id)
    is_gap = ascent.reaches and not owner.is_manned
    return ((Gap(Level.OWNER, task.school_id),) if is_gap else ()) + ascent.gaps


def _repeat(task: Task, context: TaskContext, at: datetime | None) -> Decision:
    if at is None:
        return NOTHING
    line = entry(task, "task_repeated", level=task.level, planned_at=at.isoformat())
    return Decision(messages=repeated(task, context, at), entries=(line,))
