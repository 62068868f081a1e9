"""The annotated copy: the same table with what is wrong written beside each row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

from papers.headers import HEADER_WITHIN, find_header
from papers.opening import Sheet, open_sheets
from papers.problems import Problem, sentence, sentences
from papers.reading import Row
from papers.sheets import SheetWriter, new_workbook

Noted = dict[tuple[str, int], tuple[Problem, ...]]
"""Sheet and row → its problems."""


def annotate(path_in: Path, path_out: Path, rows: Iterable[Row], language: str) -> None:
    """Write an xlsx copy of `path_in` with a new first column that says what is wrong.

    `rows`: as `read_tables` gives them, those without problems may be left out; `language`: zh or
    en. The cells in question are highlighted. The new column is unknown to the readers, so a
    corrected copy can be read as it is. Raises as `read_tables` does.
    """
    noted = {(row.sheet, row.number): row.problems for row in rows if row.problems}
    with new_workbook(path_out) as book:
        marked = book.add_format({"bg_color": "#FFE08A"})
        for sheet in open_sheets(path_in):
            _copy(sheet, SheetWriter(book, sheet.name), noted, language=language, marked=marked)


def _copy(sheet: Sheet, writer: SheetWriter, noted: Noted, *, language: str, marked: Any) -> None:
    first = list(islice(sheet.rows, HEADER_WITHIN))
    header = find_header(first, sheet.name)
    header_row = header.row if header else 0
    for number, cells in chain(first, sheet.rows):
        problems = noted.get((sheet.name, number), ())
        note = _note(problems, language)
        if number == header_row:
            note = sentences(language)["note_header"]
        places = {0, *(problem.position + 1 for problem in problems)} if problems else set[int]()
        writer.line([note, *cells], list(_formats(places, len(cells) + 1, marked)))


def _note(problems: tuple[Problem, ...], language: str) -> str:
    """All sentences of a row, each under its column's header."""
    return "\n".join(
        f"{problem.column}: {sentence(problem, language)}".removeprefix(": ")
        for problem in problems
    )


def _formats(places: set[int], width: int, marked: Any) -> Iterator[Any]:
    """The format of each cell, none where nothing is wrong."""
    if places:
        yield from (marked if place in places else None for place in range(width))
