"""What the engine does about each kind of task: due, remind, climb, repeat (rules.md 6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum

from rules.calendar import SchoolCalendar
from rules.policy.spans import Span, Unit, When, clock, due


class Level(StrEnum):
    """The rungs above the owner, lowest first; `TaskPolicy.climb` has an entry for each."""

    LEADER = "leader"
    HEAD = "head"
    SECTION = "section"
    BUREAU_LEADER = "bureau_leader"


class ClimbFrom(StrEnum):
    """The instant that the spans of `climb` are counted from."""

    OPENING = "opening"
    DUE = "due"


def whens(*texts: str) -> tuple[When, ...]:
    """Read spans and clock times as a county writes them."""
    return tuple(clock(text) if ":" in text else Span.parse(text) for text in texts)


@dataclass(frozen=True)
class TaskPolicy:
    """The numbers of one kind of task."""

    #: From the opening, or a clock time on that day.
    due: When = field(default=Span(1, Unit.SCHOOL_DAYS))
    #: Spans from the due time (negative: before), or clock times on the day it is due.
    remind: tuple[When, ...] = field(default=whens("-2h", "0m"), metadata={"may_be_before": True})
    #: Then at these clock times of every school day until done.
    daily: tuple[time, ...] = (time(8), time(16))
    #: The entries of `remind` that ring; the others are silent.
    ring: tuple[When, ...] = field(default=(), metadata={"may_be_before": True})
    #: When leader, head, section and bureau leader are told; empty: another clock decides.
    climb: tuple[When, ...] = whens("1 working day", "2 working days", "3 working days")
    climb_from: ClimbFrom = ClimbFrom.DUE
    climb_to: Level = Level.SECTION
    #: At its top level it is told again so often; None: never.
    top_repeat: Span | None = field(default=Span(1, Unit.DAYS))

    def due_at(self, opened_at: datetime, calendar: SchoolCalendar) -> datetime:
        """Return when a task opened at `opened_at` is due (rules.md 6).

        A clock time that is over when the task opens is meant on the next school day.
        """
        at = due(self.due, opened_at, calendar)
        if isinstance(self.due, time) and at <= opened_at:
            return calendar.add_school_days(at, 1)
        return at

    def climbs_at(
        self, level: Level, opened_at: datetime, due_at: datetime, calendar: SchoolCalendar
    ) -> datetime | None:
        """Return when `level` is told of a task that is still open (rules.md 6).

        Levels beyond the last entry of `climb` follow one working day apart.  None where the
        task does not climb so high, or where another clock decides (no entry at all).
        """
        rung = list(Level).index(level)
        if not self.climb or rung > list(Level).index(self.climb_to):
            return None
        start_at = opened_at if self.climb_from is ClimbFrom.OPENING else due_at
        at = due(self.climb[min(rung, len(self.climb) - 1)], start_at, calendar)
        return calendar.add_working_days(at, max(rung - len(self.climb) + 1, 0))

    def reminds_at(
        self, opened_at: datetime, due_at: datetime, calendar: SchoolCalendar, short: Span
    ) -> tuple[tuple[datetime, bool], ...]:
        """Return the instants of `remind` after the opening, in order, each with "it rings".

        Reminders a span before due are left out where the time from opening to due is not
        longer than `short` (rules.md 6: 2 h before where the window is longer than 3 h).
        """
        is_short = due_at - opened_at <= short.within
        entries = [
            (due(entry, due_at, calendar), entry in self.ring)
            for entry in self.remind
            if not (is_short and isinstance(entry, Span) and entry.amount < 0)
            or entry in self.ring
        ]
        return tuple(sorted(one for one in entries if one[0] > opened_at))

    def daily_after(self, at: datetime, calendar: SchoolCalendar) -> datetime | None:
        """Return the first daily reminder after `at`, on a school day; None if the kind has none.

        Where no school day is known any more, working days take their place (rules.md 6).
        """
        if not self.daily:
            return None
        on = calendar.local_date(at)
        is_beyond = calendar.next_school_day(on) is None and calendar.is_working_day(on)
        today = sorted(calendar.at_local(on, one) for one in self.daily)
        later = [one for one in today if one > at]
        if later and (calendar.is_school_day(on) or is_beyond):
            return later[0]
        on = calendar.next_school_day(on) or calendar.next_working_day(on)
        return calendar.at_local(on, min(self.daily))


_LEADER = {"climb": whens("1 working day"), "climb_to": Level.LEADER}
_BUREAU = {
    "climb": whens("1 working day", "2 working days", "3 working days", "4 working days"),
    "climb_to": Level.BUREAU_LEADER,
}
#: Nobody of the school stands above a township: section first, then bureau leader.
_TOWNSHIP = {
    "climb": whens("1 working day", "1 working day", "1 working day", "2 working days"),
    "climb_to": Level.BUREAU_LEADER,
}
_OWN_CLOCK = {"climb": (), "daily": ()}
_ALL_AT_DUE = {"climb": whens("0m", "0m", "0m")}


def _kind(due: str, **changes: object) -> TaskPolicy:
    return TaskPolicy(due=whens(due)[0], **changes)  # type: ignore[arg-type]


def default_tasks() -> Mapping[str, TaskPolicy]:
    """Return the numbers of every kind of task; policy.toml names the paragraph of each."""
    return (
        _daily_tasks()
        | _leave_tasks()
        | _case_tasks()
        | _ladder_tasks()
        | _record_tasks()
        | _safety_tasks()
        | _report_tasks()
        | _reconciling_tasks()
    )


def _daily_tasks() -> dict[str, TaskPolicy]:
    return {
        "roll_call": _kind(
            "09:00",
            remind=whens("08:40", "09:00", "09:20"),
            ring=whens("08:40"),
            climb=whens("09:30", "16:00", "1 working day"),
        ),
        "evening_roll_call": _kind(
            "21:00",
            remind=whens("20:50", "21:00"),
            ring=whens("20:50"),
            climb=whens("15m", "30m", "1 working day"),
        ),
        "bulk_guard": _kind("30m", remind=whens("0m"), **_OWN_CLOCK),
        "watch": _kind("3 school days"),
    }


def _leave_tasks() -> dict[str, TaskPolicy]:
    return {
        "leave_claim": _kind(
            "09:00", remind=whens("08:40"), **_OWN_CLOCK | {"climb_to": Level.LEADER}
        ),
        "leave_decision": _kind("1 school day", **_LEADER),
        "leave_proof": _kind("3 school days", **_LEADER),
        "leave_limit": _kind("1 school day"),
    }


def _case_tasks() -> dict[str, TaskPolicy]:
    return {
        "call": _kind("90m", remind=whens("0m"), **_BUREAU | {"climb": ()}),
        "callback": _kind(
            "2h",
            remind=whens("-30m", "0m"),
            ring=whens("-30m"),
            **_BUREAU
            | {"climb": whens("2h", "1 working day", "2 working days", "3 working days")},
        ),
        "contact": _kind("3 school days"),
        "home_visit": _kind("1 school day"),
        "leader_visit": _kind("1 school day"),
        "return_sign": _kind("1 school day"),
        "status_confirm": _kind("1 school day", **_BUREAU),
        "objection": _kind("1 working day", **_BUREAU),
        "closing_approval": _kind("1 school day"),
        "transfer_confirm": _kind("2 working days"),
        "poverty_support": _kind("5 working days", **_ALL_AT_DUE),
        "mental_health": _kind("16:00"),
    }


def _ladder_tasks() -> dict[str, TaskPolicy]:
    return {
        "notice_prepare": _kind("1 school day", **_BUREAU),
        "notice_approval": _kind("1 school day", **_BUREAU),
        "notice_service": _kind("2 school days", **_BUREAU),
        "report_signature": _kind("1 school day", **_BUREAU),
        "report_acknowledgement": _kind("1 working day", **_BUREAU),
        "joint_issue": _kind("1 working day", **_BUREAU),
        "township_delivery": _kind("2 working days", **_BUREAU),
        "county_delivery": _kind("2 working days", **_BUREAU),
        "township_acceptance": _kind("2 working days", **_TOWNSHIP),
        "township_dispute": _kind("1 working day", **_BUREAU),
        "joint_contact": _kind("5 school days", **_TOWNSHIP),
        "joint_company": _kind("2 school days", **_BUREAU),
        "reassignment": _kind("1 school day"),
        "work_referral": _kind("2 working days"),
        "suspension_end": _kind("5 school days"),
    }


def _record_tasks() -> dict[str, TaskPolicy]:
    return {
        "register_correction": _kind("1 working day"),
        "correction_approval": _kind("1 school day"),
        "contact_repair": _kind("3 school days", **_LEADER),
        "data_repair": _kind("3 school days", **_LEADER),
        "binding": _kind("1 school day", **_LEADER),
        "roster_check": _kind("3 school days"),
        "gap": _kind("1 working day"),
        "calendar_unknown": _kind("30d"),
        "transfer_verify": _kind("5 working days"),
        "transfer": _kind("30d"),
    }


def _safety_tasks() -> dict[str, TaskPolicy]:
    half_hour = Span(30)
    return {
        "safety": _kind(
            "15m",
            remind=(),
            top_repeat=half_hour,
            **_OWN_CLOCK | {"climb_to": Level.BUREAU_LEADER},
        ),
        "found_line": _kind("30m", climb=whens("0m", "30m", "60m")),
        "danger": _kind("2h", remind=whens("0m"), climb=()),
    }


def _report_tasks() -> dict[str, TaskPolicy]:
    next_day = whens("1 working day", "1 working day", "1 working day")
    return {
        "weekly_report": _kind(
            "12:00", remind=whens("-1h", "0m"), ring=whens("-1h"), climb=next_day
        ),
        "report_check": _kind("16:00", climb=whens("0m", "0m"), climb_to=Level.HEAD),
        "periodic_report": _kind("3 working days", climb=next_day),
        "county_report": _kind(
            "10 working days", climb=(*next_day, *next_day[:1]), climb_to=Level.BUREAU_LEADER
        ),
    }


def _reconciling_tasks() -> dict[str, TaskPolicy]:
    return {
        "reconciliation": _kind("14d"),
        "attends_here": _kind("2 working days"),
        "arrival_confirm": _kind("2 working days"),
        "register_transfer": _kind("30d"),
        "enrol": _kind("10 working days"),
        "list_review": _kind("3 school days"),
        "doorstep": _kind("10 working days"),
        "doorstep_check": _kind("2 working days"),
        "placement_assessment": _kind("20 working days"),
    }
