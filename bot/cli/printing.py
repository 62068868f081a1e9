"""How results look: JSON for programs, plain lines and tables for people."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any


def print_json(value: Any) -> None:
    """One JSON document on stdout."""
    print(json.dumps(value, ensure_ascii=False, default=_plain))


def print_lines(lines: Iterable[str]) -> None:
    """Lines on stdout."""
    for line in lines:
        print(line)


def print_table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table as wide as the terminal; what does not fit goes on below, nothing is cut off."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD)
    for header in headers:
        table.add_column(Text(header), overflow="fold")
    for row in rows:
        table.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    Console().print(table)


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else str(value)
