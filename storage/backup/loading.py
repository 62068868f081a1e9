"""Putting a proven backup in the place of a database: one transaction, all of it or nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from itertools import islice

from sqlalchemy import Connection, func, insert, inspect, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.address import Address
from storage.attachments import put_sealed
from storage.backup.archive import Archive
from storage.backup.forms import table_of
from storage.backup.manifest import JournalEnd, Manifest
from storage.errors import BadBackup, BrokenChain
from storage.journal import verify
from storage.lines import AsyncLine
from storage.meta import Mode, mode_of
from storage.migrate import alone_on, upgrade
from storage.sealing import Vault
from storage.tables.everything import metadata
from storage.work import Reading

ROWS_AT_ONCE = 500
_VERSIONS = "alembic_version"
_FOREIGN_KEYS = text(
    "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) "
    "FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"
)
Constraint = tuple[str, str, str]


async def present_mode(address: Address, vault: Vault) -> Mode | None:
    """What the database at this address is for; None where it is empty, or not there at all."""
    if address.file is not None and not address.file.exists():
        return None
    async with alone_on(address) as connection:
        if not await connection.run_sync(_is_used):
            return None
        return await mode_of(Reading(AsyncLine(connection), vault))


async def load(archive: Archive, address: Address, vault: Vault) -> None:
    """Replace everything in the database; BadBackup or BrokenChain, and it stays as it was.

    The caller holds the claim on the database.  Tables are made as they were when the backup was
    made, filled, and then brought to the newest shape; all is counted and the chain is walked
    before the one commit.
    """
    manifest = archive.manifest
    async with alone_on(address) as connection:
        await connection.run_sync(_emptied, manifest)
        constraints = await _without_constraints(connection)
        for name in manifest.tables:
            await _fill(connection, archive, name)
        await _with_constraints(connection, constraints, manifest)
        await _check_counts(connection, manifest)
        await connection.run_sync(upgrade)
        await _check_chain(connection, manifest, vault)


async def place_files(archive: Archive, vault: Vault) -> int:
    """Put the attachments, proven before, where they lie; how many there are.

    A content that is there already and opens with our keys stays.
    """
    files = archive.files()
    for sha256 in files:
        await asyncio.to_thread(put_sealed, vault, sha256, archive.file(sha256))
    return len(files)


def _is_used(connection: Connection) -> bool:
    """Whether anything has ever been brought in or run here."""
    there = set(inspect(connection).get_table_names())
    for name in ("units", "people", "students", "journal"):
        if name in there:
            query = select(func.count()).select_from(metadata.tables[name])
            if connection.execute(query).scalar_one():
                return True
    return False


def _emptied(connection: Connection, manifest: Manifest) -> None:
    """No table of ours is left; then the tables of the backup's revision are made."""
    ours = {*metadata.tables, *manifest.tables, _VERSIONS}
    cascade = " CASCADE" if connection.dialect.name == "postgresql" else ""
    for name in sorted(ours & set(inspect(connection).get_table_names())):
        quoted = connection.dialect.identifier_preparer.quote_identifier(name)
        connection.exec_driver_sql(f"DROP TABLE {quoted}{cascade}")
    upgrade(connection, manifest.revision)
    fresh = inspect(connection)
    made = set(fresh.get_table_names()) & ours - {_VERSIONS}
    if made != manifest.tables.keys():
        raise BadBackup("shape", ", ".join(sorted(made ^ manifest.tables.keys())))
    for name, listed in manifest.tables.items():
        if {one["name"] for one in fresh.get_columns(name)} != {one for one, _ in listed.columns}:
            raise BadBackup("shape", name)


async def _fill(connection: AsyncConnection, archive: Archive, name: str) -> None:
    columns = archive.manifest.tables[name].columns
    names = [one for one, _ in columns]
    statement = insert(table_of(name, columns))
    for rows in _batches(archive.rows(name)):
        values = [dict(zip(names, row, strict=True)) for row in rows]
        try:
            await connection.execute(statement, values)
        except DBAPIError as error:
            raise BadBackup("shape", name) from error


def _batches(rows: Iterable[list[object]]) -> Iterator[list[list[object]]]:
    rest = iter(rows)
    while batch := list(islice(rest, ROWS_AT_ONCE)):
        yield batch


async def _without_constraints(connection: AsyncConnection) -> list[Constraint]:
    """PostgreSQL checks pointers at once; they are taken off while rows come in any order."""
    if connection.dialect.name != "postgresql":
        return []
    found = [(row[0], row[1], row[2]) for row in await connection.execute(_FOREIGN_KEYS)]
    for table, name, _ in found:
        await connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    return found


async def _with_constraints(
    connection: AsyncConnection, constraints: Iterable[Constraint], manifest: Manifest
) -> None:
    """Every pointer leads somewhere, and new rows get numbers that nobody has."""
    if connection.dialect.name != "postgresql":
        loose = (await connection.exec_driver_sql("PRAGMA foreign_key_check")).first()
        if loose is not None:
            raise BadBackup("shape", loose[0])
        return
    for table, name, definition in constraints:
        try:
            statement = f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}"
            await connection.exec_driver_sql(statement)
        except DBAPIError as error:
            raise BadBackup("shape", table) from error
    for name, listed in manifest.tables.items():
        if "id" in dict(listed.columns):
            await connection.exec_driver_sql(
                f"SELECT setval(pg_get_serial_sequence('\"{name}\"', 'id'), "
                f'COALESCE(MAX(id), 1), MAX(id) IS NOT NULL) FROM "{name}"'
            )


async def _check_counts(connection: AsyncConnection, manifest: Manifest) -> None:
    for name, listed in manifest.tables.items():
        query = select(func.count()).select_from(table_of(name, listed.columns))
        if (await connection.execute(query)).scalar_one() != listed.rows:
            raise BadBackup("altered", f"tables/{name}")


async def _check_chain(connection: AsyncConnection, manifest: Manifest, vault: Vault) -> None:
    """The journal ends where it ended then; one that was broken then is broken just so."""
    verdict = await verify(Reading(AsyncLine(connection), vault), vault.keys.journal)
    found = JournalEnd(verdict.lines, verdict.head, verdict.broken_at, verdict.broken_by)
    if found != manifest.journal:
        raise BrokenChain(f"{verdict.broken_at}: {verdict.broken_by}")
