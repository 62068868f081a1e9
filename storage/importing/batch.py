"""What one batch writes.  A dry run fills batches too, and throws them away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
from itertools import count
from typing import Any, TypeVar

from sqlalchemy import Table

from rules.model.people import Guardianship
from storage.filling import Cells, Filling, filling_for, placeholder_in, pointed
from storage.importing.numbering import next_ids
from storage.importing.records import ALL_TABLES
from storage.lines import Rows
from storage.work import Reading, Work

R = TypeVar("R")


@dataclass
class Numbers:
    """Placeholders for rows that are not stored yet, and the ids of those that have become so."""

    stored: dict[int, int] = field(default_factory=dict)
    fresh: Iterator[int] = field(default_factory=lambda: count(-1, -1))

    def new(self) -> int:
        """A placeholder that nobody has."""
        return next(self.fresh)

    def real(self, number: int) -> int:
        """The stored id where there is one."""
        return self.stored.get(number, number)


class _Found(dict[int, int]):
    """The ids that a batch has given so far, and behind them those of what is stored."""

    def __init__(self, stored: Mapping[int, int]) -> None:
        """Nothing given yet."""
        super().__init__()
        self._stored = stored

    def __missing__(self, number: int) -> int:
        return self._stored[number]


@dataclass
class _Fresh:
    """New records of one kind, on their way into their table."""

    table: Table
    filling: Filling
    rows: dict[int, Cells]
    numbers: dict[int, int] = field(default_factory=dict)

    async def number(self, work: Work) -> None:
        """Give every row its id."""
        ids = await next_ids(work, self.table, len(self.rows))
        self.numbers = dict(zip(self.rows, ids, strict=True))

    def ready(self, found: dict[int, int]) -> tuple[str, Rows] | None:
        """The rows that point only to what is found; they are found from now on."""
        point, filling = self.filling.point, self.filling
        ready = [one for one, row in self.rows.items() if point(row, found)]
        if not ready:
            return None
        found.update((one, self.numbers[one]) for one in ready)
        rows = [filling.numbered(self.rows.pop(one), self.numbers[one]) for one in ready]
        return filling.statement, rows


@dataclass(frozen=True)
class Numbered:
    """What a batch writes, with ids in the place of all placeholders.

    `inserts` come in the order in which rows point to each other.
    """

    ids: dict[int, int]
    inserts: list[tuple[str, Rows]]
    changed: list[Any]

    async def write(self, work: Work) -> None:
        """Write it; what is there already one by one, at its version."""
        await work.fill(self.inserts)
        for one in self.changed:
            await work.save(ALL_TABLES[type(one)], one)


class Batch:
    """Records to write together, in their order; of one record the latest state."""

    def __init__(self, numbers: Numbers) -> None:
        """`numbers` are shared by all batches of an import."""
        self.numbers = numbers
        self.kinds: dict[Any, dict[int, Any]] = {}
        self._fresh: list[_Fresh] | None = None
        self._changed: list[Any] = []

    def put(self, record: R) -> R:
        """Write this new or changed record."""
        self.kinds.setdefault(type(record), {})[record.id] = record  # type: ignore[attr-defined]
        return record

    def add(self, record: R) -> R:
        """Write a new record, under a placeholder of its own."""
        return self.put(replace(record, id=self.numbers.new()))  # type: ignore[type-var]

    def __bool__(self) -> bool:
        """Whether there is anything to write."""
        return bool(self.kinds)

    def of(self, kind: type[R]) -> Mapping[int, R]:
        """The records of one kind, by their ids or placeholders."""
        return self.kinds.get(kind, {})

    def prepare(self, read: Reading) -> None:
        """Seal and lay out the new rows, before anybody has to wait for the lock."""
        self._fresh, self._changed, stored = [], [], self.numbers.stored
        for kind, records in self.kinds.items():
            new = [one for number, one in records.items() if number < 0 and number not in stored]
            if len(new) < len(records):
                self._changed += [one for one in records.values() if not self._is_new(one)]
            if new:
                filling = filling_for(ALL_TABLES[kind], kind, read.driver)
                rows = zip((one.id for one in new), filling.rows(new, read.vault), strict=True)
                self._fresh.append(_Fresh(ALL_TABLES[kind], filling, dict(rows)))

    async def number(self, work: Work) -> Numbered:
        """Give every new row its id, within the unit of work that is to write it.

        LookupError when a record points to something that nobody has.
        """
        if self._fresh is None:
            self.prepare(work)
        found = _Found(self.numbers.stored)
        fresh, self._fresh = self._fresh or [], None
        inserts: list[tuple[str, Rows]] = []
        for one in fresh:
            await one.number(work)
        while fresh:
            ready = [rows for one in fresh if (rows := one.ready(found)) is not None]
            if not ready:
                raise LookupError("records of a batch point to nothing")
            inserts += ready
            fresh = [one for one in fresh if one.rows]
        return Numbered(dict(found), inserts, [_resolved(one, found) for one in self._changed])

    async def write(self, work: Work) -> dict[int, int]:
        """Write everything; the ids of the new rows by their placeholders."""
        numbered = await self.number(work)
        await numbered.write(work)
        return numbered.ids

    def as_left(self, kind: type[R], number: int) -> R | None:
        """The record as it is once this batch is written; None if the batch leaves it alone."""
        record: Any = self.of(kind).get(number)
        if record is None or record.id < 0:
            return record  # type: ignore[no-any-return]
        return replace(record, version=record.version + 1)  # type: ignore[no-any-return]

    def counted(self) -> dict[str, int]:
        """How many records of each kind."""
        return {kind.__name__.lower(): len(records) for kind, records in self.kinds.items()}

    def lasting(self, stored: Mapping[int, int]) -> dict[int, int]:
        """Of the ids of new rows those that later rows of the import may point to."""
        return {
            number: stored[number]
            for kind, records in self.kinds.items()
            if kind is not Guardianship
            for number in records
            if number in stored
        }

    def _is_new(self, record: Any) -> bool:
        return record.id < 0 and record.id not in self.numbers.stored


@lru_cache(maxsize=64)
def _pointers(kind: Any) -> tuple[str, ...]:
    """The fields that may hold a placeholder for another row."""
    return tuple(one.name for one in fields(kind) if one.name.endswith("_id"))


def _resolved(record: Any, known: Mapping[int, int]) -> Any:
    """The record with stored ids in the place of its placeholders."""
    kind: Any = type(record)
    changes: dict[str, Any] = {
        name: known[value]
        for name in _pointers(kind)
        if isinstance(value := getattr(record, name), int) and value < 0
    }
    if record.id < 0:
        changes["id"] = known[record.id]
    subject = getattr(record, "subject", None)
    if placeholder_in(subject) is not None:
        changes["subject"] = pointed(subject, known)
    return replace(record, **changes) if changes else record
