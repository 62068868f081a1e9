"""Statements whose text never changes, prepared once.

SQLAlchemy builds a statement anew each time it is written down, finds its text in a cache and
wraps what comes back; around a statement on a local file that is most of the cost.  What is asked
or written for every tap and every message is therefore a constant of its module, and on SQLite
goes to the driver as it was compiled the first time.  What values look like in the database is
still SQLAlchemy's to say: each is passed through its column's type.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Dialect, Executable
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

Change = Callable[[Any], Any]
Given = Mapping[str, Any]
Rows = Sequence[Sequence[Any]]
#: How SQLAlchemy marks the place of a list in a compiled text.
_LIST = "__[POSTCOMPILE_{}]"


@dataclass(frozen=True, slots=True)
class Text:
    """A statement as the driver takes it.

    `names` are its parameters in the order of their places, `constants` the values of those that
    are never given, `changes` what turns a value into what is stored, and `lists` the places that
    take several values.  `columns` are those of its rows that are stored in another form.
    """

    sql: str
    names: tuple[str, ...]
    constants: Given
    changes: tuple[tuple[int, Change], ...]
    lists: frozenset[int]
    columns: tuple[tuple[int, Change], ...]
    returns_rows: bool

    def bound(self, given: Given) -> tuple[str, list[Any]]:
        """The text with a place for each value, and the values; LookupError for one not given."""
        constants = self.constants
        values = [given[name] if name in given else constants[name] for name in self.names]
        for at, change in self.changes:
            value = values[at]
            values[at] = [change(one) for one in value] if at in self.lists else change(value)
        return self._spread(values) if self.lists else (self.sql, values)

    def _spread(self, values: list[Any]) -> tuple[str, list[Any]]:
        """Lists are filled up to a power of two with their last value: the driver keeps what it
        made of a text, and so meets few different ones."""
        sql, spread = self.sql, list[Any]()
        for at, (name, value) in enumerate(zip(self.names, values, strict=True)):
            if at in self.lists:
                places = 1 << (len(value) - 1).bit_length() if value else 0
                sql = sql.replace(_LIST.format(name), ",".join("?" * places))
                spread.extend(value)
                spread.extend(value[-1:] * (places - len(value)))
            else:
                spread.append(value)
        return sql, spread

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
        names = tuple(compiled.positiontup or ())
        binds = [compiled.binds[name] for name in names]
        columns = _columns_of(statement)
        return Text(
            sql=str(compiled),
            names=names,
            constants={
                name: one.effective_value
                for name, one in zip(names, binds, strict=True)
                if not one.required
            },
            changes=_numbered(_to_driver(one.type, dialect) for one in binds),
            lists=frozenset(at for at, one in enumerate(binds) if one.expanding),
            columns=_numbered(_from_driver(one.type, dialect) for one in columns),
            returns_rows=bool(columns),
        )


def _numbered(changes: Iterable[Change | None]) -> tuple[tuple[int, Change], ...]:
    return tuple((at, change) for at, change in enumerate(changes) if change is not None)


def _columns_of(statement: Any) -> Sequence[Any]:
    """The columns of its rows: those selected, or those an INSERT or UPDATE returns."""
    if statement.is_dml:
        return list(statement.exported_columns)
    return list(statement.selected_columns)


def _to_driver(kind: TypeEngine[Any], dialect: Dialect) -> Change | None:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _from_driver(kind: TypeEngine[Any], dialect: Dialect) -> Change | None:
    return kind.dialect_impl(dialect).result_processor(dialect, None)
