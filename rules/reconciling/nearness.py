"""How near two lines are: one typo, two swapped digits, a similar name (rules.md 8).

What is near is only shown to a person.  Nothing here ever merges two children.
"""

from __future__ import annotations

from datetime import date
from enum import IntEnum, StrEnum

from rules.reconciling.lines import Line


class Why(StrEnum):
    """Why two lines may be one child, the likeliest first."""

    TWO_PLACES = "two_places"  # on two rosters
    TWO_REGISTRATIONS = "two_registrations"
    TWO_CHILDREN = "two_children"  # register number and ID point to different children
    OTHER_NAME = "other_name"  # the number fits, the name does not
    DIGITS = "digits"  # the numbers differ by one slip
    NAME_BIRTH = "name_birth"
    NAME = "name"
    SIMILAR_NAME = "similar_name"


RANK = {why: place for place, why in enumerate(Why)}


class _Nearness(IntEnum):
    SAME = 0
    NEAR = 1
    UNKNOWN = 2
    FAR = 3


def near(one: Line, other: Line, *, are_free: bool) -> Why | None:
    """Why these may be one child; None when nothing says so.

    `are_free`: neither has been matched with anybody.  Of a line that has, a second one is only
    suspected where the numbers do not speak against it.
    """
    digits = _digits(one.digits, other.digits)
    if digits <= _Nearness.NEAR:
        return Why.DIGITS
    if not are_free and digits is _Nearness.FAR:
        return None
    if one.sex and other.sex and one.sex != other.sex and one.name != other.name:
        return None
    if one.name == other.name:
        return _same_name(one, other, are_free=are_free)
    return _similar_name(one, other) if are_free else None


def _same_name(one: Line, other: Line, *, are_free: bool) -> Why | None:
    birth = _birth(one.birth_on, other.birth_on)
    if birth is _Nearness.SAME:
        return Why.NAME_BIRTH
    if one.school != other.school or not are_free:
        return None
    return Why.NAME if birth is not _Nearness.FAR or one.place == other.place else None


def _similar_name(one: Line, other: Line) -> Why | None:
    if one.school != other.school or not is_similar(one.name, other.name):
        return None
    birth = _birth(one.birth_on, other.birth_on)
    if birth is _Nearness.SAME:
        return Why.SIMILAR_NAME
    is_long = min(len(one.name), len(other.name)) > 2
    is_close = birth is not _Nearness.FAR and one.place == other.place
    return Why.SIMILAR_NAME if is_long and is_close else None


def is_similar(one: str, other: str) -> bool:
    """Whether two names differ by one character, one more or less, or their order."""
    if one == other or sorted(one) == sorted(other):
        return True
    if len(one) == len(other):
        return len(one) > 1 and sum(a != b for a, b in zip(one, other, strict=True)) == 1
    return _is_one_more(one, other)


def is_slip(one: str, other: str) -> bool:
    """Whether two numbers differ by one digit, by two that changed places, or by one left out."""
    if len(one) != len(other):
        return _is_one_more(one, other)
    wrong = [at for at, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    if len(wrong) == 2:
        first, second = wrong
        return one[first] == other[second] and one[second] == other[first]
    return len(wrong) == 1


def _is_one_more(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    if len(long) != len(short) + 1 or not short:
        return False
    return any(long[:at] + long[at + 1 :] == short for at in range(len(long)))


def _digits(one: str | None, other: str | None) -> _Nearness:
    if one is None or other is None:
        return _Nearness.UNKNOWN
    if one == other:
        return _Nearness.SAME
    return _Nearness.NEAR if is_slip(one, other) else _Nearness.FAR


def _birth(one: date | None, other: date | None) -> _Nearness:
    if one is None or other is None:
        return _Nearness.UNKNOWN
    if one == other:
        return _Nearness.SAME
    is_near = is_slip(one.isoformat(), other.isoformat())
    return _Nearness.NEAR if is_near else _Nearness.FAR
