"""The cover list of the county's package: a line a unit, missing ones too, and the rates."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from papers.ledgers.writing import FONT
from papers.sheets import new_workbook
from rules.reports.rates import Formula, Rate

HEADINGS = (
    "number",
    "unit",
    "state",
    "signed_by",
    "at",
    "work_plan",
    "enrolled",
    "suspected",
    "dropout",
    "unregistered",
    "registered_not_present",
    "folder",
)
#: The columns that are added up.
SUMS = HEADINGS[6:11]
_A4 = 9
_FIRST = 3  # the row of the first unit


@dataclass(frozen=True)
class CoverLine:
    """One unit; without `counts` it has not filed, and its cells stay empty, never zero."""

    unit: str
    state: str
    signed_by: str = ""
    at: datetime | None = None
    has_plan: bool = False
    counts: Sequence[int] | None = None
    folder: str = ""


@dataclass(frozen=True)
class Cover:
    """The whole list; `at` in the county's own time, `head` the journal's end (privacy D6)."""

    year: int
    lines: Sequence[CoverLine]
    on_time: int
    at: datetime
    rates: Sequence[Rate]
    head: str

    @property
    def filed(self) -> list[CoverLine]:
        """Those that have signed."""
        return [one for one in self.lines if one.counts is not None]


@cache
def words() -> dict[str, Any]:
    """Titles, headings, names of files."""
    text = Path(__file__).with_name("words.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def write_cover(cover: Cover, path: Path) -> None:
    """Write the xlsx."""
    with new_workbook(path) as book:
        _Page(book, cover).write()


class _Page:
    def __init__(self, book: Any, cover: Cover) -> None:
        self._cover = cover
        self._page = book.add_worksheet(words()["line"]["sheet"])
        font = {"font_name": FONT, "font_size": 10, "valign": "vcenter", "text_wrap": True}
        boxed = {**font, "border": 1}
        self._title = book.add_format({**font, "font_size": 16, "bold": True, "align": "center"})
        self._plain = book.add_format(font)
        self._head = book.add_format({**boxed, "bold": True, "align": "center"})
        self._text = book.add_format(boxed)
        self._number = book.add_format({**boxed, "align": "center"})
        self._missing = book.add_format({**boxed, "align": "center", "bg_color": "#F4B183"})

    def write(self) -> None:
        """Title, units, sums, rates, and the end of the journal."""
        page, line, width = self._page, words()["line"], len(HEADINGS) - 1
        self._set_up()
        page.merge_range(0, 0, 0, width, line["title"].format(year=self._cover.year), self._title)
        page.merge_range(1, 0, 1, width, self._about(), self._plain)
        for place, name in enumerate(HEADINGS):
            page.write_string(2, place, words()["column"][name], self._head)
        for number, one in enumerate(self._cover.lines, 1):
            self._line(_FIRST + number - 1, number, one)
        row = _FIRST + len(self._cover.lines)
        self._sums(row)
        below = [line["note"], *map(self._rate, self._cover.rates)]
        below.append(line["head"].format(head=self._cover.head))
        for offset, text in enumerate(below, 1):
            page.merge_range(row + offset, 0, row + offset, width, text, self._plain)

    def _about(self) -> str:
        expected, filed = len(self._cover.lines), len(self._cover.filed)
        text = words()["line"]["about"].format(
            expected=expected,
            filed=filed,
            on_time=self._cover.on_time,
            missing=expected - filed,
            at=self._cover.at.strftime(words()["line"]["time"]),
        )
        return str(text)

    def _line(self, row: int, number: int, one: CoverLine) -> None:
        page, state = self._page, words()["state"]
        is_missing = one.counts is None
        at = one.at.strftime(words()["line"]["time"]) if one.at else ""
        page.write_number(row, 0, number, self._number)
        page.write_string(row, 1, one.unit, self._text)
        page.write_string(row, 2, state[one.state], self._missing if is_missing else self._number)
        page.write_string(row, 3, one.signed_by, self._text)
        page.write_string(row, 4, at, self._text)
        page.write_string(row, 5, state["yes" if one.has_plan else "no"], self._number)
        for place in range(len(SUMS)):
            if one.counts is None:
                page.write_blank(row, 6 + place, None, self._missing)
            else:
                page.write_number(row, 6 + place, one.counts[place], self._number)
        page.write_string(row, 11, one.folder, self._text)

    def _sums(self, row: int) -> None:
        page, filed = self._page, self._cover.filed
        page.merge_range(row, 0, row, 5, words()["line"]["total"], self._head)
        for place in range(len(SUMS)):
            sum_ = sum((one.counts or ())[place] for one in filed)
            page.write_number(row, 6 + place, sum_, self._head)
        page.write_blank(row, 11, None, self._head)

    def _rate(self, rate: Rate) -> str:
        line = words()["line"]
        is_entry = rate.formula is Formula.ENTRY
        nothing = line["no_list" if is_entry else "no_rate"]
        percent = nothing if rate.percent is None else f"{rate.percent}%"
        text = str(
            line["rate"].format(
                name=words()["rate"][rate.formula],
                formula=words()["formula"][rate.formula],
                part=rate.part,
                whole=rate.whole,
                percent=percent,
            )
        )
        if is_entry:
            return text + (line["county"] if rate.whole else "")
        is_partial = len(self._cover.filed) < len(self._cover.lines)
        return text + (line["partial"] if is_partial else "")

    def _set_up(self) -> None:
        page, widths = self._page, words()["width"]
        page.set_landscape()
        page.set_paper(_A4)
        page.fit_to_pages(1, 0)
        page.repeat_rows(0, 2)
        page.set_footer("&C" + words()["line"]["page"])
        page.freeze_panes(3, 2)
        page.set_row(2, 42)
        page.autofilter(2, 0, 2 + max(len(self._cover.lines), 1), len(HEADINGS) - 1)
        for place, name in enumerate(HEADINGS):
            page.set_column(place, place, widths.get(name, 11))
