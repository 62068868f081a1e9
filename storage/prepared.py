"""Statements whose text never changes, prepared once.

SQLAlchemy builds a statement anew each time it is written down, finds its text in a cache and
wraps what comes back; around a statement on a local file that is most of the cost.  What is asked
or written for every tap and every message is therefore a constant of its module, and on SQLite
goes to the driver as it was compiled the first time.  What values look like in the database is
still SQLAlchemy's to say: each is passed through its column's type.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BindParameter, Dialect, Executable
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

Change = Callable[[Any], Any]
Given = Mapping[str, Any]
Rows = Sequence[Sequence[Any]]
#: How SQLAlchemy marks the place of a list in a compiled text.
_LIST = "__[POSTCOMPILE_{}]"


@dataclass(frozen=True, slots=True)
class _Slot:
    """One parameter in the order of the text: its name, its value where none is given."""

    name: str
    constant: Any
    change: Change | None
    is_list: bool

    def value(self, given: Given) -> Any:
        """What the driver gets."""
        value = given.get(self.name, self.constant)
        if value is _NEEDED:
            raise LookupError(f"the statement needs {self.name}")
        if self.change is None:
            return value
        if self.is_list:
            return [self.change(one) for one in value]
        return self.change(value)


_NEEDED = object()


@dataclass(slots=True)
class Text:
    """A statement as the driver takes it."""

    sql: str
    slots: tuple[_Slot, ...]
    columns: tuple[tuple[int, Change], ...]
    returns_rows: bool
    has_lists: bool = field(init=False)

    def __post_init__(self) -> None:
        """Most statements have no lists, and their text is the same each time."""
        self.has_lists = any(slot.is_list for slot in self.slots)

    def bound(self, given: Given) -> tuple[str, list[Any]]:
        """The text with a place for each value, and the values."""
        if not self.has_lists:
            return self.sql, [slot.value(given) for slot in self.slots]
        sql, values = self.sql, []
        for slot in self.slots:
            value = slot.value(given)
            if slot.is_list:
                values.extend(value)
                sql = sql.replace(_LIST.format(slot.name), ",".join("?" * len(value)))
            else:
                values.append(value)
        return sql, values

    def revived(self, rows: list[tuple[Any, ...]]) -> Rows:
        """The rows with instants, days and the like in place of what is stored."""
        if not self.columns or not rows:
            return rows
        changed = []
        for row in rows:
            values = list(row)
            for at, change in self.columns:
                values[at] = change(values[at])
            changed.append(values)
        return changed


class Prepared:
    """A statement that is compiled once; its parameters are given by name.

    Lists for `in_` are parameters with `expanding=True`, and may have any length.
    """

    def __init__(self, statement: Executable, sets: Iterable[str] = ()) -> None:
        """`sets` are the columns that an INSERT or UPDATE takes from its parameters."""
        self.statement = statement
        self._sets = list(sets) or None
        self._text: Text | None = None

    def on(self, dialect: Dialect) -> Text:
        """As the driver of this engine takes it; all engines of one sort are made alike."""
        if self._text is None:
            self._text = self._compiled(dialect)
        return self._text

    def _compiled(self, dialect: Dialect) -> Text:
        statement: Any = self.statement
        compiled: SQLCompiler = statement.compile(dialect=dialect, column_keys=self._sets)
        binds = compiled.binds
        slots = [_slot(binds[name], name, dialect) for name in compiled.positiontup or ()]
        columns = _columns_of(statement)
        revivers = [_from_driver(column.type, dialect) for column in columns]
        return Text(
            str(compiled),
            tuple(slots),
            tuple((at, change) for at, change in enumerate(revivers) if change is not None),
            bool(columns),
        )


def _slot(bind: BindParameter[Any], name: str, dialect: Dialect) -> _Slot:
    constant = _NEEDED if bind.required else bind.effective_value
    change = bind.type.dialect_impl(dialect).bind_processor(dialect)
    return _Slot(name, constant, change, bool(bind.expanding))


def _columns_of(statement: Any) -> Sequence[Any]:
    """The columns of its rows: those selected, or those an INSERT or UPDATE returns."""
    if statement.is_dml:
        return list(statement.exported_columns)
    return list(statement.selected_columns)


def _from_driver(kind: TypeEngine[Any], dialect: Dialect) -> Change | None:
    return kind.dialect_impl(dialect).result_processor(dialect, None)
