"""The words of official papers: dates, codes and names as they are printed."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

#: Characters that no XML document may hold.
_UNPRINTABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@cache
def words() -> dict[str, dict[str, str]]:
    """Every word, by section and code."""
    path = Path(__file__).with_name("official.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def word(section: str, code: str | None) -> str:
    """The word for a code; a line to fill in for none, `other` for one without a word."""
    if code is None:
        return words()["form"]["short_line"]
    found = words()[section]
    return found[code] if code in found else found["other"]


def form(name: str, /, **values: object) -> str:
    """A small form, filled in."""
    return words()["form"][name].format(**values)


def day(on: date | None) -> str:
    """2026年9月17日; without a date a line for it."""
    if on is None:
        return form("open_date")
    return form("date", year=on.year, month=on.month, day=on.day)


def table_day(on: date) -> str:
    """2026.9.17, for the narrow column of a table."""
    return form("table_date", year=on.year, month=on.month, day=on.day)


def days(all_of_them: Iterable[date], year: int, blank: str) -> str:
    """9月10日、9月11日: with the year where it is another one."""
    short = [
        form("short_date", month=on.month, day=on.day) if on.year == year else day(on)
        for on in all_of_them
    ]
    return form("comma").join(short) or form(blank)


def said(text: str | None, blank: str = "line") -> str:
    """A text from outside as it may be printed; a line to fill in where there is none."""
    kept = _UNPRINTABLE.sub("", text or "").strip()
    return kept or form(blank)


def printable(value: Any) -> Any:
    """The same value without characters that no document may hold, however deep they are."""
    if isinstance(value, str):
        return _UNPRINTABLE.sub("", value)
    if isinstance(value, dict):
        return {name: printable(one) for name, one in value.items()}
    return [printable(one) for one in value] if isinstance(value, list) else value
