"""The review list (疑似同一人) as xlsx, to be filled in and read again."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from papers.opening import open_sheets
from papers.sheets import SheetWriter, new_workbook


@dataclass(frozen=True)
class PairSide:
    """One line as its list has it."""

    school: str
    room: str
    name: str
    birth_on: date | None
    id_number: str | None
    register_number: str | None


@dataclass(frozen=True)
class PairRow:
    """Two lines, and why they may be one child."""

    number: int
    why: str
    registered: PairSide
    seated: PairSide


SIDE = ("school", "class", "name", "birth_on", "id_number", "register_number")


@cache
def words() -> dict[str, Any]:
    """Headings and answers, by language."""
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def write_pairs(path: Path, rows: Sequence[PairRow], language: str) -> None:
    """One row a pair; the column for the answer is empty."""
    known = words()[language]
    headings = [known["number"], known["answer"], known["why"]]
    headings += [known[side] + known[one] for side in ("register", "roster") for one in SIDE]
    with new_workbook(path) as book:
        sheet = SheetWriter(book, known["sheet"])
        sheet.header(headings)
        for row in rows:
            sheet.line(
                [
                    row.number,
                    "",
                    known["reason"][row.why],
                    *_cells(row.registered),
                    *_cells(row.seated),
                ]
            )


def _cells(side: PairSide) -> list[Any]:
    return [getattr(side, one.name) for one in fields(side)]


def is_review(path: Path) -> bool:
    """Whether this is such a list: its number and its answer stand in the first two columns."""
    return any(_headings_at(sheet.rows) for sheet in open_sheets(path))


def _headings_at(rows: Any) -> bool:
    first = next(iter(rows), None)
    return first is not None and _is_heading(first[1])


def _is_heading(cells: Sequence[Any]) -> bool:
    texts = [str(one).strip() for one in cells[:2]]
    return any(texts == [one["number"], one["answer"]] for one in words().values())


def read_pairs(path: Path) -> list[tuple[int, bool]]:
    """The pairs with an answer: number, and whether it is one child."""
    found = []
    for sheet in open_sheets(path):
        rows = iter(sheet.rows)
        head = next(rows, None)
        if head is None or not _is_heading(head[1]):
            continue
        for _, cells in rows:
            number, said = str(cells[0]).partition(".")[0], str(cells[1]).strip().lower()
            if number.isdecimal() and said in _answers():
                found.append((int(number), _answers()[said]))
    return found


@cache
def _answers() -> dict[str, bool]:
    known = words().values()
    return {one["yes"]: True for one in known} | {one["no"]: False for one in known}
