"""From plain tables (TOML, JSON) to frozen dataclasses and back, naming what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import Field, field, fields, is_dataclass, replace
from datetime import time
from enum import StrEnum
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from rules.policy.spans import Span, Unit, When, clock

T = TypeVar("T")

DURATION = 'a duration such as "30m", "2h", "1d", "1 school day" or "3 working days"'
CLOCK = 'a clock time from "00:00" to "23:59"'


class PolicyError(ValueError):
    """A key of the policy is unknown or has a wrong value; `key` is its dotted name."""

    def __init__(self, key: str, problem: str) -> None:
        """Name the key and say what is wrong with it."""
        super().__init__(f"{key}: {problem}")
        self.key = key
        self.problem = problem


def between(low: int, high: int, default: int) -> int:
    """Declare a whole number from `low` to `high`, both allowed."""
    declared: int = field(default=default, metadata={"low": low, "high": high})
    return declared


def read_table(default: T, table: object, key: str = "policy") -> T:
    """Return `default` with the values of `table` in place of its own.

    A key that `default` does not have, and a value of the wrong type, form or range, raises
    PolicyError.
    """
    if not isinstance(table, dict):
        raise PolicyError(key, "must be a table")
    known: dict[str, Field[Any]] = {one.name: one for one in fields(default)}  # type: ignore[arg-type]
    hints = get_type_hints(type(default))
    changes = {}
    for name, value in table.items():
        path = _below(key, name)
        if name not in known:
            raise PolicyError(path, f"unknown key; known are {', '.join(known)}")
        changes[name] = _read(hints[name], value, path, getattr(default, name))
        _check_range(changes[name], known[name], path)
    return replace(default, **changes)  # type: ignore[type-var]


def _below(key: str, name: str) -> str:
    return name if key == "policy" else f"{key}.{name}"


def _read(hint: Any, value: object, key: str, default: Any) -> Any:
    if hint in _PLAIN:
        return _PLAIN[hint](value, key)
    if is_dataclass(hint):
        return read_table(default, value, key)
    if get_origin(hint) is tuple:
        return _read_list(get_args(hint)[0], value, key)
    if get_origin(hint) is Mapping:
        return _read_tables(value, key, default)
    return _read_choice(hint, value, key)


def _read_tables(table: object, key: str, default: Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(table, dict):
        raise PolicyError(key, "must be a table")
    for name in table:
        if name not in default:
            raise PolicyError(_below(key, name), f"unknown key; known are {', '.join(default)}")
    return {
        name: read_table(one, table.get(name, {}), _below(key, name))
        for name, one in default.items()
    }


def _read_list(hint: Any, value: object, key: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise PolicyError(key, "must be a list")
    return tuple(_read(hint, one, f"{key}[{n}]", None) for n, one in enumerate(value))


def _read_choice(hint: type[StrEnum], value: object, key: str) -> StrEnum:
    if not isinstance(value, str) or value not in list(hint):
        raise PolicyError(key, f"must be one of {', '.join(hint)}, not {value!r}")
    return hint(value)


def _whole_number(value: object, key: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise PolicyError(key, f"must be a whole number, not {value!r}")
    return value


def _yes_or_no(value: object, key: str) -> bool:
    if not isinstance(value, bool):
        raise PolicyError(key, f"must be true or false, not {value!r}")
    return value


def _parsed(parse: Callable[[str], T], value: object, key: str, wanted: str) -> T:
    try:
        return parse(value) if isinstance(value, str) else parse("")
    except ValueError:
        raise PolicyError(key, f"must be {wanted}, not {value!r}") from None


def _clock_time(value: object, key: str) -> time:
    return _parsed(clock, value, key, CLOCK)


def _span(value: object, key: str) -> Span:
    return _parsed(Span.parse, value, key, DURATION)


def _when(value: object, key: str) -> When:
    looks_like_clock = isinstance(value, str) and ":" in value
    return _clock_time(value, key) if looks_like_clock else _span(value, key)


def _repeat(value: object, key: str) -> Span | None:
    words = {"none": None, "daily": Span.parse("1d")}
    return words[value] if isinstance(value, str) and value in words else _span(value, key)


_PLAIN: dict[Any, Callable[[object, str], Any]] = {
    int: _whole_number,
    bool: _yes_or_no,
    time: _clock_time,
    Span: _span,
    When: _when,
    Span | None: _repeat,
}


def _check_range(value: object, declared: Field[Any], key: str) -> None:
    if "low" in declared.metadata:
        low, high = declared.metadata["low"], declared.metadata["high"]
        if value not in range(low, high + 1):
            raise PolicyError(key, f"must be from {low} to {high}, not {value}")
    if _is_timed(declared.default) and not _is_timed(value):
        raise PolicyError(key, "must be in minutes or hours")
    spans = value if isinstance(value, tuple) else (value,)
    may_be_before = declared.metadata.get("may_be_before", False)
    if not may_be_before and any(isinstance(one, Span) and one.amount < 0 for one in spans):
        raise PolicyError(key, "must not be negative")


def _is_timed(value: object) -> bool:
    return isinstance(value, Span) and value.unit is Unit.MINUTES


def write_table(value: Any, default: Any) -> dict[str, Any]:
    """Return the values in which `value` differs from `default`, as a plain table.

    `read_table(default, write_table(value, default))` is `value` again.
    """
    names = [one.name for one in fields(value)]
    pairs = [(name, getattr(value, name), getattr(default, name)) for name in names]
    return {name: _write(ours, theirs) for name, ours, theirs in pairs if ours != theirs}


def _write(value: Any, default: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, Span):
        return write_table(value, default)
    if isinstance(value, dict):
        return {
            name: write_table(one, default[name])
            for name, one in value.items()
            if one != default[name]
        }
    if isinstance(value, tuple):
        return [_write(one, None) for one in value]
    return _write_plain(value)


def _write_plain(value: Any) -> Any:
    if isinstance(value, time):
        return value.isoformat("minutes")
    if isinstance(value, Span):
        return str(value)
    return "none" if value is None else value
