"""Rows on their way from a file to the county: read, checked, and in the words of storage."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bot.importing import convert
from papers.headers import Kind
from papers.problems import Problem
from papers.reading import Row
from papers.tables.eligible import EligibleEntry
from papers.tables.register import RegisterEntry
from papers.tables.roster import RosterEntry
from rules.model.reconciling import plain_line

#: Registers and rosters go in smaller parts: each is one short unit of work.
SIZES = {Kind.UNITS: 100_000, Kind.REGISTER: 200, Kind.ROSTER: 200, Kind.ELIGIBLE: 100}
USUAL_SIZE = 50


@dataclass(frozen=True, slots=True)
class Taken:
    """A row as in the file; `value` is None when it is unusable.

    `listed`: a child's line as lists are kept (rules.md 8), with 0 for its school.
    """

    sheet: str
    number: int
    value: Any
    problems: tuple[Problem, ...]
    listed: list[Any] | None = None


_PLAIN: dict[Kind, Callable[[Any], Any]] = {
    Kind.UNITS: convert.unit_row,
    Kind.STAFF: convert.staff_row,
    Kind.TERMS: convert.term_row,
    Kind.DAYS: convert.day_row,
    Kind.PAIRING: convert.pairing_row,
    Kind.ATTENDANCE: convert.attendance_row,
    Kind.CASES: convert.case_row,
    Kind.CATEGORIES: convert.category_row,
}


def taken(kind: Kind, row: Row) -> Taken:
    """One row in the words of storage."""
    entry, problems = row.value, row.problems
    if entry is None:
        return Taken(row.sheet, row.number, None, problems)
    if isinstance(entry, RegisterEntry):
        value: Any = convert.register_row(entry, problems)
        return Taken(row.sheet, row.number, value, problems, _listed(entry))
    if isinstance(entry, RosterEntry):
        value = convert.roster_row(entry, problems)
        return Taken(row.sheet, row.number, value, problems, _listed(entry))
    if isinstance(entry, EligibleEntry):
        return Taken(row.sheet, row.number, convert.eligible_row(entry, problems), problems)
    return Taken(row.sheet, row.number, _PLAIN[kind](entry), problems)


def parts(kind: Kind, rows: Iterable[Row]) -> Iterator[Sequence[Taken]]:
    """The rows of a table, as many at a time as are written in one unit of work."""
    size, part = SIZES.get(kind, USUAL_SIZE), list[Taken]()
    for row in rows:
        part.append(taken(kind, row))
        if len(part) == size:
            yield part
            part = []
    if part:
        yield part


def _listed(entry: RegisterEntry | RosterEntry) -> list[Any]:
    return plain_line(convert.list_line(entry, school_id=0))
