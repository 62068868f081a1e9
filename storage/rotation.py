"""Sealing everything anew with the newest field key, while the bot runs (privacy D4).

Nothing remembers how far it has come: whatever is not sealed with the newest key is still to do,
so that a rotation that was cut off is taken up by simply beginning again.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, LargeBinary, Table, func, or_, select, update

from rules.decision import Entry
from storage.attachments import reseal, seals_anew
from storage.database import Database
from storage.errors import Conflict
from storage.keys import key_id
from storage.rows import aad_of
from storage.sealing import Vault, beginning
from storage.tables.everything import metadata
from storage.tables.plumbing import attachments
from storage.work import Reading, Work

ROWS_AT_ONCE = 100
PASSES = 10
#: Between two units of work everybody else has a turn.
PAUSE = 0.02
Row = Sequence[Any]


@dataclass(frozen=True)
class Rotation:
    """What has been sealed anew, and the keys that nothing in the database needs any more."""

    values: int
    files: int
    old_ids: tuple[str, ...]


async def is_unfinished(database: Database) -> bool:
    """Whether anything is sealed with another key than the newest."""
    async with database.read() as read:
        for table in metadata.sorted_tables:
            if await _next_rows(read, table, None, limit=1):
                return True
        return any([seals_anew(read.vault, one) async for one in _files(read)])


async def rotate(database: Database, now: datetime) -> Rotation:
    """Seal everything with the newest key; RuntimeError when somebody goes on using an old one."""
    values = files = 0
    for _ in range(PASSES):
        values += await _reseal_rows(database, now)
        files += await _reseal_files(database)
        if not await is_unfinished(database):
            return await _noted(database, now, values, files)
    raise RuntimeError("somebody goes on sealing with an old key")


async def _noted(database: Database, now: datetime, values: int, files: int) -> Rotation:
    ids = [key_id(key) for key in database.keys.fields]
    public = {"key": ids[0], "values": values, "files": files}
    async with database.work(now) as work:
        work.journal(Entry("key_rotated", "county", public=public))
    return Rotation(values, files, tuple(ids[1:]))


async def _reseal_rows(database: Database, now: datetime) -> int:
    done = 0
    for table in metadata.sorted_tables:
        after = None
        while rows := await _found(database, table, after):
            after = rows[-1][0]
            done += await _write(database, now, table, rows)
            await asyncio.sleep(PAUSE)
    return done


async def _found(database: Database, table: Table, after: Any) -> Sequence[Row]:
    async with database.read() as read:
        return await _next_rows(read, table, after, limit=ROWS_AT_ONCE)


async def _next_rows(read: Reading, table: Table, after: Any, *, limit: int) -> Sequence[Row]:
    """Key and sealed values of the next rows in which a value has an old key."""
    columns, key = _sealed(table), _key(table)
    if not columns:
        return ()
    current = read.vault.current_id.hex()
    query = select(key, *columns).where(or_(*(_is_old(one, current) for one in columns)))
    if after is not None:
        query = query.where(key > after)
    return (await read.execute(query.order_by(key).limit(limit))).rows


def _sealed(table: Table) -> list[Column[Any]]:
    return [one for one in table.columns if one.info.get("sealed")]


def _key(table: Table) -> Column[Any]:
    return next(iter(table.primary_key))


def _is_old(column: Column[Any], current: str) -> ColumnElement[bool]:
    """Every sealed value begins with a mark and the id of its key: 6 bytes, 8 in base64."""
    start = beginning(current)
    if isinstance(column.type, LargeBinary):
        return func.substr(column, 1, len(start), type_=LargeBinary()) != start
    text = base64.b64encode(start).decode("ascii")
    return func.substr(column, 1, len(text)) != text


async def _write(database: Database, now: datetime, table: Table, rows: Iterable[Row]) -> int:
    """One unit of work; what the bot has written in the meantime stays as it wrote it."""
    try:
        async with database.work(now) as work:
            return sum([await _write_row(work, table, row) for row in rows])
    except Conflict:
        return 0  # the next pass finds them again


async def _write_row(work: Work, table: Table, row: Row) -> int:
    done = 0
    for column, token in zip(_sealed(table), row[1:], strict=True):
        if token is not None and not work.vault.is_current(token):
            fresh = _resealed(work.vault, token, aad_of(column))
            same = (_key(table) == row[0], column == token)
            outcome = await work.execute(update(table).where(*same).values({column.name: fresh}))
            done += outcome.rowcount
    return done


def _resealed(vault: Vault, token: str | bytes, aad: str) -> str | bytes:
    if isinstance(token, str):
        return vault.seal(vault.open(token, aad), aad)
    return vault.seal_bytes(vault.open_bytes(token, aad), aad)


async def _reseal_files(database: Database) -> int:
    async with database.read() as read:
        names = [one async for one in _files(read)]
    return sum([await asyncio.to_thread(reseal, database.vault, one) for one in names])


async def _files(read: Reading) -> AsyncIterator[str]:
    query = select(attachments.c.sha256).where(attachments.c.removed_at.is_(None)).distinct()
    for sha256 in await read.scalars(query):
        yield sha256
