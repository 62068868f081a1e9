"""The week of a county as a sheet to print and file: one line a unit, what is missing in words."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from papers.ledgers.writing import FONT
from papers.sheets import new_workbook
from rules.reports.figures import COLUMNS, Figure, Sort, Total
from rules.reports.rhythms import WEEKLY

HEADINGS = ("number", "unit", "week", *COLUMNS, "remark", "filed_by", "signed_by", "at")
_A4 = 9
_FIRST = 3  # the row of the first unit


@dataclass(frozen=True)
class WeekLine:
    """One unit as it is printed; `cells` are missing throughout where nobody has signed."""

    unit: str
    cells: Sequence[Figure]
    remark: str = ""
    filed_by: str = ""
    signed_by: str = ""
    at: datetime | None = None
    is_late: bool = False
    corrections: int = 0
    is_changed: bool = False


@dataclass(frozen=True)
class WeekSheet:
    """One week; `mark` is whose copy it is in a chat, `head` the end of the journal (D6)."""

    first: date
    last: date
    lines: Sequence[WeekLine]
    totals: Sequence[Total]
    expected: int
    received: int
    on_time: int
    rate: float | None
    head: str
    unit: str = ""
    mark: str = ""
    rhythm: str = WEEKLY
    period: str = ""
    is_counted: bool = False  # from the record, without signatures


@cache
def words() -> dict[str, Any]:
    """Title, headings and states."""
    text = Path(__file__).with_name("words.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def write_week(sheet: WeekSheet, path: Path, zone: ZoneInfo) -> None:
    """Write the xlsx."""
    with new_workbook(path) as book:
        _Page(book, sheet, zone).write()


class _Page:
    def __init__(self, book: Any, sheet: WeekSheet, zone: ZoneInfo) -> None:
        self._sheet, self._zone = sheet, zone
        self._page = book.add_worksheet(words()["line"]["sheet"])
        font = {"font_name": FONT, "font_size": 10, "valign": "vcenter"}
        boxed = {**font, "border": 1, "text_wrap": True}
        self._title = book.add_format({**font, "font_size": 16, "bold": True, "align": "center"})
        self._plain = book.add_format({**font, "text_wrap": True})
        self._head = book.add_format({**boxed, "bold": True, "align": "center"})
        self._text = book.add_format(boxed)
        self._number = book.add_format({**boxed, "align": "center"})
        self._missing = book.add_format({**boxed, "align": "center", "bg_color": "#F4B183"})
        self._sum = book.add_format({**boxed, "bold": True, "align": "center"})

    def write(self) -> None:
        page, lines, width = self._page, words()["line"], len(HEADINGS) - 1
        self._set_up()
        page.merge_range(0, 0, 0, width, words()["title"][self._sheet.rhythm], self._title)
        page.merge_range(1, 0, 1, width, self._about(), self._plain)
        for place, name in enumerate(HEADINGS):
            page.write_string(2, place, words()["column"][name], self._head)
        for number, line in enumerate(self._sheet.lines, 1):
            self._line(_FIRST + number - 1, number, line)
        below = _FIRST + len(self._sheet.lines)
        self._totals(below)
        is_weekly = self._sheet.rhythm == WEEKLY
        note = (lines["note_weekly"] if is_weekly else "") + lines["note"]
        page.merge_range(below + 1, 0, below + 1, width, note, self._plain)
        head = lines["head"].format(head=self._sheet.head)
        page.merge_range(below + 2, 0, below + 2, width, head, self._plain)

    def _about(self) -> str:
        sheet, lines = self._sheet, words()["line"]
        first, last = (
            lines["day"].format(month=day.month, day=day.day) for day in (sheet.first, sheet.last)
        )
        said = {"period": self._period(), "first": first, "last": last}
        rate = lines["no_rate"] if sheet.rate is None else f"{sheet.rate:g}%"
        counts = {"expected": sheet.expected, "received": sheet.received}
        unit = sheet.unit or lines["own" if sheet.mark else "county"]
        about = lines["counted" if sheet.is_counted else "about"]
        text: str = about.format(**said, **counts, on_time=sheet.on_time, rate=rate, unit=unit)
        return text + (lines["mark"].format(mark=sheet.mark) if sheet.mark else "")

    def _period(self) -> str:
        year, week, _ = self._sheet.first.isocalendar()
        name: str = words()["line"]["week"]
        return self._sheet.period or name.format(year=year, week=week)

    def _line(self, row: int, number: int, line: WeekLine) -> None:
        page = self._page
        page.write_number(row, 0, number, self._number)
        page.write_string(row, 1, line.unit, self._text)
        page.write_string(row, 2, self._period(), self._number)
        for place, cell in enumerate(line.cells, 3):
            self._cell(row, place, cell)
        after = 3 + len(line.cells)
        for place, text in enumerate(self._texts(line), after):
            page.write_string(row, place, text, self._text)

    def _cell(self, row: int, place: int, cell: Figure) -> None:
        """A zero that somebody signed is a 0; what is missing says so; else it stays empty."""
        if cell.sort is Sort.MISSING:
            self._page.write_string(row, place, words()["state"]["missing"], self._missing)
        elif cell.number is None:
            self._page.write_blank(row, place, None, self._text)
        else:
            self._page.write_number(row, place, cell.number, self._number)

    def _texts(self, line: WeekLine) -> tuple[str, str, str, str]:
        states = words()["state"]
        said = [states["late"]] if line.is_late else []
        said += [states["corrected"].format(times=line.corrections)] if line.corrections else []
        said += [states["changed"]] if line.is_changed else []
        remark = "；".join([*said, *([line.remark] if line.remark else [])])
        at = f"{line.at.astimezone(self._zone):%Y-%m-%d %H:%M:%S}" if line.at else ""
        return remark, line.filed_by, line.signed_by, at

    def _totals(self, row: int) -> None:
        page, lines = self._page, words()["line"]
        page.write_blank(row, 0, None, self._sum)
        page.write_string(row, 1, lines["total"], self._sum)
        page.write_blank(row, 2, None, self._sum)
        for place, one in enumerate(self._sheet.totals, 3):
            if one.number is None:
                page.write_blank(row, place, None, self._sum)
            else:
                page.write_number(row, place, one.number, self._sum)
        missing = self._sheet.expected - self._sheet.received
        text = lines["partial"].format(missing=missing) if missing else ""
        page.write_string(row, 3 + len(COLUMNS), text, self._text)
        for place in range(4 + len(COLUMNS), len(HEADINGS)):
            page.write_blank(row, place, None, self._sum)

    def _set_up(self) -> None:
        page, last = self._page, _FIRST - 1 + max(len(self._sheet.lines), 1)
        page.set_landscape()
        page.set_paper(_A4)
        page.fit_to_pages(1, 0)
        page.repeat_rows(0, 2)
        page.set_margins(left=0.3, right=0.3, top=0.5, bottom=0.6)
        page.set_footer("&C" + words()["line"]["page"])
        page.freeze_panes(_FIRST, 2)
        page.autofilter(2, 0, last, len(HEADINGS) - 1)
        page.set_row(1, 18)
        page.set_row(2, 62)
        page.set_column(0, 0, 5)
        page.set_column(1, 1, 18)
        page.set_column(2, 2, 13)
        page.set_column(3, 2 + len(COLUMNS), 6.5)
        page.set_column(3 + len(COLUMNS), 3 + len(COLUMNS), 20)
        page.set_column(4 + len(COLUMNS), 5 + len(COLUMNS), 8)
        page.set_column(6 + len(COLUMNS), 6 + len(COLUMNS), 18)
