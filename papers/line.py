"""One row under reading: cells by column key, and the problems gathered on the way."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from papers.cells import Cell, LostDigits, text_of
from papers.headers import Column, Header
from papers.problems import CellFlaw, Problem, RowFlaw
from papers.values import read_code
from rules.classnames import ClassFlaw, ClassName, read_class, read_grade
from rules.identity import Flaw, fold_name, read_phone

Read = TypeVar("Read")

_NOTHING = frozenset({"", "-", "--", "/", "\\", "—", "——", "无"})
_MANY = 20_000
_LONG = re.compile(r"[0-9][0-9\s]{3,}[0-9Xx]")
_ABSENT = Column(-1, "")


class Memory:
    """What the cells of a sheet meant that had nothing wrong: most say what others said before.

    By column and cell; a column with more than some thousand different cells is read as it is.
    """

    def __init__(self) -> None:
        """Nothing read yet."""
        self.columns: dict[str, dict[Any, Any]] = defaultdict(dict)


class Line:
    """A row, its header, and its problems.

    A value that cannot be read is reported and left empty; reading goes on.
    """

    def __init__(
        self,
        header: Header,
        number: int,
        cells: Sequence[Cell],
        sheet: str = "",
        memory: Memory | None = None,
    ) -> None:
        """`number`: the row as in the file, the first is 1; `cells`: from column A.

        `memory` is shared by the rows of a sheet.
        """
        self.number = number
        self.sheet = sheet
        self.problems: list[Problem] = []
        self._columns = header.columns
        self._cell = header.picked(cells).get
        self._texts: dict[str, str] = {}
        self._memory = (memory or Memory()).columns

    def has(self, key: str) -> bool:
        """Whether the table has this column."""
        return key in self._columns

    def raw(self, key: str) -> str:
        """The cell as trimmed, folded text; empty when there is no such column."""
        text = self._texts.get(key)
        if text is None:
            cell = self._cell(key)
            self._texts[key] = text = text_of(cell) if cell != "" else ""
        return text

    @property
    def is_blank(self) -> bool:
        """Whether nothing stands in any column that we read, or only the header once more."""
        return all(self.raw(key) in ("", column.header) for key, column in self._columns.items())

    def report(self, key: str, what: Flaw, /, **detail: str) -> None:
        """Note a problem in the column of `key`."""
        column = self._columns.get(key, _ABSENT)
        arguments = tuple(detail.items())
        self.problems.append(Problem(column.header, what, arguments, column.position))

    def text(self, key: str) -> str | None:
        """A free text, None when there is none."""
        text = self.raw(key)
        return None if text in _NOTHING else str(text)

    def place(self, key: str) -> str | None:
        """A running number in its one form: 06 in one table is 6 in another."""
        text = self.text(key)
        return str(int(text)) if text is not None and text.isdecimal() else text

    def name(self, key: str) -> str | None:
        """A person's name in its one form, None when there is none."""
        text = self.text(key)
        return None if text is None else fold_name(text)

    def needed(self, key: str, value: Read | None, label: str = "") -> Read | None:
        """The value; reported as missing when it is None and nothing else was said of it."""
        if value is None and self.raw(key) in _NOTHING:
            self.report(key, CellFlaw.MISSING, key=label or key)
        return value

    def read(self, key: str, reader: Callable[[str], Read | Flaw]) -> Read | None:
        """What `reader` makes of the cell, None when it is empty or flawed."""
        text = self.raw(key)
        if text in _NOTHING:
            return None
        if isinstance(text, LostDigits):
            self.report(key, CellFlaw.DIGITS_LOST)
            return None
        value = reader(text)
        if isinstance(value, Flaw):
            self.report(key, value, **_shown(value, text))
            return None
        return value

    def again(self, key: str, reader: Callable[[str], Read | Flaw]) -> Read | None:
        """As `read`, for a column in which the same few values stand again and again."""
        return self._remembered(key, self._cell(key), self.read, key, reader)

    def code(self, key: str, group: str) -> str | None:
        """Our code for the cell's value in a group of papers/codes.toml; None: empty or flawed."""
        return self._remembered(key, self._cell(key), self._code, key, group)

    def _remembered(
        self, key: str, cell: object, read: Callable[..., Read | None], *given: object
    ) -> Read | None:
        """What the cell means; only what nothing is wrong with is worth remembering."""
        known = self._memory[key]
        if cell in known:
            value: Read | None = known[cell]
            return value
        before = len(self.problems)
        value = read(*given)
        if len(self.problems) == before and len(known) < _MANY:
            known[cell] = value
        return value

    def _code(self, key: str, group: str) -> str | None:
        text = self.raw(key)
        if not text:
            return None
        value = read_code(group, text)
        if isinstance(value, Flaw):
            self.report(key, value, **_shown(value, text))
            return None
        return value

    def codes(self, key: str, group: str) -> tuple[str, ...]:
        """Our codes for everything in the cell; what is unknown is reported and left out."""
        found = []
        for part in parts_of(self.text(key) or ""):
            code = read_code(group, part)
            if isinstance(code, Flaw):
                self.report(key, code, value=part)
            else:
                found.append(code)
        return tuple(found)

    def phone(self, key: str) -> str | None:
        """A phone number; of several in one cell the first."""
        text = self.raw(key)
        if not text or text.isalnum():
            return self.read(key, read_phone)
        first, *others = parts_of(text.replace("/", "、")) or [text]
        if others and not isinstance(read_phone(first), Flaw):
            self.report(key, RowFlaw.PHONES)
            return str(read_phone(first))
        return self.read(key, read_phone)

    def class_name(self) -> ClassName | None:
        """The class from the columns `grade` and `class`, or from one of them alone."""
        cells = self._cell("grade"), self._cell("class")
        return self._remembered("class", cells, self._class_name)

    def _class_name(self) -> ClassName | None:
        grade = self.read("grade", lambda text: _lenient_grade(text, whole=not self.raw("class")))
        if self.raw("grade") and self.raw("class") and grade is None:
            alone = read_class(self.raw("class"))
            return None if isinstance(alone, Flaw) else alone
        if self.raw("class"):
            return self.read("class", lambda text: read_class(text, grade))
        return self.read("grade", read_class) if self.raw("grade") and grade is None else None


def _shown(what: Flaw, text: str) -> dict[str, str]:
    """An unknown value for its sentence, short, and without any long number in it."""
    return {"value": _LONG.sub("…", text)[:20]} if what is CellFlaw.UNKNOWN_VALUE else {}


def _lenient_grade(text: str, *, whole: bool) -> int | Flaw | None:
    """A grade; None when the grade column holds a whole class name and no class column does."""
    grade = read_grade(text)
    if isinstance(grade, ClassFlaw) and whole and not isinstance(read_class(text), Flaw):
        return None
    return grade


def parts_of(text: str) -> list[str]:
    """The parts of a cell that holds several things."""
    for mark in ",，;；|":
        text = text.replace(mark, "、")
    return [part for part in text.split("、") if part]
