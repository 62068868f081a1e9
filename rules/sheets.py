"""An attendance sheet: the same path as the teacher's taps, once per row however often it is sent
(rules.md 2)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from rules.model.attendance import RollCall, RollCallState
from rules.policy import Policy
from rules.rollcalls import missing, picked, submit

PRESENT = "present"
#: One child and what the sheet says: present, absent, sick or family.
Row = tuple[int, str]


@dataclass(frozen=True)
class Known:
    """Children of whom the record already says something: a mark of that day, or an open case."""

    marked: Collection[int] = ()
    followed: Collection[int] = ()


def is_news(roll_call: RollCall | None, row: Row, *, is_marked: bool) -> bool:
    """Whether one row adds anything: what is recorded stands, a tap on a child stands above it."""
    child, says = row
    is_open = roll_call is None or roll_call.state is RollCallState.OPEN
    if says == PRESENT:
        return is_open
    return not is_marked and (roll_call is None or is_open or child not in missing(roll_call))


def take(
    roll_call: RollCall, rows: Sequence[Row], known: Known, by: int | None, now: datetime
) -> RollCall:
    """Return the roll call with what the sheet adds; unchanged when that is nothing.

    到校 never ends an open episode: a followed child stays untapped, so that its line stays on
    the card.  One that was released goes the same way once more, for what was added; while it is
    held, what was added is recorded at once.
    """
    news = [row for row in rows if is_news(roll_call, row, is_marked=row[0] in known.marked)]
    if not news:
        return roll_call
    picks = picked(roll_call)
    for child, says in news:
        if says != PRESENT:
            picks[child] = says
        elif child not in known.followed:
            picks.pop(child, None)
    changed = replace(roll_call, picks=tuple(picks.items()))
    if roll_call.state is RollCallState.RELEASED:
        return _at_once(changed, by, now)
    if roll_call.state is RollCallState.HELD:
        return replace(changed, next_at=now)
    return changed


def hand_in(
    roll_call: RollCall, by: int | None, now: datetime, policy: Policy, *, is_today: bool
) -> RollCall:
    """An open roll call is submitted with what the sheet says.

    Today's families hear of it three minutes later, and not before the hour of the roll call; a
    past day is recorded at once, and nobody is alerted.
    """
    if roll_call.state is not RollCallState.OPEN:
        return roll_call
    submitted = submit(roll_call, by, max(now, roll_call.ask_at), policy)
    submitted = replace(submitted, submitted_at=now, page=None)
    return submitted if is_today else replace(submitted, release_at=now, next_at=now)


def _at_once(roll_call: RollCall, by: int | None, now: datetime) -> RollCall:
    return replace(
        roll_call,
        state=RollCallState.SUBMITTED,
        submitted_at=now,
        submitted_by=by,
        release_at=now,
        next_at=now,
    )
