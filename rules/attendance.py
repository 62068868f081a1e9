"""What each day was for one child, and what the days add up to (rules.md 2 and 3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from rules.model.attendance import Leave, LeaveState, Mark, MarkKind


class DayState(StrEnum):
    """One school day of one child, after leave is taken into account."""

    SEEN = "seen"  # somebody saw the child and said so
    PRESENT = "present"  # the roll call was taken and nobody missed the child
    ABSENT = "absent"
    EXCUSED = "excused"  # accepted or held leave, home teaching
    UNTAKEN = "untaken"  # 未点名: the roll call is overdue
    PENDING = "pending"  # not due yet


@dataclass(frozen=True)
class DayFact:
    """One school day as it was recorded."""

    on: date
    due_at: datetime
    is_taken: bool
    mark: Mark | None = None


@dataclass(frozen=True)
class Day:
    """One school day as it counts."""

    on: date
    state: DayState


@dataclass(frozen=True)
class LeaveLimits:
    """How many unbroken school days of leave hold the count, by what stands behind them."""

    plain: int = 3
    with_proof: int = 10
    with_leader: int = 20

    def reach(self, leave: Leave) -> int:
        """Return how many unbroken days may be covered when `leave` covers the last of them."""
        if leave.approved_level >= 3:
            return 10_000
        if leave.approved_level >= 1:
            return self.with_leader
        return self.with_proof if leave.has_proof else self.plain


def holds(leave: Leave) -> bool:
    """Tell whether a leave holds the count: neither 先核实 nor refused (rules.md 2)."""
    return leave.state in (LeaveState.OPEN, LeaveState.ACCEPTED)


def read_days(
    facts: Sequence[DayFact], leaves: Iterable[Leave], limits: LeaveLimits, now: datetime
) -> tuple[Day, ...]:
    """Say what each recorded school day was, in order (rules.md 2).

    Leave covers a day only while the unbroken run of covered days is within its limit: three days
    by themselves, ten with a proof, twenty with the school leader, more with the section.
    """
    holding = [leave for leave in leaves if holds(leave)]
    days, run = [], 0
    for fact in facts:
        leave = _leave_on(fact.on, holding)
        is_covered = leave is not None and run < limits.reach(leave)
        state = _state(fact, is_covered=is_covered, now=now)
        run = run + 1 if state is DayState.EXCUSED else 0
        days.append(Day(fact.on, state))
    return tuple(days)


def _leave_on(on: date, leaves: Iterable[Leave]) -> Leave | None:
    """Return the leave that reaches furthest among those that cover the day."""
    covering = [
        leave
        for leave in leaves
        if leave.from_on <= on and (leave.back_on is None or on < leave.back_on)
    ]
    return max(covering, key=lambda leave: (leave.approved_level, leave.has_proof), default=None)


def _state(fact: DayFact, *, is_covered: bool, now: datetime) -> DayState:
    mark = fact.mark
    if mark is not None and mark.kind is MarkKind.PRESENT and not mark.void:
        return DayState.SEEN if mark.seen_by is not None else DayState.PRESENT
    if mark is not None and mark.kind in (MarkKind.LEAVE, MarkKind.HOME_TEACHING):
        return DayState.EXCUSED
    if mark is not None:
        return DayState.EXCUSED if is_covered else DayState.ABSENT
    if fact.is_taken:
        return DayState.PRESENT
    if now < fact.due_at:
        return DayState.PENDING
    return DayState.EXCUSED if is_covered else DayState.UNTAKEN


@dataclass(frozen=True)
class Episode:
    """An absence episode that has not ended."""

    first_on: date
    counted: tuple[date, ...]
    untaken: tuple[date, ...]

    @property
    def count(self) -> int:
        """The number of counted school days."""
        return len(self.counted)


def read_episode(
    days: Iterable[Day], open_since: date | None, unsigned: frozenset[date] = frozenset()
) -> Episode | None:
    """Find the episode that is running at the end of `days`, or None (rules.md 3, X2).

    It starts on the first absent day without accepted leave and ends only when the child is seen.
    A day without roll call counts for a child who is followed and never starts an episode for
    another.  `open_since` is the first day of an episode already followed by a case: from there
    on, a day on which merely nobody missed the child ends nothing.  `unsigned` are days on which
    the child was seen but the return still waits for its second sign: they neither count nor end
    it.
    """
    counted: list[date] = []
    untaken: list[date] = []
    is_followed = False
    for day in days:
        is_followed = is_followed or day.on == open_since
        if _ends_episode(day, is_followed, unsigned):
            counted, untaken, is_followed = [], [], False
        elif day.state is DayState.ABSENT:
            counted.append(day.on)
        elif day.state is DayState.UNTAKEN and (counted or is_followed):
            counted.append(day.on)
            untaken.append(day.on)
    return Episode(counted[0], tuple(counted), tuple(untaken)) if counted else None


def _ends_episode(day: Day, is_followed: bool, unsigned: frozenset[date]) -> bool:
    if day.state is DayState.SEEN:
        return day.on not in unsigned
    return day.state is DayState.PRESENT and not is_followed


def absent_days(days: Iterable[Day]) -> tuple[date, ...]:
    """Return the days on which the child was not at school, excused or not: the running total."""
    return tuple(day.on for day in days if day.state in (DayState.ABSENT, DayState.EXCUSED))


def needs_watch(absent: int, school_days: int, *, share: float, at_least: int) -> bool:
    """Tell whether scattered absence opens a watch item: 10 % of the term so far, at least 3
    days (rules.md 3)."""
    return absent >= at_least and absent >= share * school_days
