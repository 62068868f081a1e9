"""What one batch writes.  A dry run fills batches too, and throws them away."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
from itertools import count
from typing import Any, TypeVar

from sqlalchemy import Table, insert

from storage.importing.numbering import next_ids
from storage.importing.records import ALL_TABLES
from storage.rows import values_of
from storage.work import Work

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


class Batch:
    """Records to write together, in their order; of one record the latest state."""

    def __init__(self, numbers: Numbers) -> None:
        """`numbers` are shared by all batches of an import."""
        self.numbers = numbers
        self.records: dict[tuple[type[Any], int], Any] = {}

    def put(self, record: R) -> R:
        """Write this new or changed record."""
        self.records[type(record), record.id] = record  # type: ignore[attr-defined]
        return record

    def add(self, record: R) -> R:
        """Write a new record, under a placeholder of its own."""
        return self.put(replace(record, id=self.numbers.new()))  # type: ignore[type-var]

    def __bool__(self) -> bool:
        """Whether there is anything to write."""
        return bool(self.records)

    async def write(self, work: Work) -> dict[int, int]:
        """Write everything, kind by kind; the ids of the new rows by their placeholders.

        A record waits until everything that it points to has its id.
        """
        new: dict[int, int] = {}
        found = ChainMap(new, self.numbers.stored)
        waiting = self._by_kind()
        while waiting:
            left: dict[type[Any], list[Any]] = {}
            for kind, records in waiting.items():
                ready = [one for one in records if _is_ready(one, found)]
                await _write_some(work, ALL_TABLES[kind], ready, found)
                if len(ready) < len(records):
                    done = {id(one) for one in ready}
                    left[kind] = [one for one in records if id(one) not in done]
            if sum(map(len, left.values())) == sum(map(len, waiting.values())):
                raise LookupError("records of a batch point to nothing")
            waiting = left
        return new

    def _by_kind(self) -> dict[type[Any], list[Any]]:
        kinds: dict[type[Any], list[Any]] = {}
        for (kind, _), record in self.records.items():
            kinds.setdefault(kind, []).append(record)
        return kinds


async def _write_some(
    work: Work, table: Table, records: list[Any], found: ChainMap[int, int]
) -> None:
    """Rows of one kind: those that are there one by one at their version, the new ones at once."""
    new = [one for one in records if one.id < 0 and one.id not in found]
    for one in records:
        if one.id >= 0 or one.id in found:
            await work.save(table, replace(one, **_resolved(one, found)))
    if new:
        ids = await next_ids(work, table, len(new))
        found.maps[0].update(zip((one.id for one in new), ids, strict=True))
        rows = [values_of(table, one, work.vault) | _resolved(one, found) for one in new]
        await work.execute(insert(table), rows)


@lru_cache(maxsize=64)
def _pointers(kind: Any) -> tuple[str, ...]:
    """The fields that may hold a placeholder for another row."""
    return tuple(one.name for one in fields(kind) if one.name.endswith("_id"))


def _placeholders(record: Any) -> Iterator[int]:
    """Everything that the record points to and that has no id yet when it is made."""
    kind: Any = type(record)
    for name in _pointers(kind):
        value = getattr(record, name)
        if isinstance(value, int) and value < 0:
            yield value
    subject = getattr(record, "subject", None)
    if isinstance(subject, str) and ":-" in subject:
        yield int(subject.rpartition(":")[2])


def _is_ready(record: Any, known: Mapping[int, int]) -> bool:
    """Whether everything that it points to has an id by now."""
    return all(number in known for number in _placeholders(record))


def _resolved(record: Any, known: Mapping[int, int]) -> dict[str, Any]:
    """The fields of the record that hold placeholders, with stored ids in their place."""
    kind: Any = type(record)
    changes: dict[str, Any] = {
        name: known[value]
        for name in _pointers(kind)
        if isinstance(value := getattr(record, name), int) and value < 0
    }
    if record.id in known:
        changes["id"] = known[record.id]
    subject = getattr(record, "subject", None)
    if isinstance(subject, str) and ":-" in subject:
        sort, _, number = subject.rpartition(":")
        changes["subject"] = f"{sort}:{known[int(number)]}"
    return changes
