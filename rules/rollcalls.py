"""A class's roll call as a whole: asked for, filled in, submitted, released (rules.md 2)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime

from rules.calendar import SchoolCalendar
from rules.model.attendance import RollCall, RollCallState, Session
from rules.model.school import SchoolClass
from rules.policy import Policy
from rules.refusals import NotNow

#: What a tap on a name leads to, in the order of the taps.
CYCLE = ("absent", "sick", "family", "present")
#: A claim with the way in which the family said so.
NAMED = {
    "sick_call": ("sick", "call"),
    "sick_in_person": ("sick", "in_person"),
    "family_call": ("family", "call"),
    "family_in_person": ("family", "in_person"),
}
MISSING = frozenset({"absent", "sick", "family", *NAMED})


def plan(
    school_class: SchoolClass,
    on: date,
    session: Session,
    calendar: SchoolCalendar,
    policy: Policy,
) -> RollCall:
    """Return the roll call of a class and day: asked at 08:10 and due at 09:00; for boarders
    20:30 and 21:00 (rules.md 2)."""
    clocks = policy.roll_call
    ask, due = clocks.ask_at, clocks.due_at
    if session is Session.EVENING:
        ask, due = clocks.evening_ask_at, clocks.evening_due_at
    ask_at = calendar.at_local(on, ask)
    return RollCall(
        id=0,
        class_id=school_class.id,
        school_id=school_class.school_id,
        on=on,
        session=session,
        ask_at=ask_at,
        due_at=calendar.at_local(on, due),
        next_at=ask_at,
    )


def picked(roll_call: RollCall) -> dict[int, str]:
    """Return what has been tapped so far, by child."""
    return dict(roll_call.picks)


def on_the_grid(value: str) -> str:
    """What a name in the grid shows of a tap: not who asked for the leave, and of a child who was
    called from above the grid when it was still followed, whether it is there."""
    plain = value.partition("_")[0]
    return {"seen": "present", "not": "absent"}.get(plain, plain)


def pick(roll_call: RollCall, student_id: int, value: str) -> RollCall:
    """Set what one child's tap says; a value is set, never toggled, so that no tap is stale."""
    if roll_call.state is not RollCallState.OPEN:
        raise NotNow
    picks = picked(roll_call)
    picks.pop(student_id, None)
    if value != "present":
        picks[student_id] = value
    return replace(roll_call, picks=tuple(picks.items()))


def name_claimant(roll_call: RollCall, student_id: int, way: str | None) -> RollCall:
    """[家长来电] [家长当面] [没人说], asked between submission and release."""
    picks = picked(roll_call)
    claim = picks.get(student_id, "")
    if roll_call.state is not RollCallState.SUBMITTED or claim not in ("sick", "family"):
        raise NotNow
    picks[student_id] = f"{claim}_{way}" if way else "absent"
    return replace(roll_call, picks=tuple(picks.items()))


def missing(roll_call: RollCall) -> tuple[int, ...]:
    """Return the children whom the teacher tapped as not there."""
    return tuple(child for child, value in roll_call.picks if value in MISSING)


def submit(roll_call: RollCall, by: int | None, now: datetime, policy: Policy) -> RollCall:
    """Hand it in: the families are told three minutes later, so that a mis-tap alarms nobody."""
    if roll_call.state is not RollCallState.OPEN:
        raise NotNow
    release_at = now + policy.alerts.after_submission.within
    return replace(
        roll_call,
        state=RollCallState.SUBMITTED,
        submitted_at=now,
        submitted_by=by,
        release_at=release_at,
        next_at=release_at,
    )


def take_back(roll_call: RollCall) -> RollCall:
    """[改一下] within the three minutes; what was tapped stays."""
    if roll_call.state is not RollCallState.SUBMITTED:
        raise NotNow
    return replace(
        roll_call,
        state=RollCallState.OPEN,
        release_at=None,
        next_at=None,
    )


def tell_now(roll_call: RollCall, now: datetime) -> RollCall:
    """[现在通知]: no need to wait."""
    if roll_call.state is not RollCallState.SUBMITTED:
        raise NotNow
    return replace(roll_call, release_at=now, next_at=now)


def release(roll_call: RollCall) -> RollCall:
    """The marks are written and the families told."""
    return replace(roll_call, state=RollCallState.RELEASED, next_at=None)


@dataclass(frozen=True)
class SchoolToday:
    """How many children the school expects, and how many its released roll calls miss."""

    expected: int
    missing: int


def is_suspicious(school: SchoolToday, newly: Collection[int], policy: Policy) -> bool:
    """Tell whether so many are missing that a person should look first: 40 % of the school, at
    least 20 children (architecture.md, Bulk guard).

    `newly` are the children whom this roll call misses: without any there is nothing to hold.
    """
    guard, total = policy.bulk_guard, school.missing + len(newly)
    share = guard.percent_of_school * school.expected
    return bool(newly) and total >= guard.at_least_children and 100 * total >= share


def hold(roll_call: RollCall, now: datetime, policy: Policy) -> RollCall:
    """Hold it for a school leader; asked again later, released by itself after an hour."""
    return replace(
        roll_call,
        state=RollCallState.HELD,
        release_at=now + policy.bulk_guard.released_after.within,
        next_at=now + policy.bulk_guard.section_asked_after.within,
    )


def go_on_holding(roll_call: RollCall, now: datetime, policy: Policy) -> RollCall:
    """Held on: looked at again when the section is to be asked, then when it is released."""
    guard, release_at = policy.bulk_guard, roll_call.release_at or now
    ask_at = release_at - guard.released_after.within + guard.section_asked_after.within
    return replace(roll_call, next_at=ask_at if now < ask_at else release_at)
