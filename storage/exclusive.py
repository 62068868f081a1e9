"""One run at a time: whoever holds the claim on a database is the only one that runs it."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from storage.address import Address
from storage.errors import AlreadyRunning

_HOLDER = text(
    "SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid "
    "WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.database = "
    "(SELECT oid FROM pg_database WHERE datname = current_database()) "
    "AND (l.classid::bigint << 32 | l.objid::bigint) = :key"
)


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to run; the watch asks now and then whether it still holds."""

    connection: AsyncConnection | None = None

    async def is_held(self) -> bool:
        """False when the server has closed the connection that holds it: stop at once."""
        if self.connection is None:
            return True
        try:
            await self.connection.execute(text("SELECT 1"))
        except (DBAPIError, OSError):
            return False
        return True


@asynccontextmanager
async def claim_run(address: Address, holder: str) -> AsyncIterator[Claim]:
    """Hold the claim for the length of the block; AlreadyRunning, with its holder, if taken."""
    if address.file is not None:
        lock = _locked(address.file.with_name(address.file.name + ".lock"), holder)
        try:
            yield Claim()
        finally:
            os.close(lock)
        return
    async with _connected(address, holder) as connection:
        key = _key_of(address)
        query = text("SELECT pg_try_advisory_lock(:key)")
        if not (await connection.execute(query, {"key": key})).scalar_one():
            running = (await connection.execute(_HOLDER, {"key": key})).scalars().first()
            raise AlreadyRunning(running or "?")
        yield Claim(connection)


def _locked(path: Path, holder: str) -> int:
    """The open lock file; the lock goes when it is closed, or when the process ends."""
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        running = os.read(file, 200).decode(errors="replace")
        os.close(file)
        raise AlreadyRunning(running or "?") from None
    os.ftruncate(file, 0)
    os.write(file, holder.encode()[:200])
    return file


@asynccontextmanager
async def _connected(address: Address, holder: str) -> AsyncIterator[AsyncConnection]:
    settings = address.server_settings | {
        "application_name": holder[:60],
        "tcp_keepalives_idle": "10",
        "tcp_keepalives_interval": "5",
        "tcp_keepalives_count": "3",
    }
    engine = create_async_engine(
        address.url,
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
        connect_args={"server_settings": settings},
    )
    async with engine.connect() as connection:
        yield connection


def _key_of(address: Address) -> int:
    """A lock number (63 bits) for the county's schema; locks are apart between databases."""
    name = f"guixiao run {address.schema or 'public'}"
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") >> 1
