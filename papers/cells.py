"""Single cells: what a spreadsheet program made of a value, as text again; and the way out."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Final

from rules.identity import fold

Cell = str | int | float | bool | date | datetime | time | timedelta | None
"""What calamine or the csv reader may hand us."""

_SAFE: Final = 2**53
_MANGLED = re.compile(r"[0-9](?:\.[0-9]+)?[Ee]\+?[0-9]{1,2}")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class LostDigits(str):
    """The text of a number too long for a spreadsheet cell: its last digits are gone for good."""

    __slots__ = ()


def text_of(cell: Cell) -> str:
    """A cell as trimmed, folded text: dates as 2015-01-02, whole numbers without a point.

    A number above 2^53, or one that was saved as 4.10526E+17, comes back as `LostDigits`.
    """
    if isinstance(cell, str):
        text = fold(cell)
        is_mangled = text[:1].isdigit() and _MANGLED.fullmatch(text)
        return LostDigits(text) if is_mangled else text
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _number_text(cell)
    return str(int(cell)) if isinstance(cell, bool) else str(cell)


def _number_text(number: float) -> str:
    if abs(number) > _SAFE:
        return LostDigits(str(number))
    return str(int(number)) if number == int(number) else str(number)


def guarded(text: str) -> str:
    """A text that nothing will run as a formula: one that begins like it gets an apostrophe.

    In xlsx nothing needs it: there every text is written as text (`write_string`).
    """
    return "'" + text if text.startswith(_FORMULA) else text
