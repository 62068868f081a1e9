"""How many units of work a second: shared commits against a commit for each, in the same run.

`python -m benchmarks.storage_work`, on SQLite; trust the ratios, not the absolute numbers.
A unit writes a journal-sized row, an outbox-sized row and an update, as a reply does.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from datetime import UTC, datetime

from sqlalchemy import insert, update

from rules.decision import Entry
from storage.address import address_of
from storage.database import Database
from storage.engines import sqlite_reading, sqlite_writing
from storage.journal import verify
from storage.keys import Keys
from storage.migrate import migrate
from storage.sessions import SqliteSessions
from storage.tables.plumbing import access_log, meta
from storage.work import Work
from storage.writer import GROUP_LIMIT, SqliteWriter

NOW = datetime(2026, 9, 7, 1, 0, tzinfo=UTC)
KEYS = Keys((b"f" * 32,), b"j" * 32)
UNITS = 2_000
ROUNDS = 3
CALLERS = (1, 8, 64)
LINES = 100_000


async def write(work: Work) -> None:
    """What one unit writes."""
    for what in ("reply", "answer"):
        await work.execute(insert(access_log).values(at=NOW, what=what))
    await work.execute(update(meta).where(meta.c.name == "bench").values(value="x"))


async def rate(database: Database, callers: int) -> float:
    """Units of work a second with so many callers at once."""

    async def call() -> None:
        for _ in range(UNITS // callers):
            async with database.work(NOW) as work:
                await write(work)

    start = time.perf_counter()
    await asyncio.gather(*(call() for _ in range(callers)))
    return UNITS // callers * callers / (time.perf_counter() - start)


def opened(url: str, group_limit: int) -> Database:
    """The database with a writer that commits at most so many units at once."""
    address = address_of(url)
    assert address.file is not None
    writer = SqliteWriter(sqlite_writing(address.file), group_limit=group_limit)
    return Database(address, SqliteSessions(writer, sqlite_reading(address.file)), KEYS)


async def compare(url: str) -> None:
    """Print the rates of both ways, taken in turns, and their ratio."""
    print(f"{'callers':>8} {'each its commit':>16} {'shared commits':>16} {'ratio':>7}")
    for callers in CALLERS:
        rates: dict[int, list[float]] = {1: [], GROUP_LIMIT: []}
        for _ in range(ROUNDS):
            for limit, found in rates.items():
                database = opened(url, limit)
                found.append(await rate(database, callers))
                await database.close()
        alone, shared = (statistics.median(found) for found in rates.values())
        print(f"{callers:>8} {alone:>14.0f}/s {shared:>14.0f}/s {shared / alone:>7.2f}")


async def journal(url: str) -> None:
    """Print how long a long chain takes to prove."""
    database = await Database.open(url, KEYS)
    for _ in range(LINES // 1000):
        async with database.work(NOW) as work:
            for number in range(1000):
                work.journal(Entry("noted", f"case:{number}", personal={"name": "王小明"}))
    start = time.perf_counter()
    async with database.read() as read:
        verdict = await verify(read, KEYS.journal)
    print(f"verify {verdict.lines} lines: {time.perf_counter() - start:.2f} s")
    await database.close()


async def main() -> None:
    """Compare the two ways, then walk a long chain."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{folder}/bench.db"
        await migrate(url)
        await compare(url)
        await journal(url)


if __name__ == "__main__":
    asyncio.run(main())
