"""Values as registers write them: dates in all their forms, and codes, labels, or both at once."""

from __future__ import annotations

import re
import tomllib
from datetime import date, timedelta
from functools import cache, lru_cache
from pathlib import Path

from papers.problems import CellFlaw
from rules.identity import Flaw, Sex, fold

_DATE = re.compile(
    r"([0-9]{4})(?:[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?|([0-9]{2})([0-9]{2}))(?:00:00(?::00)?)?"
)
_MONTH = re.compile(r"([0-9]{4})(?:[-/.年]([0-9]{1,2})月?|([0-9]{2}))")
_SERIAL = re.compile(r"[2-6][0-9]{4}")
_SERIAL_START = date(1899, 12, 30)
_CODE_AND_LABEL = re.compile(r"([0-9A-Za-z]{1,2})\s*[-_:：.、—–]\s*(.+)")
_YEARS = range(1900, 2100)


def read_date(text: str) -> date | Flaw:
    """Read 20150102, 2015-1-2, 2015/1/2, 2015.1.2, 2015年1月2日 or a spreadsheet's day number."""
    plain = re.sub(r"[\sT]+", "", fold(text))
    if _SERIAL.fullmatch(plain):
        return _SERIAL_START + timedelta(days=int(plain))
    found = _DATE.fullmatch(plain)
    if found is None:
        return CellFlaw.DATE
    return _day(found[1], found[2] or found[4], found[3] or found[5]) or CellFlaw.DATE


def read_month(text: str) -> date | Flaw:
    """Read 201509, 2015-09, 2015.9, 2015年9月, or a whole date, as the first day of that month."""
    found = _MONTH.fullmatch(re.sub(r"\s+", "", fold(text)))
    if found is not None:
        return _day(found[1], found[2] or found[3], "1") or CellFlaw.MONTH
    day = read_date(text)
    return CellFlaw.MONTH if isinstance(day, Flaw) else day.replace(day=1)


@lru_cache(maxsize=4096)
def read_code(group: str, text: str) -> str | Flaw:
    """Our code for a value of a group of papers/codes.toml, written as code, code-label or label.

    When code and label say different things, the label counts: a person typed it.
    """
    labels = codes()[group]
    plain = re.sub(r"\s+", "", text).lower()
    if plain in labels:
        return labels[plain]
    found = _CODE_AND_LABEL.fullmatch(plain)
    parts = (found[2], found[1]) if found else ()
    return next((labels[part] for part in parts if part in labels), CellFlaw.UNKNOWN_VALUE)


def read_sex(text: str) -> Sex | Flaw:
    """Read 1, 男, 1-男, 2, 女, 2-女."""
    code = read_code("sex", text)
    return code if isinstance(code, Flaw) else Sex(code)


def read_yes_no(text: str) -> bool | Flaw:
    """Read 是, 否, 1, 0, 1-是, 0-否."""
    code = read_code("yes_no", text)
    return code if isinstance(code, Flaw) else code == "yes"


@cache
def codes() -> dict[str, dict[str, str]]:
    """Group → label or code as written (lower case) → our code."""
    groups = tomllib.loads(Path(__file__).with_name("codes.toml").read_text(encoding="utf-8"))
    return {
        group: {label: code for code, labels in reversed(entries.items()) for label in labels}
        for group, entries in groups.items()
    }


def _day(year: str, month: str, day: str) -> date | None:
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return found if found.year in _YEARS else None
