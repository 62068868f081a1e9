"""Lookups: one statement for many askers, one moment, and the same answers as by oneself."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from sqlalchemy import bindparam, select

from storage.asking import Lookup
from storage.database import Database
from storage.meta import remember
from storage.sharing import ReadingRoom, SharedWork
from storage.tables.plumbing import meta
from storage.work import Reading, Work

NOW = datetime(2026, 9, 7, tzinfo=UTC)


@dataclass(frozen=True)
class Noted:
    name: str
    value: str


NOTED = Lookup(select(meta).order_by(meta.c.name), meta.c.name, Noted)
NOTED_AS = Lookup(select(meta).where(meta.c.value == bindparam("as_")), meta.c.name, Noted)


@pytest.fixture
async def filled(database: Database) -> Database:
    async with database.work(NOW) as work:
        for name in ("甲", "乙", "丙"):
            await remember(work, name, f"{name}的")
    return database


def counted(read: Reading) -> list[object]:
    line = read._asker._line
    run, seen = line.run, list[object]()

    async def counting(statement: object, parameters: object = None) -> object:
        seen.append(statement)
        return await run(statement, parameters)  # type: ignore[arg-type]

    class Counting:
        dialect = line.dialect

        def __init__(self) -> None:
            self.run = counting

    read._asker._line = Counting()  # type: ignore[assignment]
    return seen


async def test_askers_of_one_moment_share_a_statement(filled: Database) -> None:
    async with filled.read() as read:
        seen = counted(read)
        names = ["甲", "乙", "没有", "甲"]
        found = await asyncio.gather(*(read.get(NOTED, name) for name in names))
        again = await read.get(NOTED, "乙")

    assert [one and one.value for one in found] == ["甲的", "乙的", None, "甲的"]
    assert again == found[1]
    assert len(seen) == 1


async def test_other_values_are_another_question(filled: Database) -> None:
    async with filled.read() as read:
        right, wrong = await asyncio.gather(
            read.found(NOTED_AS, "甲", as_="甲的"), read.found(NOTED_AS, "甲", as_="乙的")
        )

    assert [one.value for one in right] == ["甲的"]
    assert wrong == ()


async def test_a_unit_of_work_sees_what_it_has_written(filled: Database) -> None:
    async with filled.work(NOW) as work:
        before = await work.get(NOTED, "丁")
        await remember(work, "丁", "丁的")
        after = await work.get(NOTED, "丁")

    assert before is None
    assert after is not None


async def test_an_error_reaches_whoever_asked(filled: Database) -> None:
    async with filled.read() as read:
        with pytest.raises(Exception, match="as_"):
            await read.get(NOTED_AS, "甲")
        assert await read.get(NOTED, "甲") is not None


async def test_a_cancelled_asker_leaves_the_others_their_answer(filled: Database) -> None:
    async with filled.read() as read:
        hasty = asyncio.create_task(read.get(NOTED, "甲"))
        patient = asyncio.create_task(read.get(NOTED, "甲"))
        await asyncio.sleep(0)
        hasty.cancel()
        found = await patient

    assert found is not None


async def test_readers_of_one_moment_share_a_reading(filled: Database) -> None:
    room = ReadingRoom(filled)

    async def look(name: str) -> tuple[int, Noted | None]:
        async with room.read() as read:
            return id(read), await read.get(NOTED, name)

    first = await asyncio.gather(look("甲"), look("乙"))
    async with filled.work(NOW) as work:
        await remember(work, "丁", "丁的")
    later = await look("丁")

    assert first[0][0] == first[1][0]
    assert later[1] is not None


async def test_writes_of_one_moment_are_one_unit_and_a_faulty_one_fails_alone(
    database: Database,
) -> None:
    alone: list[object] = []

    async def by_itself(write: object) -> None:
        alone.append(write)
        async with database.work(NOW) as work:
            await write(work)  # type: ignore[operator]

    shared = SharedWork(database, lambda: NOW, by_itself)

    async def note(work: Work, name: str) -> None:
        await remember(work, name, "好")
        if name == "坏":
            raise KeyError(name)

    async def record(name: str) -> None:
        await shared.record(lambda work: note(work, name))

    await asyncio.gather(record("一"), record("二"))
    assert alone == []
    outcomes = await asyncio.gather(
        record("三"), record("坏"), record("四"), return_exceptions=True
    )

    assert [type(one) for one in outcomes] == [type(None), KeyError, type(None)]
    assert len(alone) == 3
    async with database.read() as read:
        names = await asyncio.gather(*(read.get(NOTED, name) for name in "一二三四坏"))
    assert [one is not None for one in names] == [True, True, True, True, False]
