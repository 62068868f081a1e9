"""What kind of table a sheet holds, and which column is which: by headers, never by position."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from papers.cells import Cell, text_of

HEADER_WITHIN = 8
"""The header stands in one of this many first rows."""

_ORNAMENT = re.compile(r"[\s*★☆＊※:：]+")
_BRACKETS = re.compile(r"[(\[【].*?[)\]】]")


class Kind(StrEnum):
    """The tables that we read; the value is the section of papers/columns.toml."""

    REGISTER = "register"
    ROSTER = "roster"
    PAIRING = "pairing"
    UNITS = "units"
    STAFF = "staff"
    TERMS = "terms"
    DAYS = "days"
    ATTENDANCE = "attendance"
    CASES = "cases"
    CATEGORIES = "categories"
    ELIGIBLE = "eligible"


@dataclass(frozen=True, slots=True)
class Column:
    """A column that we read: its place (0 is A) and its header as it stands in the file."""

    position: int
    header: str


@dataclass(frozen=True, slots=True)
class Header:
    """A recognised header row: the kind of table and the columns by our key."""

    kind: Kind
    row: int
    columns: dict[str, Column]

    def picked(self, cells: Sequence[Cell]) -> dict[str, Cell]:
        """The cells of a row that we read, by our key; a row that ends early lacks the rest."""
        found = {}
        width = len(cells)
        for key, column in self.columns.items():
            if column.position < width:
                found[key] = cells[column.position]
        return found


@dataclass(frozen=True, slots=True)
class Shape:
    """What papers/columns.toml says of one kind; `after` is anchor key → bare header → key."""

    kind: Kind
    requires: tuple[frozenset[str], ...]
    signs: frozenset[str]
    titles: tuple[str, ...]
    aliases: dict[str, str]
    after: dict[str, dict[str, str]]


@cache
def shapes() -> tuple[Shape, ...]:
    """All kinds, as papers/columns.toml describes them."""
    tables = tomllib.loads(Path(__file__).with_name("columns.toml").read_text(encoding="utf-8"))
    return tuple(
        Shape(
            kind=Kind(name),
            requires=tuple(frozenset(group) for group in table["requires"]),
            signs=frozenset(table["signs"]),
            titles=tuple(table["titles"]),
            aliases=_by_alias(table["columns"]),
            after={key: _by_alias(bare) for key, bare in table.get("after", {}).items()},
        )
        for name, table in tables.items()
    )


def find_header(rows: Sequence[tuple[int, Sequence[Cell]]], sheet: str) -> Header | None:
    """The header among the first rows of a sheet, or None when none of our tables begins here.

    When several kinds fit, the one with most columns of its own wins; the sheet's name and the
    titles above the header count as two.
    """
    titles = sheet
    for number, cells in rows[:HEADER_WITHIN]:
        texts = [text_of(cell) for cell in cells]
        fits = [(shape, _columns(shape, texts)) for shape in shapes()]
        fits = [(shape, columns) for shape, columns in fits if _is_whole(shape, columns)]
        if fits:
            shape, columns = max(fits, key=lambda fit: _weight(fit[0], fit[1], titles))
            return Header(shape.kind, number, columns)
        titles += "".join(texts)
    return None


def _weight(shape: Shape, columns: dict[str, Column], titles: str) -> tuple[int, int]:
    own = len(shape.signs & columns.keys()) + 2 * any(word in titles for word in shape.titles)
    return own, len(columns)


def _is_whole(shape: Shape, columns: dict[str, Column]) -> bool:
    return all(group & columns.keys() for group in shape.requires) and bool(
        shape.signs & columns.keys() or shape.kind is Kind.ROSTER
    )


def _columns(shape: Shape, texts: Sequence[str]) -> dict[str, Column]:
    """The columns that a header row names; of two equal headers the first counts."""
    found: dict[str, Column] = {}
    bare: dict[str, str] = {}
    for position, text in enumerate(texts):
        plain = bare_header(text)
        key = bare.get(plain) or shape.aliases.get(plain) or shape.aliases.get(_full(text))
        if key is None or key in found:
            key = shape.aliases.get(plain)
        if key is not None and key not in found:
            found[key] = Column(position, text)
            bare = shape.after.get(key, bare)
    return found


def _by_alias(columns: dict[str, list[str]]) -> dict[str, str]:
    return {alias: key for key, aliases in columns.items() for alias in aliases}


def _full(text: str) -> str:
    return _ORNAMENT.sub("", text)


def bare_header(text: str) -> str:
    """A header without spaces, stars and what is explained in brackets."""
    return _BRACKETS.sub("", _full(text))
