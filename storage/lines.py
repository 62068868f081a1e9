"""One way to run a statement, whichever thread or driver the connection lives in."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Dialect, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.errors import named
from storage.prepared import Prepared

#: After so many statements the event loop gets a turn.
TURN_EVERY = 24
#: So many rows go in with one statement.
ROWS_AT_ONCE = 400

_T = TypeVar("_T")
Values = Mapping[str, Any]
Rows = Sequence[tuple[Any, ...]]
Inserts = Sequence[tuple[str, Rows]]
"""Statements, as the driver takes them, and the rows that go in with them."""
Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None
Statement = Executable | Prepared


@dataclass(frozen=True, slots=True)
class Outcome:
    """All rows of one statement, already fetched, and how many rows it touched."""

    rows: Sequence[Any]
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

    async def run(self, statement: Statement, parameters: Parameters = None) -> Outcome:
        """Run one statement; lost races surface as Conflict, the rest as the driver's errors."""
        ...

    async def fill(self, inserts: Inserts) -> None:
        """Run each statement, as the driver takes it, for each of its rows."""
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

    async def run(self, statement: Statement, parameters: Parameters = None) -> Outcome:
        """Run one statement; those who share the connection take turns."""
        async with self.lock:
            return await self.connection.run_sync(fetched, statement, parameters)

    async def fill(self, inserts: Inserts) -> None:
        """Run each statement for many rows."""
        async with self.lock:
            await self.connection.run_sync(_filled, inserts)


@dataclass(slots=True)
class InlineLine:
    """A synchronous connection used on the event loop itself.

    A statement on a local file takes some ten microseconds; handing it to a thread costs ten
    times that, and under load waits for the interpreter's lock as well.  Every so often the loop
    gets a turn, so that a long unit of work keeps nobody waiting.
    """

    connection: Connection
    #: Runs a call in the thread that the connection's owner has.
    hop: Callable[..., Awaitable[Any]] | None = None
    statements: int = 0

    @property
    def dialect(self) -> str:
        """The engine behind it."""
        return self.connection.dialect.name

    @property
    def driver(self) -> Dialect:
        """How the engine's driver wants statements and values."""
        return self.connection.dialect

    async def run(self, statement: Statement, parameters: Parameters = None) -> Outcome:
        """Run one statement."""
        self.statements += 1
        if self.statements % TURN_EVERY == 0:
            await asyncio.sleep(0)
        return fetched(self.connection, statement, parameters)

    async def fill(self, inserts: Inserts) -> None:
        """Run each statement for many rows in the thread of the connection's owner, if it has one:
        the loop goes on meanwhile."""
        if self.hop is None:
            return _filled(self.connection, inserts)
        return await _unbroken(self.hop(_filled_at_once, self.connection, inserts))


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

    async def run(self, statement: Statement, parameters: Parameters = None) -> Outcome:
        """Run one statement; a cancelled caller waits until it has ended."""
        return await self._apart(fetched, self.connection, statement, parameters)

    async def fill(self, inserts: Inserts) -> None:
        """Run each statement for many rows; likewise."""
        await self._apart(_filled, self.connection, inserts)

    async def _apart(self, call: Callable[..., _T], *args: Any) -> _T:
        async with self.lock:
            return await _unbroken(asyncio.to_thread(call, *args))


async def _unbroken(call: Awaitable[_T]) -> _T:
    """A call in a thread, which has the connection until it is over, even if nobody waits."""
    running = asyncio.ensure_future(call)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait((running,))
        raise


async def insert_new(line: Line, table: Table, rows: Values | Sequence[Values]) -> list[Any]:
    """Add rows, leaving out those whose unique key is there; the key of one row if it was new."""
    if isinstance(rows, Mapping):
        statement = _insert_new(table, line.dialect, tuple(rows), is_one=True)
        return [row[0] for row in (await line.run(statement, rows)).rows]
    if rows:
        statement = _insert_new(table, line.dialect, tuple(rows[0]), is_one=False)
        await line.run(statement, rows)
    return []


@lru_cache(maxsize=512)
def _insert_new(table: Table, dialect: str, names: tuple[str, ...], *, is_one: bool) -> Prepared:
    make = sqlite.insert if dialect == "sqlite" else postgresql.insert
    statement = make(table).on_conflict_do_nothing()
    first_key = next(iter(table.primary_key))
    return Prepared(statement.returning(first_key) if is_one else statement, names)


def _filled(connection: Connection, inserts: Inserts) -> None:
    """Run each statement for many rows."""
    for statement, rows in inserts:
        _sent(connection, statement, rows)


def _filled_at_once(connection: Connection, inserts: Inserts) -> None:
    """The same for INSERTs, a few hundred rows in one statement.

    SQLite's driver gives the interpreter's lock away for every statement; each time a thread
    waits to get it back, so it must not be once for each row.
    """
    for statement, rows in inserts:
        for first in range(0, len(rows), ROWS_AT_ONCE):
            piece = rows[first : first + ROWS_AT_ONCE]
            _sent(connection, _spread(statement, len(piece)), [tuple(chain.from_iterable(piece))])


@lru_cache(maxsize=256)
def _spread(statement: str, count: int) -> str:
    head, values, cells = statement.rpartition(" VALUES ")
    return head + values + ", ".join([cells] * count)


def _sent(connection: Connection, statement: str, rows: Rows) -> None:
    try:
        connection.exec_driver_sql(statement, list(rows))
    except DBAPIError as error:
        name = named(error)
        if name is error:
            raise
        raise name from error


def ordered(connection: Connection, word: str) -> None:
    """Tell SQLite to begin, commit, or the like, by the driver alone."""
    try:
        _driver_of(connection).execute(word)
    except sqlite3.Error as error:
        raise _wrapped(error, word) from error


def fetched(connection: Connection, statement: Statement, parameters: Parameters) -> Outcome:
    """Run one statement and fetch all of its rows."""
    if isinstance(statement, Prepared):
        if connection.dialect.name == "sqlite":
            return _straight(connection, statement, parameters)
        statement = statement.statement
    try:
        result = connection.execute(statement, parameters)
        rows = result.all() if result.returns_rows else ()
    except DBAPIError as error:
        name = named(error)
        if name is error:
            raise
        raise name from error
    return Outcome(rows, result.rowcount)


def _straight(connection: Connection, prepared: Prepared, parameters: Parameters) -> Outcome:
    """The same by the driver alone, in the transaction of the connection."""
    text = prepared.on(connection.dialect)
    if not connection.in_transaction():
        connection.begin()
    driver = _driver_of(connection)
    try:
        if parameters is None or isinstance(parameters, Mapping):
            cursor = driver.execute(*text.bound(parameters or {}))
        else:
            cursor = driver.executemany(text.sql, [text.bound(one)[1] for one in parameters])
        rows = text.revived(cursor.fetchall()) if text.returns_rows else ()
    except sqlite3.Error as error:
        wrapped = _wrapped(error, text.sql)
        raise (named(wrapped) if isinstance(wrapped, DBAPIError) else wrapped) from error
    return Outcome(rows, cursor.rowcount)


def _driver_of(connection: Connection) -> Any:
    return connection.connection.driver_connection


def _wrapped(error: sqlite3.Error, sql: str) -> BaseException:
    """As if SQLAlchemy had run the statement; parameters stay out of it."""
    return DBAPIError.instance(sql, None, error, sqlite3.Error, hide_parameters=True)
