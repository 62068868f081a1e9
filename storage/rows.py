"""Frozen dataclasses to rows and back: field names are column names, sealed columns are sealed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import MISSING, Field, dataclass, fields
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any, get_type_hints

from sqlalchemy import JSON, Column, ColumnElement, LargeBinary, SelectBase, Table

from storage.sealing import Vault
from storage.shapes import Change, is_container, is_text, plain_form, revived_form

if TYPE_CHECKING:
    from collections.abc import Sequence

Convert = Callable[[Vault, Any], Any]
Signature = tuple[tuple[str, Column[Any] | None], ...]


@dataclass(frozen=True, slots=True)
class Reader:
    """How one kind of record is made of the rows of one kind of query."""

    record: type[Any]
    names: tuple[str, ...]
    places: Callable[[Sequence[Any]], Sequence[Any]]
    converts: tuple[tuple[str, Convert], ...]
    is_plain: bool

    def read(self, vault: Vault, row: Sequence[Any]) -> Any:
        """One record; None stays None whatever the column."""
        values = dict(zip(self.names, self.places(row), strict=True))
        for name, convert in self.converts:
            value = values[name]
            if value is not None:
                values[name] = convert(vault, value)
        if not self.is_plain:
            return self.record(**values)
        record = object.__new__(self.record)
        record.__dict__.update(values)
        return record


def reader_for(record: Any, signature: Signature) -> Reader:
    """Match the fields of `record` with the columns; TypeError when one without default lacks."""
    return _reader_for(record, signature)


@lru_cache(maxsize=2048)
def _reader_for(record: Any, signature: Signature) -> Reader:
    hints = get_type_hints(record)
    places = {name: (at, column) for at, (name, column) in enumerate(signature)}
    columns = []
    for one in fields(record):
        if one.name in places:
            at, column = places[one.name]
            columns.append((one.name, at, opener(column, hints[one.name])))
        elif not _has_default(one):
            raise TypeError(f"{record.__name__}.{one.name} is not among the columns read")
    return Reader(
        record,
        names=tuple(name for name, _, _ in columns),
        places=_places([at for _, at, _ in columns]),
        converts=tuple((name, change) for name, _, change in columns if change is not None),
        is_plain=_is_plain(record, {name for name, _, _ in columns}),
    )


def _places(places: list[int]) -> Callable[[Sequence[Any]], Sequence[Any]]:
    """What takes the values at these places of a row."""
    if places == list(range(len(places))):
        return lambda row: row[: len(places)]
    return itemgetter(*places) if len(places) > 1 else lambda row: [row[at] for at in places]


def _is_plain(record: Any, given: set[str]) -> bool:
    """Whether a record is no more than its fields: those of a frozen dataclass are set one by one
    by its own making, which takes longer than to read them."""
    has_more = hasattr(record, "__slots__") or hasattr(record, "__post_init__")
    made = {one.name for one in fields(record) if one.default_factory is not MISSING}
    return not has_more and made <= given


@lru_cache(maxsize=512)
def writers_for(table: Table, record: Any) -> tuple[tuple[str, Convert | None], ...]:
    """Field names with what turns each value into what is stored; TypeError for no column."""
    hints = get_type_hints(record)
    missing = [one.name for one in fields(record) if one.name not in table.columns]
    if missing:
        raise TypeError(f"table {table.name} has no column for {missing} of {record.__name__}")
    return tuple(
        (one.name, closer(table.columns[one.name], hints[one.name])) for one in fields(record)
    )


def values_of(table: Table, record: Any, vault: Vault) -> dict[str, Any]:
    """The row to store for `record`; an id of 0 or less is left to the database."""
    values = {}
    kind: Any = type(record)
    for name, convert in writers_for(table, kind):
        value = getattr(record, name)
        values[name] = value if convert is None or value is None else convert(vault, value)
    if values.get("id", 1) <= 0:
        del values["id"]
    return values


def closer(column: Column[Any], hint: Any) -> Convert | None:
    """What turns a value of type `hint` into what `column` stores; None for nothing to do."""
    if column.info.get("sealed"):
        return _sealer(column, hint)
    if isinstance(column.type, JSON):
        return _without_vault(plain_form(hint))
    if is_container(hint):
        return lambda _, value: to_json(hint, value)
    return _without_vault(plain_form(hint, is_native=True))


def opener(column: Column[Any] | None, hint: Any) -> Convert | None:
    """The way back of `closer`; `column` is None for an expression."""
    if column is not None and column.info.get("sealed"):
        return _unsealer(column, hint)
    if column is not None and isinstance(column.type, JSON):
        return _without_vault(revived_form(hint))
    if is_container(hint):
        return lambda _, value: from_json(hint, value)
    return _without_vault(revived_form(hint, is_native=True))


def signature_of(query: SelectBase) -> Signature:
    """The columns of a query: their names, and the table columns that they come from."""
    return tuple((str(column.key), base_of(column)) for column in query.selected_columns)


def base_of(column: ColumnElement[Any]) -> Column[Any] | None:
    """The table's column behind an alias or label; None for an expression."""
    base = next(iter(column.base_columns), None)
    return base if isinstance(base, Column) and isinstance(base.table, Table) else None


def aad_of(column: Column[Any]) -> str:
    """The place a sealed value belongs to."""
    return f"{column.table.name}.{column.name}"


def to_json(hint: Any, value: Any) -> str:
    """Compact JSON of a value of type `hint`."""
    plain = plain_form(hint)
    return json.dumps(
        value if plain is None else plain(value), ensure_ascii=False, separators=(",", ":")
    )


def from_json(hint: Any, text: str) -> Any:
    """The way back of `to_json`."""
    revive = revived_form(hint)
    value = json.loads(text)
    return value if revive is None else revive(value)


def _sealer(column: Column[Any], hint: Any) -> Convert:
    aad = aad_of(column)
    if isinstance(column.type, LargeBinary):
        return lambda vault, value: vault.seal_bytes(value, aad)
    if is_text(hint):
        return lambda vault, value: vault.seal(value, aad)
    return lambda vault, value: vault.seal(to_json(hint, value), aad)


def _unsealer(column: Column[Any], hint: Any) -> Convert:
    aad = aad_of(column)
    if isinstance(column.type, LargeBinary):
        return lambda vault, value: vault.open_bytes(value, aad)
    if is_text(hint):
        return lambda vault, value: vault.open(value, aad)
    return lambda vault, value: from_json(hint, vault.open(value, aad))


def _has_default(one: Field[Any]) -> bool:
    return one.default is not MISSING or one.default_factory is not MISSING


def _without_vault(change: Change | None) -> Convert | None:
    if change is None:
        return None
    return lambda _, value: change(value)
