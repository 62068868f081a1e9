"""One way to run a statement, whichever thread or driver the connection lives in."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Connection, Executable, Row, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.errors import named

Values = Mapping[str, Any]
Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """All rows of one statement, already fetched, and how many rows it touched."""

    rows: Sequence[Row[*tuple[Any, ...]]]
    rowcount: int


class Line(Protocol):
    """An open connection inside a transaction."""

    @property
    def dialect(self) -> str:
        """The engine: "sqlite" or "postgresql"."""
        ...

    async def run(self, statement: Executable, parameters: Parameters = None) -> Outcome:
        """Run one statement; lost races surface as Conflict, the rest as the driver's errors."""
        ...


@dataclass(frozen=True, slots=True)
class AsyncLine:
    """A connection of SQLAlchemy's asynchronous engine."""

    connection: AsyncConnection

    @property
    def dialect(self) -> str:
        """The engine behind it."""
        return self.connection.dialect.name

    async def run(self, statement: Executable, parameters: Parameters = None) -> Outcome:
        """Run one statement."""
        return await self.connection.run_sync(fetched, statement, parameters)


@dataclass(frozen=True, slots=True)
class ThreadLine:
    """A synchronous connection in a thread of its own: one hop per statement."""

    connection: Connection
    thread: ThreadPoolExecutor

    @property
    def dialect(self) -> str:
        """The engine behind it."""
        return self.connection.dialect.name

    async def run(self, statement: Executable, parameters: Parameters = None) -> Outcome:
        """Run one statement; when the caller is cancelled, it still ends before the next one."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self.thread, fetched, self.connection, statement, parameters
        )


async def insert_new(line: Line, table: Table, rows: Values | Sequence[Values]) -> list[Any]:
    """Add rows, leaving out those whose unique key is there; the key of one row if it was new."""
    make = sqlite.insert if line.dialect == "sqlite" else postgresql.insert
    statement = make(table).on_conflict_do_nothing()
    if not isinstance(rows, Mapping):
        await line.run(statement, rows)
        return []
    first_key = next(iter(table.primary_key))
    return [row[0] for row in (await line.run(statement.returning(first_key), rows)).rows]


def fetched(connection: Connection, statement: Executable, parameters: Parameters) -> Outcome:
    """Run one statement and fetch all of its rows."""
    try:
        result = connection.execute(statement, parameters)
        rows = result.all() if result.returns_rows else ()
    except DBAPIError as error:
        name = named(error)
        if name is error:
            raise
        raise name from error
    return Outcome(rows, result.rowcount)
