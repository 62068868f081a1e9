from __future__ import annotations

import asyncio
from datetime import timedelta

from sqlalchemy import select

from storage import inbox
from storage.database import Database
from storage.tables import plumbing
from tests.support.databases import NOW

LATER = NOW + timedelta(minutes=1)


async def waiting_ids(database: Database, limit: int = 100) -> list[int]:
    async with database.read() as read:
        return [one.update_id for one in await inbox.waiting(read, NOW, limit)]


async def test_an_update_that_comes_twice_is_kept_once(database: Database) -> None:
    await inbox.store(database, [(1, '{"a":1}', 7), (2, "{}", None)], NOW)
    await inbox.store(database, [(2, '{"other":1}', 7), (3, "{}", 7)], NOW)

    async with database.read() as read:
        found = await inbox.waiting(read, NOW, 10)
    assert [(one.update_id, one.chat_id, one.content) for one in found] == [
        (1, 7, '{"a":1}'),
        (2, None, "{}"),
        (3, 7, "{}"),
    ]


async def test_the_same_batch_from_many_callers_is_kept_once(database: Database) -> None:
    batch = [(number, "{}", number % 3) for number in range(50)]
    await asyncio.gather(*(inbox.store(database, batch, NOW) for _ in range(8)))

    assert await waiting_ids(database) == list(range(50))


async def test_an_update_that_is_done_does_not_come_back(database: Database) -> None:
    await inbox.store(database, [(1, "{}", 7), (2, "{}", 7)], NOW)
    async with database.work(NOW) as work:
        await inbox.mark_done(work, 1)
    await inbox.store(database, [(1, "{}", 7)], NOW)

    assert await waiting_ids(database) == [2]


async def test_one_that_was_put_off_holds_back_its_own_chat_only(database: Database) -> None:
    updates = [(1, "{}", 7), (2, "{}", 8), (3, "{}", 7), (4, "{}", None)]
    await inbox.store(database, updates, NOW)
    async with database.work(NOW) as work:
        await inbox.put_off(work, 1, LATER, "ValueError")

    assert await waiting_ids(database) == [2, 4]
    async with database.read() as read:
        later = await inbox.waiting(read, LATER, 10)
    assert [(one.update_id, one.attempts) for one in later] == [(1, 1), (2, 0), (3, 0), (4, 0)]


async def test_junk_is_set_aside_and_stays_to_be_looked_at(database: Database) -> None:
    await inbox.store(database, [(1, "junk", 7), (2, "{}", 7)], NOW)
    async with database.work(NOW) as work:
        await inbox.set_aside(work, 1, "ValueError")

    assert await waiting_ids(database) == [2]
    async with database.read() as read:
        junk = select(plumbing.inbox).where(plumbing.inbox.c.update_id == 1)
        row = (await read.execute(junk)).rows[0]
        count = await inbox.count_waiting(read)
    assert (row.state, row.cause, count) == ("aside", "ValueError", 1)
    assert b"junk" not in row.content


async def test_the_highest_id_is_that_of_the_latest_batch(database: Database) -> None:
    async with database.read() as read:
        assert await inbox.highest_update_id(read) is None
    await inbox.store(database, [(900, "{}", 7)], NOW)
    await inbox.store(database, [(5, "{}", 7), (6, "{}", 7)], LATER)

    async with database.read() as read:
        assert await inbox.highest_update_id(read) == 6


async def test_retention_takes_what_was_handled_long_ago(database: Database) -> None:
    await inbox.store(database, [(1, "{}", 7), (2, "{}", 7), (3, "{}", 7)], NOW)
    async with database.work(NOW) as work:
        await inbox.mark_done(work, 1)
    async with database.work(LATER) as work:
        await inbox.set_aside(work, 2, "ValueError")
        assert await inbox.drop_handled_before(work, LATER) == 1
        assert await inbox.drop_handled_before(work, LATER + timedelta(days=1)) == 1

    assert await waiting_ids(database) == [3]
