"""Figures that say what they are: a number, a zero that somebody signed, missing, or not owed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

#: The columns of the weekly report in their order (rules.md 9), before remark and signatures.
COLUMNS = (
    "enrolled",
    "monitored",
    "present",
    "leave_sick",
    "leave_other",
    "absent_1_2",
    "absent_3_5",
    "absent_over_5",
    "new_suspected",
    "returned",
    "suspected",
    "dropout",
    "suspension",
    "home_due",
    "home_done",
    "unregistered",
    "present_elsewhere",
    "registered_not_present",
)
#: What the children of monitored households add up to, each child once.
WHEREABOUTS = (
    "present",
    "leave_sick",
    "leave_other",
    "absent_1_2",
    "absent_3_5",
    "absent_over_5",
    "suspension",
)

Figures = Mapping[str, int | None]


class Sort(StrEnum):
    """What stands in a cell of the county's table."""

    VALUE = "value"
    ZERO = "zero"  # somebody signed that there is none
    MISSING = "missing"  # owed, and nobody has signed: never a zero
    NOT_OWED = "not_owed"  # no report is owed, or nothing is kept for this column


@dataclass(frozen=True)
class Figure:
    """One cell."""

    sort: Sort
    number: int | None = None

    @classmethod
    def of(cls, number: int | None) -> Figure:
        """What a signed report says; None: nothing is kept for this column."""
        if number is None:
            return NOT_OWED
        return cls(Sort.VALUE if number else Sort.ZERO, number)


MISSING = Figure(Sort.MISSING)
NOT_OWED = Figure(Sort.NOT_OWED)


@dataclass(frozen=True)
class Total:
    """A sum, and over how many of the units that owe it; None where not one has said a number."""

    number: int | None
    counted: int
    missing: int


def total(cells: Iterable[Figure]) -> Total:
    """Add up what was signed; what is missing is counted as missing, what is not owed nowhere."""
    every = list(cells)
    said = [one.number for one in every if one.number is not None]
    missing = sum(one.sort is Sort.MISSING for one in every)
    return Total(sum(said) if said else None, len(said), missing)


def added(parts: Iterable[Figures]) -> dict[str, int | None]:
    """The figures of a central school and its village schools together."""
    every = list(parts)
    sums: dict[str, int | None] = {}
    for name in COLUMNS:
        said = [number for one in every if (number := one.get(name)) is not None]
        sums[name] = sum(said) if said else None
    return sums


def percent(part: int, whole: int) -> float | None:
    """A rate with one decimal place; None where nothing is owed: no rate, and no false 0 %."""
    return round(100 * part / whole, 1) if whole else None


def digest_of(figures: Figures) -> str:
    """What the journal keeps of signed figures, so that they cannot be rewritten (privacy D6)."""
    text = json.dumps(dict(figures), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
