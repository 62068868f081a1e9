"""Values by their annotation: to plain JSON values, and back to enums, tuples and dates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from enum import Enum
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

Change = Callable[[Any], Any]
_LISTS = {tuple: tuple, frozenset: frozenset, list: list}
_MAPPINGS = (dict, Mapping)
_TIMES = (datetime, date, time)


def without_none(hint: Any) -> Any:
    """`X` for `X | None`; other annotations as they are."""
    if get_origin(hint) not in (Union, UnionType):
        return hint
    inner = [one for one in get_args(hint) if one is not NoneType]
    return inner[0] if len(inner) == 1 else Any


def is_container(hint: Any) -> bool:
    """Whether values of this type are kept as JSON."""
    origin = get_origin(without_none(hint)) or without_none(hint)
    return origin in _LISTS or origin in _MAPPINGS


def is_text(hint: Any) -> bool:
    """Whether values of this type are plain text."""
    return without_none(hint) is str


def plain_form(hint: Any, *, is_native: bool = False) -> Change | None:
    """What makes a JSON value of one; None for nothing to do.

    `is_native` stands for a column that keeps dates and instants itself.
    """
    hint = without_none(hint)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return attrgetter("_value_")
    if not is_native and hint in _TIMES:
        return lambda value: value.isoformat()
    origin, inner = get_origin(hint) or hint, _inner(hint, plain_form)
    if origin in _LISTS:
        ordered = sorted if origin is frozenset else list
        return lambda value: ordered(inner(one) if inner else one for one in value)
    if origin in _MAPPINGS and inner:
        return lambda value: {key: inner(one) for key, one in value.items()}
    return None


def revived_form(hint: Any, *, is_native: bool = False) -> Change | None:
    """The way back of `plain_form`; ValueError for a value that the type does not have."""
    hint = without_none(hint)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint
    if not is_native and hint in _TIMES:
        return lambda value: hint.fromisoformat(value)
    origin, inner = get_origin(hint) or hint, _inner(hint, revived_form)
    if origin in _LISTS:
        make = _LISTS[origin]
        return lambda value: make(inner(one) if inner else one for one in value)
    if origin in _MAPPINGS and inner:
        return lambda value: {key: inner(one) for key, one in value.items()}
    return None


def _inner(hint: Any, form: Callable[[Any], Change | None]) -> Change | None:
    """The change for the members of a container: all of one type, or left alone."""
    members = [one for one in get_args(hint) if one is not Ellipsis]
    if get_origin(hint) in _MAPPINGS:
        members = members[1:]
    changes = {one: form(one) for one in members}
    if len(changes) > 1 and any(changes.values()):
        raise TypeError(f"the members of {hint} must be of one type")
    return next(iter(changes.values()), None)
