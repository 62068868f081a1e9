"""Writing xlsx: row by row, everything as plain values, nothing as a formula."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from papers.cells import Cell

_LONGEST = 32767
#: A sheet of so many rows fits into memory many times over.
FEW_ROWS = 1000
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
_UNDATED = datetime(2000, 1, 1)  # noqa: DTZ001 - xlsx keeps local times; equal content, equal bytes


@contextmanager
def new_workbook(path: Path, rows: int | None = None) -> Iterator[Any]:
    """A workbook that is the same file for the same content.

    It streams to disk; where it is known to have few rows it is put together in memory, without
    the dozen of temporary files that cost more than the rows.
    """
    import xlsxwriter

    is_small = rows is not None and rows <= FEW_ROWS
    options = {
        "in_memory" if is_small else "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
    }
    book = xlsxwriter.Workbook(str(path), options)
    book.set_properties({"created": _UNDATED})
    yield book
    book.close()


class SheetWriter:
    """One sheet of a workbook, written from top to bottom."""

    def __init__(self, book: Any, name: str) -> None:
        """`book`: as `new_workbook` gives it; `name`: made to fit what xlsx allows."""
        self.row = 0
        self._sheet = book.add_worksheet(_NOT_IN_NAMES.sub("_", name)[:31].strip("'") or None)
        self._bold = book.add_format({"bold": True})
        self._title = book.add_format({"bold": True, "align": "center"})
        self._date = book.add_format({"num_format": "yyyy-mm-dd"})

    def title(self, text: str, width: int) -> None:
        """A merged row above the header."""
        self._sheet.merge_range(self.row, 0, self.row, width - 1, text, self._title)
        self.row += 1

    def header(self, texts: Sequence[str]) -> None:
        """The header row."""
        for column, text in enumerate(texts):
            self._sheet.write_string(self.row, column, text, self._bold)
        self.row += 1

    def line(self, cells: Iterable[Cell], formats: Sequence[Any] = ()) -> None:
        """One row. Text stays text even when it begins with =, +, - or @; empty cells stay out."""
        for column, cell in enumerate(cells):
            style = formats[column] if column < len(formats) else None
            if isinstance(cell, str):
                if cell or style is not None:
                    self._sheet.write_string(self.row, column, cell[:_LONGEST], style)
            elif isinstance(cell, date):
                self._sheet.write_datetime(self.row, column, cell, style or self._date)
            elif cell is not None:
                self._sheet.write(self.row, column, cell, style)
        self.row += 1
