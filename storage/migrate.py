"""Bringing a database to the newest shape, whatever it was before."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from storage.address import Address, address_of
from storage.engines import compact_json
from storage.tables.everything import metadata

_FOLDER = Path(__file__).parent / "migrations"
_LOCK = 4_107_281_726_023


async def migrate(url: str) -> None:
    """Create or upgrade the database at `url` in one transaction; of two processes one waits."""
    async with alone_on(address_of(url)) as connection:
        await connection.run_sync(upgrade)


async def differences(url: str) -> list[Any]:
    """What the database lacks or has too much, compared with our tables; empty when equal."""
    async with alone_on(address_of(url)) as connection:
        return await connection.run_sync(_differences)


async def write_revision(url: str, number: str, message: str) -> None:
    """Write the next version file from the difference between our tables and the database."""
    async with alone_on(address_of(url)) as connection:
        await connection.run_sync(_write_revision, number, message)


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Bring the database of a transaction from `alone_on` to the shape of a revision."""
    command.upgrade(_config(connection), revision)


def revisions() -> tuple[str, ...]:
    """The shapes that this program knows, newest first."""
    return tuple(one.revision for one in ScriptDirectory(str(_FOLDER)).walk_revisions())


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, metadata))


def _write_revision(connection: Connection, number: str, message: str) -> None:
    command.revision(_config(connection), message, autogenerate=True, rev_id=number)


@asynccontextmanager
async def alone_on(address: Address) -> AsyncIterator[AsyncConnection]:
    """A transaction that nobody else migrates beside; committed when the block is left."""
    is_sqlite = address.file is not None
    if address.file is not None:
        address.file.parent.mkdir(parents=True, exist_ok=True)
        arguments: dict[str, Any] = {"isolation_level": None, "timeout": 60}
    else:
        arguments = {"server_settings": address.server_settings}
    engine = create_async_engine(
        address.url, poolclass=NullPool, connect_args=arguments, json_serializer=compact_json
    )
    async with engine.begin() as connection:
        if is_sqlite:
            await connection.exec_driver_sql("PRAGMA journal_mode=WAL")
            await connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            await connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            await _ensure_schema(connection, address.schema)
        yield connection


async def _ensure_schema(connection: AsyncConnection, schema: str | None) -> None:
    if schema is not None:
        quoted = connection.dialect.identifier_preparer.quote_identifier(schema)
        await connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {quoted}")
