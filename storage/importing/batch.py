"""What one batch writes.  A dry run fills batches too, and throws them away."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from itertools import count
from typing import Any, TypeVar

from storage.importing.records import ALL_TABLES
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
        """Write everything; the ids of the new rows by their placeholders."""
        new: dict[int, int] = {}
        found = ChainMap(new, self.numbers.stored)
        for (kind, number), record in self.records.items():
            is_new = number < 0 and number not in found
            resolved = _resolved(record, found, is_new=is_new)
            saved = await work.save(ALL_TABLES[kind], resolved)
            if is_new:
                new[number] = saved.id
        return new


def _resolved(record: Any, known: Mapping[int, int], *, is_new: bool) -> Any:
    """The record with stored ids in place of placeholders."""
    changes: dict[str, Any] = {
        one.name: known[value]
        for one in fields(record)
        if (one.name.endswith("_id") or (one.name == "id" and not is_new))
        and isinstance(value := getattr(record, one.name), int)
        and value < 0
    }
    if is_new:
        changes["id"] = 0
    subject = getattr(record, "subject", None)
    if isinstance(subject, str) and ":-" in subject:
        sort, _, number = subject.rpartition(":")
        changes["subject"] = f"{sort}:{known[int(number)]}"
    scope_id = getattr(record, "scope_id", None)
    if isinstance(scope_id, int) and scope_id < 0:
        changes["scope_id"] = known[scope_id]
    return replace(record, **changes)
