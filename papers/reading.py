"""Reading a file: every sheet that holds one of our tables, row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from papers.headers import HEADER_WITHIN, Header, Kind, find_header
from papers.line import Line, Memory
from papers.opening import MAX_BYTES, NumberedRow, Sheet, open_sheets
from papers.problems import Problem
from papers.repeats import Repeats
from papers.tables.attendance import AttendanceEntry, read_attendance_line
from papers.tables.cases import (
    CaseEntry,
    CategoryEntry,
    read_case_line,
    read_category_line,
)
from papers.tables.county import (
    DayEntry,
    StaffEntry,
    TermEntry,
    UnitEntry,
    read_day_line,
    read_staff_line,
    read_term_line,
    read_unit_line,
)
from papers.tables.eligible import EligibleEntry, read_eligible_line
from papers.tables.pairing import PairingEntry, read_pairing_line
from papers.tables.register import RegisterEntry, read_register_line
from papers.tables.roster import RosterEntry, read_roster_line

Value = (
    RegisterEntry
    | RosterEntry
    | PairingEntry
    | UnitEntry
    | StaffEntry
    | TermEntry
    | DayEntry
    | AttendanceEntry
    | CaseEntry
    | CategoryEntry
    | EligibleEntry
)


@dataclass(frozen=True, slots=True)
class Row:
    """A row as in the file (the first is 1). `value` is None when the row is unusable."""

    sheet: str
    number: int
    value: Value | None
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A recognised sheet. `rows` can be gone through once, and if it `stays`, at any time.

    If not, before the next table is asked for.
    """

    kind: Kind
    file: str
    sheet: str
    header_row: int
    rows: Iterator[Row]
    stays: bool = False


@dataclass(frozen=True, slots=True)
class UnknownSheet:
    """A sheet with content, but without the header of one of our tables."""

    file: str
    sheet: str


READERS: dict[Kind, Callable[[Line], Value | None]] = {
    Kind.REGISTER: read_register_line,
    Kind.ROSTER: read_roster_line,
    Kind.PAIRING: read_pairing_line,
    Kind.UNITS: read_unit_line,
    Kind.STAFF: read_staff_line,
    Kind.TERMS: read_term_line,
    Kind.DAYS: read_day_line,
    Kind.ATTENDANCE: read_attendance_line,
    Kind.CASES: read_case_line,
    Kind.CATEGORIES: read_category_line,
    Kind.ELIGIBLE: read_eligible_line,
}


def read_tables(path: Path, max_bytes: int = MAX_BYTES) -> Iterator[Table | UnknownSheet]:
    """The tables of an xlsx, xls or csv file; empty sheets are passed over.

    Streams: at most one sheet is in memory (csv: one row). Numbers that stand twice are looked
    for across all sheets of the file. Raises a `PaperRefused`, also in the middle of the rows.
    """
    repeats = {kind: Repeats() for kind in Kind}
    for sheet in open_sheets(path, max_bytes):
        first = list(islice(sheet.rows, HEADER_WITHIN))
        header = find_header(first, sheet.name)
        if header is not None:
            rows = chain(first[header.row :], sheet.rows)
            read = _rows(sheet, header, rows, repeats[header.kind])
            yield Table(header.kind, path.name, sheet.name, header.row, read, sheet.stays)
        elif any(cell not in ("", None) for _, cells in first for cell in cells):
            yield UnknownSheet(path.name, sheet.name)


def _rows(
    sheet: Sheet, header: Header, rows: Iterator[NumberedRow], repeats: Repeats
) -> Iterator[Row]:
    reader, memory = READERS[header.kind], Memory()
    for number, cells in rows:
        line = Line(header, number, cells, sheet.name, memory)
        if not line.is_blank:
            value = _checked(line, reader(line), repeats)
            yield Row(sheet.name, number, value, tuple(line.problems))


def _checked(line: Line, value: Value | None, repeats: Repeats) -> Value | None:
    """The value after a look at the rows before it."""
    if isinstance(value, RegisterEntry):
        return repeats.of_child(line, value)
    if isinstance(value, RosterEntry):
        return repeats.of_roster(line, value)
    if isinstance(value, PairingEntry):
        return repeats.of_pairing(line, value)
    return value
