"""How each engine opens a transaction for writing and one for reading, and ends it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.errors import named
from storage.lines import AsyncLine, InlineLine, Line, ThreadLine
from storage.writer import SqliteWriter

_STOCK = (text("PRAGMA analysis_limit=1000"), text("ANALYZE"))


class Sessions(Protocol):
    """The transactions of one database."""

    def writing(self) -> AbstractAsyncContextManager[Line]:
        """A transaction that is committed on a clean exit and rolled back otherwise."""
        ...

    def reading(self) -> AbstractAsyncContextManager[Line]:
        """A transaction that sees one moment and cannot write."""
        ...

    def surveying(self) -> AbstractAsyncContextManager[Line]:
        """The same as `reading`, for questions that take long: nobody waits for their answers."""
        ...

    async def take_stock(self) -> None:
        """Let the engine see how full its tables are."""
        ...

    async def close(self) -> None:
        """Close every connection."""
        ...


class SqliteSessions:
    """One writer, and readers beside it."""

    def __init__(self, writer: SqliteWriter, readers: Engine) -> None:
        """Take both over; `close` closes them."""
        self._writer = writer
        self._readers = readers

    def writing(self) -> AbstractAsyncContextManager[Line]:
        """A turn at the writer."""
        return self._writer.turn()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Line]:
        """A reader's connection."""
        with self._readers.connect() as connection:
            yield InlineLine(connection)

    @asynccontextmanager
    async def surveying(self) -> AsyncIterator[Line]:
        """A reader's connection, used in a thread."""
        with self._readers.connect() as connection:
            yield ThreadLine(connection)

    async def take_stock(self) -> None:
        """A few rows of each index say enough."""
        async with self._writer.turn() as line:
            for statement in _STOCK:
                await line.run(statement)

    async def close(self) -> None:
        """Close writer and readers."""
        await self._writer.close()
        self._readers.dispose()


class PostgresSessions:
    """A transaction each."""

    def __init__(self, engine: AsyncEngine) -> None:
        """Take the engine over; `close` disposes of it."""
        self._engine = engine
        self._readers = engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Line]:
        """A transaction at READ COMMITTED; a race lost at the commit is a Conflict, too."""
        async with self._engine.connect() as connection:
            yield AsyncLine(connection)
            try:
                await connection.commit()
            except DBAPIError as error:
                raise named(error) from error

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Line]:
        """A transaction at REPEATABLE READ that cannot write."""
        async with self._readers.connect() as connection:
            yield AsyncLine(connection)

    surveying = reading

    async def take_stock(self) -> None:
        """Autovacuum does so by itself."""

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()
