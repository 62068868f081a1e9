"""Numbers for new rows, taken before they are written, so that many go in with one statement."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Executable, Table
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import ClauseElement

from storage.work import Work


class _Next(Executable, ClauseElement):
    """The next ids of a table: all of them, or (where one writer has it to itself) the first."""

    inherit_cache = False

    def __init__(self, table: Table, count: int) -> None:
        self.table = table
        self.count = count


@compiles(_Next, "sqlite")
def _first(element: _Next, *_: Any, **__: Any) -> str:
    return f"SELECT coalesce(max(id), 0) + 1 FROM {element.table.name}"


@compiles(_Next, "postgresql")
def _every(element: _Next, *_: Any, **__: Any) -> str:
    name = element.table.name
    sequence = f"pg_get_serial_sequence('{name}', 'id')"
    return f"SELECT nextval({sequence}) FROM generate_series(1, {element.count})"


async def next_ids(work: Work, table: Table, count: int) -> list[int]:
    """So many ids that nobody else gets; the rows must be written in this unit of work."""
    found = [int(row[0]) for row in (await work.execute(_Next(table, count))).rows]
    return found if len(found) == count else list(range(found[0], found[0] + count))
