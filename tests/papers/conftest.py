from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from papers.reading import Row, Table, UnknownSheet, read_tables
from papers.sheets import SheetWriter, new_workbook
from tests.papers.build import Cells

AWorkbook = Callable[..., Path]


@pytest.fixture
def a_workbook(tmp_path: Path) -> AWorkbook:
    """Writes sheets (name → rows) to an xlsx file and says where it is."""

    def write(name: str = "file.xlsx", **sheets: Sequence[Cells]) -> Path:
        with new_workbook(tmp_path / name) as book:
            for sheet, rows in sheets.items():
                writer = SheetWriter(book, sheet)
                for cells in rows:
                    writer.line(cells)
        return tmp_path / name

    return write


@pytest.fixture
def read() -> Callable[[Path], list[tuple[Table | UnknownSheet, list[Row]]]]:
    """Reads a file to its end."""
    return lambda path: [
        (table, list(table.rows) if isinstance(table, Table) else [])
        for table in read_tables(path)
    ]
