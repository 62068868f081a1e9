"""New rows of one kind, many at a time: one statement as the driver takes it, and plain tuples."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from functools import lru_cache
from operator import attrgetter
from typing import Any, get_type_hints

from sqlalchemy import Boolean, Column, Dialect, LargeBinary, Table, insert

from storage.rows import Convert, aad_of, closer
from storage.sealing import Vault
from storage.shapes import is_text

Cells = list[Any]


class Filling:
    """How records of one kind become rows of one table."""

    def __init__(self, table: Table, record: Any, dialect: Dialect) -> None:
        """Use `filling_for`, which keeps what was made."""
        hints = get_type_hints(record)
        names = [one.name for one in fields(record)]
        compiled = insert(table).compile(dialect=dialect, column_keys=names)
        order = compiled.positiontup or names
        columns = [table.columns[name] for name in order]
        self.statement = str(compiled)
        self._values = attrgetter(*order)
        self._id = order.index("id")
        self._pointers = [at for at, name in enumerate(order) if name.endswith("_id")]
        self._subject = order.index("subject") if "subject" in order else None
        self._sealed = [at for at, one in enumerate(columns) if _is_sealed_text(one, hints)]
        self._places = {at: aad_of(columns[at]) for at in self._sealed}
        self._changes = [
            (at, change)
            for at, one in enumerate(columns)
            if at not in self._sealed and (change := _stored(one, hints[one.name], dialect))
        ]

    def rows(self, records: Iterable[Any], vault: Vault) -> list[Cells]:
        """The rows, sealed and as the driver takes them; what they point to stays as it is."""
        rows = [list(self._values(one)) for one in records]
        for at, change in self._changes:
            for row in rows:
                value = row[at]
                if value is not None:
                    row[at] = change(vault, value)
        for at in self._sealed:
            filled = [row for row in rows if row[at] is not None]
            texts = vault.seal_many([row[at] for row in filled], self._places[at])
            for row, text in zip(filled, texts, strict=True):
                row[at] = text
        return rows

    def point(self, row: Cells, known: Mapping[int, int]) -> bool:
        """Put ids in the place of placeholders; whether everything it points to has one by now."""
        try:
            for at in self._pointers:
                value = row[at]
                if value is not None and value < 0:
                    row[at] = known[value]
            if self._subject is not None:
                row[self._subject] = pointed(row[self._subject], known)
        except KeyError:
            return False
        return True

    def numbered(self, row: Cells, number: int) -> tuple[Any, ...]:
        """The row under a number of its own, as a driver takes it."""
        row[self._id] = number
        return tuple(row)


@lru_cache(maxsize=128)
def filling_for(table: Table, record: Any, dialect: Dialect) -> Filling:
    """How records of this kind are written; TypeError or KeyError when there is no column."""
    return Filling(table, record, dialect)


def placeholder_in(subject: object) -> int | None:
    """The placeholder that a subject names, as in child:-12."""
    if isinstance(subject, str) and ":-" in subject:
        return int(subject.rpartition(":")[2])
    return None


def pointed(subject: Any, known: Mapping[int, int]) -> Any:
    """The subject with the id in the place of a placeholder."""
    number = placeholder_in(subject)
    return subject if number is None else f"{subject.rpartition(':')[0]}:{known[number]}"


def _is_sealed_text(column: Column[Any], hints: Mapping[str, Any]) -> bool:
    is_text_here = is_text(hints[column.name]) and not isinstance(column.type, LargeBinary)
    return bool(column.info.get("sealed")) and is_text_here


def _stored(column: Column[Any], hint: Any, dialect: Dialect) -> Convert | None:
    """What turns a value, which is not None, into what the driver takes; None: nothing to do."""
    plain = closer(column, hint)
    if plain is None and isinstance(column.type, Boolean):
        return None  # both drivers take it as it is
    bind: Callable[[Any], Any] | None = column.type.dialect_impl(dialect).bind_processor(dialect)
    if plain is None or bind is None:
        return plain if bind is None else _without_vault(bind)
    return lambda vault, value: bind(plain(vault, value))


def _without_vault(bind: Callable[[Any], Any]) -> Convert:
    return lambda _, value: bind(value)
