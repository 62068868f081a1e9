"""How a teacher calls the roll: child by child as things are, then [提交]."""

from __future__ import annotations

from collections.abc import Collection

from bot.simulation.reading import Placed
from bot.simulation.truth import Truth
from templates.presses_teacher import NamePress, RollPress, SeenPress

#: Taps that a large class may take.
PATIENCE = 60
#: A roll and a child on it; a page of names counts below zero.
Called = tuple[int, int]


def is_open(keys: list[Placed]) -> bool:
    """Whether these are the keys of a roll that can still be called."""
    acts = {press.act for _, _, press in keys if isinstance(press, RollPress)}
    return bool(acts & {"all_here", "submit"}) or any(
        isinstance(press, SeenPress) and press.value == "not_seen" for _, _, press in keys
    )


def next_key(
    keys: list[Placed], truth: Truth, called: set[Called], room: Collection[int]
) -> int | None:
    """The place of the key to press now; `called` remembers who has been called on which roll.

    `room` are the children of the teacher's class, where that is known.
    """
    for place, (_, _, press) in enumerate(keys):
        if isinstance(press, SeenPress) and press.value in ("seen", "not_seen"):
            is_there = truth.why(press.student_id) is None
            child = (press.roll_call_id, press.student_id)
            if child not in called and (press.value == "seen") is is_there:
                called.add(child)
                return place
    if any(isinstance(press, NamePress) for _, _, press in keys):
        return _grid(keys, truth, called)
    return _card(keys, truth, called, room)


def _grid(keys: list[Placed], truth: Truth, called: set[Called]) -> int | None:
    """Tap whoever is not there, then the next page, then submit."""
    for place, (_, _, press) in enumerate(keys):
        if isinstance(press, NamePress) and press.value == "absent":
            child = (press.roll_call_id, press.student_id)
            if truth.why(press.student_id) and child not in called:
                called.add(child)
                return place
    for place, (_, _, press) in enumerate(keys):
        if isinstance(press, RollPress) and press.act == "page":
            page = (press.roll_call_id, -1 - press.page)
            if page not in called:
                called.add(page)
                return place
    return _first(keys, "submit")


def _card(
    keys: list[Placed], truth: Truth, called: set[Called], room: Collection[int]
) -> int | None:
    """The card itself: the names are opened only if somebody is missing who stands there."""
    roll = next((one.roll_call_id for _, _, one in keys if isinstance(one, RollPress)), 0)
    missing = [child for child in room if truth.why(child) and (roll, child) not in called]
    if missing or not room:
        called.add((roll, -1))  # the first page is open then
        return _first(keys, "page")
    return _first(keys, "all_here")


def _first(keys: list[Placed], act: str) -> int | None:
    """The place of a key of the card, if it is there."""
    found = (place for place, (_, _, one) in enumerate(keys) if isinstance(one, RollPress))
    return next((place for place in found if getattr(keys[place][2], "act", "") == act), None)
