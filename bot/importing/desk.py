"""The files of one import: looked at once, then read table by table."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bot.importing.taking import Taken, parts
from papers.headers import Kind
from papers.reading import Table, UnknownSheet, read_tables

MAX_BYTES = 200 * 1024 * 1024
#: A file stays open after the look at it when all others together have no more bytes than this.
BESIDE_AN_OPEN_ONE = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Look:
    """What a file holds: our tables, and sheets that nobody knows, by name."""

    kinds: frozenset[Kind]
    unknown: tuple[str, ...]


class Desk(Protocol):
    """Where files are read: beside whoever matches and writes, or in a process of its own."""

    async def look(self) -> list[Look]:
        """What the files hold, in their order."""
        ...

    def parts(self, place: int, kind: Kind) -> AsyncIterator[Sequence[Taken]]:
        """The rows of one kind in the file at this place, a part at a time."""
        ...


class Files:
    """The files themselves; a large one is opened once and not a second time to be read."""

    def __init__(self, paths: Sequence[Path]) -> None:
        """Nothing opened yet."""
        self._paths = paths
        self._open: dict[int, list[Table]] = {}
        self._stays_open = _one_that_stays_open(paths)

    def look(self) -> Iterator[Look]:
        """What each file holds; `PaperRefused` for one that cannot be read."""
        for place, path in enumerate(self._paths):
            kinds, unknown = set[Kind](), []
            for table in read_tables(path, MAX_BYTES):
                if isinstance(table, UnknownSheet):
                    unknown.append(table.sheet)
                    continue
                kinds.add(table.kind)
                if place == self._stays_open and table.stays:
                    self._open.setdefault(place, []).append(table)
            yield Look(frozenset(kinds), tuple(unknown))

    def parts(self, place: int, kind: Kind) -> Iterator[Sequence[Taken]]:
        """The rows of one kind; a table that is open already goes with its last row."""
        if place not in self._open:
            for table in read_tables(self._paths[place], MAX_BYTES):
                if isinstance(table, Table) and table.kind is kind:
                    yield from parts(kind, table.rows)
            return
        for table in [one for one in self._open[place] if one.kind is kind]:
            self._open[place].remove(table)
            yield from parts(kind, table.rows)


class OwnDesk:
    """Files read where they are needed."""

    def __init__(self, paths: Sequence[Path]) -> None:
        """Nothing opened yet."""
        self._files = Files(paths)

    async def look(self) -> list[Look]:
        """What the files hold, in their order."""
        return list(self._files.look())

    async def parts(self, place: int, kind: Kind) -> AsyncIterator[Sequence[Taken]]:
        """The rows of one kind in the file at this place, a part at a time."""
        for part in self._files.parts(place, kind):
            yield part


def _one_that_stays_open(paths: Sequence[Path]) -> int | None:
    """The place of the one file that is much larger than all others together.

    A workbook stays open; text is read as a stream, and looking at it costs nothing.
    """
    sizes = [path.stat().st_size for path in paths]
    largest = max(range(len(paths)), key=sizes.__getitem__, default=0)
    return largest if paths and sum(sizes) - sizes[largest] <= BESIDE_AN_OPEN_ONE else None
