"""Numbers for new rows, taken before they are written, so that many go in with one statement."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import Select, Table, bindparam, func, select

from storage.work import Work


async def next_ids(work: Work, table: Table, count: int) -> list[int]:
    """So many ids that nobody else gets; the rows must be written in this unit of work."""
    if work.driver.name == "postgresql":
        return [int(row[0]) for row in (await work.execute(_every(table), {"n": count})).rows]
    first = int((await work.execute(_first(table))).rows[0][0])
    return list(range(first, first + count))


@lru_cache(maxsize=64)
def _first(table: Table) -> Select[Any]:
    """The next id, where one writer has the table to itself."""
    return select(func.coalesce(func.max(table.c.id), 0) + 1)


@lru_cache(maxsize=64)
def _every(table: Table) -> Select[Any]:
    """The next ids, each drawn from the table's sequence."""
    sequence = func.pg_get_serial_sequence(table.name, "id")
    return select(func.nextval(sequence)).select_from(func.generate_series(1, bindparam("n")))
