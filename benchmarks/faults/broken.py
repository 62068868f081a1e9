"""Ways to put a database out of order for real, and what stands in where the machine refuses.

Each yields how it was done.  A lock is another process's; the full disk is a file system of its
own, the read-only database a file that nobody may change: both need root, and elsewhere SQLite
itself is told to refuse.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import sys
import tempfile
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from pathlib import Path

from benchmarks.common import KEYS
from storage.database import Database
from storage.migrate import migrate
from storage.writer import SqliteWriter

Broken = Callable[[Database], AbstractAsyncContextManager[str]]
DISK_SIZE = "16m"
FILLER = "filler"
#: Outlasts restarts, and so is no memory.
DISK = Path("/var/tmp")
HAS_DISK = DISK.is_dir()

#: Argument: the file.  Writes until its standard input ends.
HOLDER = """
import sqlite3, sys
other = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
other.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.read()
"""


@asynccontextmanager
async def locked(database: Database) -> AsyncIterator[str]:
    """Another process writes for longer than anybody waits for it."""
    other = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLDER, str(_file(database)), stdin=PIPE, stdout=PIPE
    )
    assert other.stdin is not None
    assert other.stdout is not None
    await other.stdout.readline()
    try:
        yield "by a second process"
    finally:
        other.stdin.close()
        await other.wait()


@asynccontextmanager
async def full(database: Database) -> AsyncIterator[str]:
    """There is no room for one more page; a database that is alone on its disk fills it."""
    folder = _file(database).parent
    if not folder.is_mount():
        with _before_each_group("PRAGMA max_page_count=1"):
            yield "max_page_count, for no disk could be mounted"
        return
    filler = folder / FILLER
    await asyncio.to_thread(_fill, _file(database), filler)
    try:
        yield f"a file system of {DISK_SIZE}B filled to the last byte"
    finally:
        filler.unlink()


@asynccontextmanager
async def read_only(database: Database) -> AsyncIterator[str]:
    """Nothing may be written into the file, nor into its log."""
    files = [str(_file(database)), f"{_file(database)}-wal"]
    if not await _can_be_held(_file(database).parent) or not await _done("chattr", "+i", *files):
        with _before_each_group("PRAGMA query_only=ON"):
            yield "query_only, for the file could not be made immutable"
        return
    try:
        yield "the file made immutable"
    finally:
        assert await _done("chattr", "-i", *files)


@asynccontextmanager
async def on_a_small_disk(database: Database) -> AsyncIterator[Database]:
    """A database alone on a disk of its own; the given one where nothing may be mounted."""
    with tempfile.TemporaryDirectory() as folder:
        options = ("-t", "tmpfs", "-o", f"size={DISK_SIZE}", "tmpfs", folder)
        if not await _done("mount", *options):
            yield database
            return
        try:
            async with _database_in(folder) as alone:
                yield alone
        finally:
            assert await _done("umount", folder)


@asynccontextmanager
async def on_a_disk(database: Database) -> AsyncIterator[Database]:
    """A database on a disk, where tests write into memory; the given one where there is none."""
    if not HAS_DISK:
        yield database
        return
    with tempfile.TemporaryDirectory(dir=DISK) as folder:
        async with _database_in(folder) as alone:
            yield alone


@asynccontextmanager
async def _database_in(folder: str) -> AsyncIterator[Database]:
    url = f"sqlite+aiosqlite:///{Path(folder) / 'guixiao.db'}"
    await migrate(url)
    database = await Database.open(url, KEYS)
    try:
        yield database
    finally:
        await database.close()


async def _can_be_held(folder: Path) -> bool:
    """Whether a file here that is made immutable refuses those who had it open before."""
    with tempfile.NamedTemporaryFile(dir=folder) as probe:
        if not await _done("chattr", "+i", probe.name):
            return False
        try:
            return not _takes(probe.fileno())
        finally:
            assert await _done("chattr", "-i", probe.name)


def _takes(file: int) -> bool:
    try:
        os.write(file, b"x")
    except OSError:
        return False
    return True


def _fill(database: Path, filler: Path) -> None:
    """What the log of the database could write over is given back first."""
    other = sqlite3.connect(database)
    other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    other.close()
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            os.write(file.fileno(), bytes(4096))


def _file(database: Database) -> Path:
    assert database.address.file is not None
    return database.address.file


async def _done(*command: str) -> bool:
    """Whether the machine let us do it."""
    try:
        running = await asyncio.create_subprocess_exec(*command, stdout=DEVNULL, stderr=DEVNULL)
    except FileNotFoundError:
        return False
    return await running.wait() == 0


@contextmanager
def _before_each_group(pragma: str) -> Iterator[None]:
    """Set something on the writing connection, each time it begins."""
    send = SqliteWriter._send

    def spoilt(self: SqliteWriter, statement: str) -> None:
        if statement == "BEGIN IMMEDIATE":
            send(self, pragma)
        send(self, statement)

    SqliteWriter._send = spoilt  # type: ignore[method-assign]
    try:
        yield
    finally:
        SqliteWriter._send = send  # type: ignore[method-assign]
