"""Engines for both databases, with the settings that the promises of the memory rest on."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool, QueuePool

from storage.address import Address

PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA busy_timeout=5000",
    "PRAGMA foreign_keys=ON",
)
#: The writer asks for the lock itself (storage/writer.py): SQLite's own waiting asks at ever
#: longer intervals, up to 100 ms, and misses the pauses between the batches of an import.
#: The pages that a unit of work has touched stay in memory until its commit (up to 8 MB), and so
#: does what a savepoint would restore: otherwise both go through files once there are many.
WRITING = (
    "PRAGMA busy_timeout=5",
    "PRAGMA cache_size=-8192",
    "PRAGMA temp_store=MEMORY",
)
READERS = 8
POSTGRES_CONNECTIONS = 8

compact_json = partial(json.dumps, ensure_ascii=False, separators=(",", ":"))
#: As many statements are kept as the driver made them: about as many as a morning asks.
STATEMENTS = 256
_SQLITE: dict[str, Any] = {
    "connect_args": {
        "isolation_level": None,
        "check_same_thread": False,
        "cached_statements": STATEMENTS,
    },
    "json_serializer": compact_json,
}


def sqlite_writing(file: Path) -> Engine:
    """A synchronous engine whose one connection leaves BEGIN and COMMIT to its owner."""
    engine = create_engine(f"sqlite:///{file}", poolclass=NullPool, **_SQLITE)
    event.listen(engine, "connect", partial(_set_pragmas, (*PRAGMAS, *WRITING)))
    return engine


def sqlite_reading(file: Path) -> Engine:
    """Readers with a pool of their own; each transaction sees one moment, and cannot write.

    The pool never makes anybody wait, which would hold up the event loop: it keeps some
    connections, and opens more where they are wanted.
    """
    engine = create_engine(
        f"sqlite:///{file}", poolclass=QueuePool, pool_size=READERS, max_overflow=-1, **_SQLITE
    )
    pragmas = (*PRAGMAS[1:], "PRAGMA query_only=ON")
    event.listen(engine, "connect", partial(_set_pragmas, pragmas))
    event.listen(engine, "begin", _begin)
    return engine


def postgres(address: Address) -> AsyncEngine:
    """Units of work at READ COMMITTED; readers take their own isolation."""
    return create_async_engine(
        address.url,
        pool_size=POSTGRES_CONNECTIONS,
        max_overflow=POSTGRES_CONNECTIONS,
        pool_pre_ping=True,
        connect_args={"server_settings": address.server_settings},
        json_serializer=compact_json,
    )


def _set_pragmas(pragmas: tuple[str, ...], connection: Any, _: object) -> None:
    cursor = connection.cursor()
    for pragma in pragmas:
        cursor.execute(pragma)
    cursor.close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
