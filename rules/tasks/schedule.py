"""When a task is reminded of, and when it climbs (rules.md 6 and 7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import accumulate

from rules.calendar import SchoolCalendar
from rules.model.case import Task
from rules.model.people import Level
from rules.policy import Level as Climb
from rules.policy import Policy, Span, Unit, due

CALL = "call"
DAY_S = 86_400


class What(StrEnum):
    """What a step does."""

    REMIND = "remind"
    RING = "ring"
    CLIMB = "climb"


@dataclass(frozen=True)
class Step:
    """One thing that time does about a task; `level` is who is told, `number` counts reminders."""

    at: datetime
    what: What
    level: Level = Level.OWNER
    number: int = 0


def steps(
    task: Task, policy: Policy, calendar: SchoolCalendar, *, is_early: bool = False
) -> tuple[Step, ...]:
    """All reminders and climbs of a task, in order, until it has reached its top (rules.md 6).

    The reminders of every school day at 08:00 and 16:00 that follow are the digests themselves,
    which name whatever is open; the repeats at the top are counted by `repeat_from`.
    """
    both = (
        *_reminders(task, policy, calendar),
        *climbs(task, policy, calendar, is_early=is_early),
    )
    return tuple(sorted(both, key=lambda step: (step.at, step.level)))


def _reminders(task: Task, policy: Policy, calendar: SchoolCalendar) -> tuple[Step, ...]:
    instants = policy.tasks[task.kind].reminds_at(
        task.opened_at, task.due_at, calendar, policy.engine.short_window
    )
    return tuple(
        Step(at, What.RING if rings else What.REMIND, number=number)
        for number, (at, rings) in enumerate(instants)
    )


def climbs(
    task: Task, policy: Policy, calendar: SchoolCalendar, *, is_early: bool = False
) -> tuple[Step, ...]:
    """When each level is told, lowest first; empty where another clock decides (rules.md 6)."""
    if task.kind == CALL:
        planned = _whereabouts(task, policy, calendar, is_early=is_early)
    else:
        planned = _planned(task, policy, calendar)
    moved = [shifted(at, task.shift_s, calendar) for at in planned]
    return tuple(
        Step(at, What.CLIMB, Level(number + 1)) for number, at in enumerate(accumulate(moved, max))
    )


def _planned(task: Task, policy: Policy, calendar: SchoolCalendar) -> list[datetime]:
    kind = policy.tasks[task.kind]
    instants = (kind.climbs_at(one, task.opened_at, task.due_at, calendar) for one in Climb)
    return [at for at in instants if at is not None]


def _whereabouts(
    task: Task, policy: Policy, calendar: SchoolCalendar, *, is_early: bool
) -> list[datetime]:
    """The whereabouts clock, from the alert on (rules.md 7).

    Leader after 2 h, head after 3 h, section at 14:00 for the young, boarders and children with a
    category, at 16:00 for the others, bureau leader at 17:00; and no level before the level below
    has had 30 min.
    """
    clock, on = policy.whereabouts, calendar.local_date(task.opened_at)
    nominal = (
        task.opened_at + clock.leader_after.within,
        task.opened_at + clock.head_after.within,
        calendar.at_local(on, clock.section_at_early if is_early else clock.section_at),
        calendar.at_local(on, clock.bureau_at),
    )
    wait = clock.min_between_levels.within
    spaced = list(accumulate(nominal, lambda below, at: max(below + wait, at)))
    return spaced[: top_level(task, policy)]


def top_level(task: Task, policy: Policy) -> Level:
    """The level that bounds the task's own climb (`climb_to`)."""
    return Level(list(Climb).index(policy.tasks[task.kind].climb_to) + 1)


def shifted(at: datetime, shift_s: int, calendar: SchoolCalendar) -> datetime:
    """Move a climb by what pauses and notes add up to; a whole day is a working day."""
    days, seconds = divmod(shift_s, DAY_S)
    moved = calendar.add_working_days(at, days) if days else at
    return moved + timedelta(seconds=seconds)


def seconds_of(span: Span) -> int:
    """A span as a shift; days of any kind are working days."""
    return span.amount * 60 if span.unit is Unit.MINUTES else span.amount * DAY_S


def repeat_from(
    task: Task, policy: Policy, calendar: SchoolCalendar, not_before: datetime, anchor: datetime
) -> datetime | None:
    """The first repeat at the top at or after `not_before`; None if the kind has none.

    Repeats follow the `anchor` by `top_repeat`; one that is counted in days and falls on a day
    off comes on the next working day (rules.md 6, `top_repeat`).
    """
    span = policy.tasks[task.kind].top_repeat
    if span is None:
        return None
    at = due(span, anchor, calendar)
    while _on_a_working_day(at, span, calendar) < not_before:
        at = due(span, at, calendar)
    return _on_a_working_day(at, span, calendar)


def _on_a_working_day(at: datetime, span: Span, calendar: SchoolCalendar) -> datetime:
    on = calendar.local_date(at)
    is_open = calendar.is_school_day(on) or calendar.is_working_day(on)
    if span.unit is Unit.MINUTES or is_open:
        return at
    return calendar.moved(at, calendar.next_working_day(on))
