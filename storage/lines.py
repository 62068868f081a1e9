"""One way to run a statement, whichever thread or driver the connection lives in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Dialect, Executable, Row, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.errors import named

#: After so many statements the event loop gets a turn.
TURN_EVERY = 24
#: So many rows go in before the event loop gets a turn.
ROWS_AT_ONCE = 400

_T = TypeVar("_T")
Values = Mapping[str, Any]
Rows = Sequence[tuple[Any, ...]]
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

    @property
    def driver(self) -> Dialect:
        """How the engine's driver wants statements and values."""
        ...

    async def run(self, statement: Executable, parameters: Parameters = None) -> Outcome:
        """Run one statement; lost races surface as Conflict, the rest as the driver's errors."""
        ...

    async def run_many(self, statement: str, rows: Rows) -> None:
        """Run one statement, as the driver takes it, for each of many rows."""
        ...


@dataclass(frozen=True, slots=True)
class AsyncLine:
    """A connection of SQLAlchemy's asynchronous engine."""

    connection: AsyncConnection
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def dialect(self) -> str:
        """The engine behind it."""
        return self.connection.dialect.name

    @property
    def driver(self) -> Dialect:
        """How the engine's driver wants statements and values."""
        return self.connection.dialect

    async def run(self, statement: Executable, parameters: Parameters = None) -> Outcome:
        """Run one statement; those who share the connection take turns."""
        async with self.lock:
            return await self.connection.run_sync(fetched, statement, parameters)

    async def run_many(self, statement: str, rows: Rows) -> None:
        """Run one statement for many rows."""
        async with self.lock:
            await self.connection.run_sync(sent, statement, rows)


@dataclass(slots=True)
class InlineLine:
    """A synchronous connection used on the event loop itself.

    A statement on a local file takes some ten microseconds; handing it to a thread costs ten
    times that, and under load waits for the interpreter's lock as well.  Every so often the loop
    gets a turn, so that a long unit of work keeps nobody waiting.
    """

    connection: Connection
    statements: int = 0

    @property
    def dialect(self) -> str:
        """The engine behind it."""
        return self.connection.dialect.name

    @property
    def driver(self) -> Dialect:
        """How the engine's driver wants statements and values."""
        return self.connection.dialect

    async def run(self, statement: Executable, parameters: Parameters = None) -> Outcome:
        """Run one statement."""
        self.statements += 1
        if self.statements % TURN_EVERY == 0:
            await asyncio.sleep(0)
        return fetched(self.connection, statement, parameters)

    async def run_many(self, statement: str, rows: Rows) -> None:
        """Run one statement for many rows; the loop gets a turn between pieces of them."""
        for first in range(0, len(rows), ROWS_AT_ONCE):
            await asyncio.sleep(0)
            sent(self.connection, statement, rows[first : first + ROWS_AT_ONCE])


@dataclass(frozen=True, slots=True)
class ThreadLine:
    """A synchronous connection in a thread, for questions that take long: a hop per statement."""

    connection: Connection
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def dialect(self) -> str:
        """The engine behind it."""
        return self.connection.dialect.name

    @property
    def driver(self) -> Dialect:
        """How the engine's driver wants statements and values."""
        return self.connection.dialect

    async def run(self, statement: Executable, parameters: Parameters = None) -> Outcome:
        """Run one statement; a cancelled caller waits until it has ended."""
        return await self._apart(fetched, self.connection, statement, parameters)

    async def run_many(self, statement: str, rows: Rows) -> None:
        """Run one statement for many rows; likewise."""
        await self._apart(sent, self.connection, statement, rows)

    async def _apart(self, call: Callable[..., _T], *args: Any) -> _T:
        async with self.lock:
            running = asyncio.ensure_future(asyncio.to_thread(call, *args))
            try:
                return await asyncio.shield(running)
            except asyncio.CancelledError:
                await asyncio.wait((running,))
                raise


async def insert_new(line: Line, table: Table, rows: Values | Sequence[Values]) -> list[Any]:
    """Add rows, leaving out those whose unique key is there; the key of one row if it was new."""
    make = sqlite.insert if line.dialect == "sqlite" else postgresql.insert
    statement = make(table).on_conflict_do_nothing()
    if not isinstance(rows, Mapping):
        await line.run(statement, rows)
        return []
    first_key = next(iter(table.primary_key))
    return [row[0] for row in (await line.run(statement.returning(first_key), rows)).rows]


def sent(connection: Connection, statement: str, rows: Rows) -> None:
    """Run one statement, as the driver takes it, for many rows."""
    try:
        connection.exec_driver_sql(statement, list(rows))
    except DBAPIError as error:
        name = named(error)
        if name is error:
            raise
        raise name from error


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
