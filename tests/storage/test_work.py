from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import sys
import time
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from rules.decision import Entry
from storage.database import Database
from storage.errors import Conflict, KeyTaken, StaleVersion
from storage.meta import recall, remember
from storage.tables.plumbing import access_log, attachments, journal, meta
from storage.work import Work
from tests.storage.records import Attachment, Seen, a_seen, an_attachment
from tests.support.databases import KEYS, NOW


class Abandoned(Exception):
    """Raised in the middle of a unit of work."""


async def test_nothing_is_committed_after_an_exception(database: Database) -> None:
    async def change_one_s_mind() -> None:
        async with database.work(NOW) as work:
            await remember(work, "name", "value")
            work.journal(Entry("noted", "case:1"))
            raise Abandoned

    with pytest.raises(Abandoned):
        await change_one_s_mind()

    async with database.read() as read:
        assert await recall(read, "name") is None
        assert await read.scalar(select(func.count()).select_from(journal)) == 0


async def test_the_second_writer_loses(database: Database) -> None:
    async with database.work(NOW) as work:
        stored = await work.save(attachments, an_attachment())
    async with database.work(NOW) as work:
        await work.save(attachments, stored)

    with pytest.raises(StaleVersion):
        async with database.work(NOW) as work:
            await work.save(attachments, stored)


async def test_saving_counts_the_version(database: Database) -> None:
    async with database.work(NOW) as work:
        first = await work.save(attachments, an_attachment())
        second = await work.save(attachments, first)

        assert (first.version, second.version) == (1, 2)
        assert await work.one(select(attachments), Attachment) == second


async def test_a_row_that_is_gone_is_stale(database: Database) -> None:
    with pytest.raises(StaleVersion):
        async with database.work(NOW) as work:
            await work.save(attachments, an_attachment(id=7))


async def test_of_two_writers_at_once_exactly_one_wins(database: Database) -> None:
    async with database.work(NOW) as work:
        stored = await work.save(attachments, an_attachment())

    async def change() -> None:
        async with database.work(NOW) as work:
            await work.save(attachments, stored)

    outcomes = await asyncio.gather(*(change() for _ in range(8)), return_exceptions=True)

    assert sum(outcome is None for outcome in outcomes) == 1
    assert all(outcome is None or isinstance(outcome, Conflict) for outcome in outcomes)


async def test_a_unique_key_that_is_taken_is_a_conflict(database: Database) -> None:
    async with database.work(NOW) as work:
        await remember(work, "name", "value")

    with pytest.raises(KeyTaken):
        async with database.work(NOW) as work:
            await work.execute(insert(meta).values(name="name", value="other"))


async def test_what_is_no_lost_race_keeps_its_own_name(database: Database) -> None:
    with pytest.raises(IntegrityError):
        async with database.work(NOW) as work:
            await work.execute(insert(meta).values(name="name", value=None))


async def test_units_that_share_a_commit_fail_alone(database: Database) -> None:
    async def note(number: int) -> None:
        async with database.work(NOW) as work:
            await remember(work, f"name {number}", "value")
            if number % 3 == 0:
                raise Abandoned

    outcomes = await asyncio.gather(*(note(n) for n in range(30)), return_exceptions=True)

    assert [isinstance(one, Abandoned) for one in outcomes] == [n % 3 == 0 for n in range(30)]
    async with database.read() as read:
        assert await read.scalar(select(func.count()).select_from(meta)) == 20


async def test_a_cancelled_unit_leaves_nothing_and_the_others_go_on(database: Database) -> None:
    is_inside = asyncio.Event()

    async def linger() -> None:
        async with database.work(NOW) as work:
            await remember(work, "lingering", "value")
            is_inside.set()
            await asyncio.Event().wait()

    async def note(number: int) -> None:
        async with database.work(NOW) as work:
            await remember(work, f"name {number}", "value")

    lingering = asyncio.create_task(linger())
    await is_inside.wait()
    noting = [asyncio.create_task(note(number)) for number in range(5)]
    given_up = asyncio.create_task(note(99))
    await asyncio.sleep(0)
    given_up.cancel()
    lingering.cancel()
    await asyncio.gather(*noting)
    await asyncio.gather(lingering, given_up, return_exceptions=True)

    async with database.read() as read:
        assert sorted(await read.scalars(select(meta.c.name))) == [f"name {n}" for n in range(5)]


async def test_hooks_run_after_the_commit_only(database: Database) -> None:
    rung: list[str] = []

    async def note(outcome: str) -> None:
        async with database.work(NOW) as work:
            work.on_commit(lambda: rung.append(outcome))
            assert outcome not in rung
            if outcome == "abandoned":
                raise Abandoned

    await note("committed")
    with pytest.raises(Abandoned):
        await note("abandoned")

    assert rung == ["committed"]


async def test_a_reading_cannot_write(database: Database) -> None:
    with pytest.raises(DBAPIError):
        async with database.read() as read:
            await read.execute(insert(meta).values(name="name", value="value"))


async def test_a_reading_sees_one_moment(database: Database) -> None:
    count = select(func.count()).select_from(meta)
    async with database.read() as read:
        before = await read.scalar(count)
        async with database.work(NOW) as work:
            await remember(work, "name", "value")

        assert await read.scalar(count) == before


async def test_a_unit_inside_another_is_refused(sqlite_url: str) -> None:
    database = await Database.open(sqlite_url, KEYS)
    with pytest.raises(RuntimeError):
        async with database.work(NOW), database.work(NOW):
            pass
    async with database.work(NOW) as work:
        await remember(work, "name", "value")
    await database.close()


async def test_many_rows_come_back_as_they_were(database: Database) -> None:
    seen = [a_seen(n, at=NOW + timedelta(microseconds=n)) for n in range(50)]
    async with database.work(NOW) as work:
        await work.insert_many(access_log, seen)

    async with database.read() as read:
        found = await read.all(select(access_log).order_by(access_log.c.id), Seen)
    assert [(one.at, one.person_id) for one in found] == [(o.at, o.person_id) for o in seen]


KILLED = """
import asyncio, sys
from storage.database import Database
from storage.meta import remember
from tests.support.databases import KEYS, NOW

async def note(database, first):
    for number in range(first, 1_000_000, 8):
        async with database.work(NOW) as work:
            await remember(work, str(number), "value")
        print(number, flush=True)

async def main():
    database = await Database.open(sys.argv[1], KEYS)
    await asyncio.gather(*(note(database, first) for first in range(8)))

asyncio.run(main())
"""


async def test_a_killed_process_loses_nothing_that_was_committed(database_url: str) -> None:
    root = Path(__file__).parents[2]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-c", KILLED, database_url),
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root)},
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    told = [await process.stdout.readline() for _ in range(200)]
    process.send_signal(signal.SIGKILL)
    told += (await process.stdout.read()).splitlines(keepends=True)
    await process.wait()

    database = await Database.open(database_url, KEYS)
    async with database.work(NOW) as work:
        kept = set(await work.scalars(select(meta.c.name)))
    await database.close()
    assert {line.decode().strip() for line in told if line.endswith(b"\n")} <= kept


async def test_a_failed_commit_fails_every_member(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlite3 import OperationalError

    from storage.writer import SqliteWriter

    send = SqliteWriter._send

    def failing(self: SqliteWriter, statement: str) -> None:
        if statement == "COMMIT":
            raise DBAPIError("COMMIT", {}, OperationalError("disk I/O error"))
        send(self, statement)

    async def note(database: Database, number: int) -> None:
        async with database.work(NOW) as work:
            work.on_commit(lambda: pytest.fail("rang without a commit"))
            await remember(work, str(number), "value")

    database = await Database.open(sqlite_url, KEYS)
    with monkeypatch.context() as patch:
        patch.setattr(SqliteWriter, "_send", failing)
        outcomes = await asyncio.gather(
            *(note(database, number) for number in range(5)), return_exceptions=True
        )

    assert all(isinstance(outcome, DBAPIError) for outcome in outcomes)
    async with database.work(NOW) as work:
        assert await names(work) == []
    await database.close()


async def names(work: Work) -> list[str]:
    return list(await work.scalars(select(meta.c.name)))


async def test_another_process_that_writes_for_long_is_a_conflict(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from storage import writer

    monkeypatch.setattr(writer, "PATIENCE", 3)
    database = await Database.open(sqlite_url, KEYS)
    async with database.work(NOW) as work:
        await remember(work, "name", "value")
    other = sqlite3.connect(sqlite_url.partition("///")[2], isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Conflict):
        async with database.work(NOW) as work:
            await remember(work, "late", "value")
    other.close()

    async with database.work(NOW) as work:
        assert await names(work) == ["name"]
    await database.close()


def write_again_and_again(file: str, enough: Event) -> None:
    """Another process, as an import: batches with short pauses between them."""
    other = sqlite3.connect(file, isolation_level=None)
    while not enough.is_set():
        other.execute("BEGIN IMMEDIATE")
        time.sleep(0.04)
        other.execute("COMMIT")
        time.sleep(0.008)
    other.close()


async def waits_of(database: Database, number: int) -> list[float]:
    """How long so many units of work took, the longest last."""
    waits = []
    for at in range(number):
        await asyncio.sleep(0.005)
        began = time.monotonic()
        async with database.work(NOW) as work:
            await remember(work, f"name {at}", "value")
        waits.append(time.monotonic() - began)
    return sorted(waits)


async def test_a_pause_of_another_process_is_enough_to_get_the_lock(sqlite_url: str) -> None:
    database, enough = await Database.open(sqlite_url, KEYS), Event()
    await waits_of(database, 1)
    busy = Thread(target=write_again_and_again, args=(database.address.file, enough))
    busy.start()
    try:
        waits = await waits_of(database, 25)
    finally:
        enough.set()
        busy.join()
        await database.close()

    assert waits[-3] < 0.4


async def test_a_connection_from_read_only_times_is_given_up(sqlite_url: str) -> None:
    """Opened while the file could not be written, it would refuse for ever: BEGIN succeeds on
    it, and each unit fails alone."""
    database = await Database.open(sqlite_url, KEYS)

    async def write() -> None:
        async with database.work(NOW) as work:
            await remember(work, "name", "value")

    await write()
    writer = database._sessions._writer  # type: ignore[attr-defined]
    writer._send("PRAGMA query_only=ON")
    with pytest.raises(DBAPIError, match="readonly"):
        await write()

    await write()
    await database.close()
