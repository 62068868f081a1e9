"""One ledger as a sheet to filter, print and file: A4 across, header on every page."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from papers.cells import Cell
from papers.official_words import word
from papers.opening import open_sheets
from papers.refusals import UnknownHeadings
from papers.sheets import new_workbook

FONT = "宋体"
_A4 = 9
_WIDTH, _NUMBER_WIDTH = 11, 5
#: Points of a line of text; characters beyond this one are wide.
_LINE, _NARROW = 14, 0x2E7F
_LONGEST = 32_767
#: Columns with several codes in a cell.
_SEVERAL = ("list_source",)
#: Columns whose codes official papers have words for.
_OFFICIAL = {"reason": "reason", "means": "means", "last_result": "result", "result": "result"}


@dataclass(frozen=True)
class Sheet:
    """What is printed: `columns` by name, `rows` as the record has them, times with their zone."""

    ledger: str
    unit: str
    as_of: date
    columns: Sequence[str]
    rows: Sequence[Sequence[object]]
    mark: str = ""  # of a copy for a chat: who has it, since when


@cache
def words() -> dict[str, Any]:
    """Titles, headings and values."""
    text = Path(__file__).with_name("words.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def write_ledger(
    sheet: Sheet, path: Path, zone: ZoneInfo, headings: Sequence[str] | None = None
) -> None:
    """Write the ledger; `headings` are a clerk's own, in their order: what we do not know stays
    empty, what they do not ask for is left out.

    UnknownHeadings when not one heading is known.
    """
    titles = [words()["line"]["number"], *(words()["column"][one] for one in sheet.columns)]
    places = _places(titles, headings) if headings else dict(enumerate(range(len(titles))))
    shown = list(headings or titles)
    with new_workbook(path, len(sheet.rows)) as book:
        _Page(book, sheet, shown).write(places, zone)


def headings_of(path: Path) -> list[str]:
    """The header row of a clerk's own table: the first row with at least three texts."""
    for sheet in open_sheets(path):
        for _, cells in sheet.rows:
            texts = [str(one).strip() if one is not None else "" for one in cells]
            if sum(bool(one) for one in texts) >= _FEWEST:
                return texts
    raise UnknownHeadings(headings=path.name)


_FEWEST = 3


def _places(titles: Sequence[str], headings: Sequence[str]) -> dict[int, int]:
    """Where each of our columns stands under the clerk's headings."""
    wanted = {_plain(text): place for place, text in enumerate(headings)}
    places = {at: wanted[_plain(one)] for at, one in enumerate(titles) if _plain(one) in wanted}
    if not places:
        raise UnknownHeadings(headings="、".join(one for one in headings if one))
    return places


def _plain(text: str) -> str:
    return "".join(text.split())


class _Page:
    def __init__(self, book: Any, sheet: Sheet, headings: Sequence[str]) -> None:
        self._sheet, self._headings = sheet, headings
        self._page = book.add_worksheet(words()["title"][sheet.ledger][:31])
        font = {"font_name": FONT, "font_size": 10, "valign": "vcenter"}
        boxed = {**font, "border": 1, "text_wrap": True}
        self._title = book.add_format({**font, "font_size": 16, "bold": True, "align": "center"})
        self._line = book.add_format(font)
        self._head = book.add_format({**boxed, "bold": True, "align": "center"})
        self._text = book.add_format(boxed)
        self._number = book.add_format({**boxed, "align": "center"})
        self._day = book.add_format({**boxed, "num_format": "yyyy-mm-dd", "align": "left"})
        self._time = book.add_format({**boxed, "num_format": "yyyy-mm-dd hh:mm", "align": "left"})

    def write(self, places: Mapping[int, int], zone: ZoneInfo) -> None:
        page, width = self._page, len(self._headings)
        self._set_up(places, width)
        title = words()["title"][self._sheet.ledger]
        page.merge_range(0, 0, 0, max(width - 1, 1), title, self._title)
        page.write_string(1, 0, self._as_of(), self._line)
        page.set_row(2, _LINE * max(_lines(one, _WIDTH) for one in self._headings))
        for column, text in enumerate(self._headings):
            page.write_string(2, column, text, self._head)
        for number, row in enumerate(self._sheet.rows, 1):
            self._row(2 + number, _cells(self._sheet.columns, number, row, zone), places, width)

    def _row(self, row: int, cells: Sequence[Cell], places: Mapping[int, int], width: int) -> None:
        """As high as its longest cell needs: not every office program does that by itself."""
        lines = max(_lines(cell, self._width(at)) for at, cell in enumerate(cells) if at in places)
        if lines > 1:
            self._page.set_row(row, lines * _LINE)
        for column in range(width):
            self._page.write_blank(row, column, None, self._text)
        for at, value in enumerate(cells):
            if at in places:
                self._cell(row, places[at], value)

    def _width(self, at: int) -> int:
        name = self._sheet.columns[at - 1] if at else ""
        return int(words()["width"].get(name, _WIDTH)) if at else _NUMBER_WIDTH

    def _as_of(self) -> str:
        on, line = self._sheet.as_of, words()["line"]
        day = line["day"].format(year=on.year, month=on.month, day=on.day)
        unit = self._sheet.unit or line["own" if self._sheet.mark else "county"]
        text = str(line["as_of"].format(on=day, unit=unit, count=len(self._sheet.rows)))
        mark = line["mark"].format(mark=self._sheet.mark) if self._sheet.mark else ""
        return text + mark

    def _set_up(self, places: Mapping[int, int], width: int) -> None:
        page, last = self._page, 2 + max(len(self._sheet.rows), 1)
        page.set_landscape()
        page.set_paper(_A4)
        page.fit_to_pages(1, 0)
        page.repeat_rows(0, 2)
        page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        page.set_footer("&C" + words()["line"]["page"])
        page.freeze_panes(3, 0)
        page.autofilter(2, 0, last, width - 1)
        for at, place in places.items():
            page.set_column(place, place, self._width(at))

    def _cell(self, row: int, column: int, value: Cell) -> None:
        if isinstance(value, datetime):
            self._page.write_datetime(row, column, value, self._time)
        elif isinstance(value, date):
            self._page.write_datetime(row, column, value, self._day)
        elif isinstance(value, str):
            self._page.write_string(row, column, value[:_LONGEST], self._text)
        elif value is not None:
            self._page.write(row, column, value, self._number)


def _cells(
    columns: Sequence[str], number: int, row: Sequence[object], zone: ZoneInfo
) -> list[Cell]:
    shown = [_shown(name, value, zone) for name, value in zip(columns, row, strict=True)]
    return [number, *shown]


def _lines(cell: Cell, width: int) -> int:
    """How many lines a text takes in a column: a Chinese character is as wide as two others."""
    if not isinstance(cell, str):
        return 1
    used = sum(2 if ord(one) > _NARROW else 1 for one in cell)
    return max(-(-used // width), 1)


def _shown(name: str, value: object, zone: ZoneInfo) -> Cell:
    """A value as it is printed: codes in words, times in the county's clock."""
    if isinstance(value, datetime):
        return value.astimezone(zone).replace(tzinfo=None)
    if value is None or isinstance(value, (date, int, float)):
        return value
    code = str(value.value) if isinstance(value, StrEnum) else str(value)
    if name in _OFFICIAL:
        return word(_OFFICIAL[name], code)
    known = words()["value"].get(name, {})
    if name in _SEVERAL:
        return str(words()["line"]["joined"]).join(
            str(known.get(one, one)) for one in code.split(",")
        )
    return str(known.get(code, code))
