"""Opening a spreadsheet file: its true kind, the caps, and its sheets as streams of rows."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from papers.cells import Cell
from papers.encodings import encoding_of
from papers.refusals import DamagedFile, FileTooLarge, NotASpreadsheet, PasswordProtected
from papers.unzipping import check_parcel

MAX_BYTES = 100 * 1024 * 1024
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SNIFFED = 64 * 1024
_PANIC = "PanicException"
"""What a fault inside calamine is called; the class cannot be imported, and is no Exception."""

NumberedRow = tuple[int, Sequence[Cell]]
"""A row as in the file (the first is 1) and its cells from column A."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet; `rows` can be gone through once.

    Before the next sheet is asked for, unless it `stays`: then it is in memory as a whole.
    """

    name: str
    rows: Iterator[NumberedRow]
    stays: bool = False


def open_sheets(path: Path, max_bytes: int = MAX_BYTES) -> Iterator[Sheet]:
    """The sheets of an xlsx, xls or csv file, told by content and not by name.

    Raises FileTooLarge, UnzipsTooLarge, SheetTooLarge, NotASpreadsheet, PasswordProtected and
    DamagedFile; the last also in the middle of the rows.
    """
    if path.stat().st_size > max_bytes:
        raise FileTooLarge(limit=f"{max_bytes // (1024 * 1024)} MB")
    with path.open("rb") as file:
        start = file.read(_SNIFFED)
    if start.startswith(_ZIP):
        check_parcel(path)
    elif not start.startswith(_OLE):
        yield from _text_sheets(path, start)
        return
    yield from _workbook_sheets(path)


@contextmanager
def _faults_named() -> Iterator[None]:
    """Calamine's errors under our names."""
    try:
        yield
    except PasswordError as error:
        raise PasswordProtected from error
    except (CalamineError, OSError, ValueError) as error:
        raise DamagedFile from error
    except BaseException as error:
        if type(error).__name__ != _PANIC:
            raise
        raise DamagedFile from error


def _workbook_sheets(path: Path) -> Iterator[Sheet]:
    with _faults_named():
        book = CalamineWorkbook.from_path(path)
    with book:
        for index, name in enumerate(book.sheet_names):
            with _faults_named():
                sheet = book.get_sheet_by_index(index)
            yield Sheet(name, _workbook_rows(sheet), stays=True)


def _workbook_rows(sheet: CalamineSheet) -> Iterator[NumberedRow]:
    """Rows from row 1 and column A; a merged cell's value stands in every row that it covers."""
    if sheet.start is None:
        return
    margin: list[Cell] = [""] * sheet.start[1]
    merged = _merged_downwards(sheet)
    above: list[Cell] = []
    for number, inner in enumerate(sheet.iter_rows(), start=1):
        cells = [*margin, *inner] if margin else list[Cell](inner)
        for column in merged.get(number, ()):
            cells[column] = above[column]
        above = cells
        yield number, cells


def _merged_downwards(sheet: CalamineSheet) -> dict[int, list[int]]:
    """Row number → the columns whose value is the one above it, by merging."""
    bottom_row, right_column = sheet.end or (0, 0)
    merged: dict[int, list[int]] = {}
    for (top, left), (bottom, _) in sheet.merged_cell_ranges or ():
        for row in range(top + 1, min(bottom, bottom_row) + 1) if left <= right_column else ():
            merged.setdefault(row + 1, []).append(left)
    return merged


def _text_sheets(path: Path, start: bytes) -> Iterator[Sheet]:
    encoding = encoding_of(path)
    if encoding is None or (b"\0" in start and encoding != "utf-16"):
        raise NotASpreadsheet
    with path.open(encoding=encoding, newline="") as file:
        sample = file.read(4096)
        file.seek(0)
        yield Sheet(path.stem, _text_rows(file, _delimiter(sample)))


def _text_rows(file: TextIO, delimiter: str) -> Iterator[NumberedRow]:
    reader = csv.reader(file, delimiter=delimiter)
    try:
        yield from enumerate(reader, start=1)
    except (csv.Error, UnicodeError) as error:
        raise DamagedFile from error


def _delimiter(sample: str) -> str:
    """What most likely parts the cells."""
    return max(",\t;", key=sample.count)
