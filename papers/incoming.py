"""A spreadsheet that was sent in a chat: an attendance sheet, or why it cannot be taken there."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path

from papers.cells import text_of
from papers.headers import HEADER_WITHIN, Kind, bare_header, shapes
from papers.opening import open_sheets
from papers.reading import Row, Table, read_tables
from papers.refusals import PaperRefused, TooManyRows

ENDINGS = ("xlsx", "xls", "xlsm", "csv")
MAX_BYTES = 20 * 1024 * 1024
#: More rows are an import, not a message.
MAX_ROWS = 5000
_PROTECTED = frozenset(
    {
        "id_type",
        "id_number",
        "register_number",
        "address",
        "home_address",
        "phone",
        "health",
        "disability",
        "inclusion",
        "orphan",
        "left_behind",
        "category",
    }
)


@dataclass(frozen=True)
class Incoming:
    """What a file holds: the rows of its attendance tables, in their order.

    `is_protected`: it has columns that never go through a chat; `refusal`: it cannot be read.
    """

    rows: tuple[Row, ...] = ()
    is_protected: bool = False
    refusal: PaperRefused | None = None


def is_sheet(name: str) -> bool:
    """Whether a file of this name is looked at as a spreadsheet."""
    return name.lower().rpartition(".")[2] in ENDINGS


def look_at(name: str, content: bytes) -> Incoming:
    """Read a file; nothing of it is kept on disk."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"sheet.{name.rpartition('.')[2].lower()}"
        path.write_bytes(content)
        try:
            if _is_protected(path):
                return Incoming(is_protected=True)
            return Incoming(tuple(_attendance(path)))
        except PaperRefused as refusal:
            return Incoming(refusal=refusal)


def _attendance(path: Path) -> Iterator[Row]:
    count = 0
    for table in read_tables(path, MAX_BYTES):
        if isinstance(table, Table) and table.kind is Kind.ATTENDANCE:
            for row in table.rows:
                count += 1
                if count > MAX_ROWS:
                    raise TooManyRows(limit=f"{MAX_ROWS}")
                yield row


def _is_protected(path: Path) -> bool:
    """Whether one of the first rows of a sheet names a protected column.

    A number beside the name is what an attendance sheet may have.
    """
    for sheet in open_sheets(path, MAX_BYTES):
        rows = islice(sheet.rows, HEADER_WITHIN)
        headers = {bare_header(text_of(cell)) for _, cells in rows for cell in cells}
        is_attendance = all(headers & names for names in _attendance_signs())
        if headers & (_protected() - _allowed() if is_attendance else _protected()):
            return True
    return False


@cache
def _attendance_signs() -> tuple[frozenset[str], ...]:
    aliases = _aliases_of(Kind.ATTENDANCE)
    return tuple(
        frozenset(alias for alias, key in aliases.items() if key == sign)
        for sign in ("day", "mark")
    )


@cache
def _allowed() -> frozenset[str]:
    aliases = _aliases_of(Kind.ATTENDANCE)
    return frozenset(alias for alias, key in aliases.items() if key == "id_number")


@cache
def _protected() -> frozenset[str]:
    """Every header that stands for a number, an address, a phone, health or a family member."""
    found: set[str] = set()
    for shape in shapes():
        for aliases in (shape.aliases, *shape.after.values()):
            found |= {alias for alias, key in aliases.items() if _is_secret(key)}
    return frozenset(found)


def _is_secret(key: str) -> bool:
    return key in _PROTECTED or key.endswith("_phone") or key.startswith("member")


def _aliases_of(kind: Kind) -> dict[str, str]:
    return next(shape.aliases for shape in shapes() if shape.kind is kind)
