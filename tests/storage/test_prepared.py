"""Prepared statements say the same as the statements that they were made of, on both engines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import bindparam, insert, select, update

from storage.asking import Question
from storage.database import Database
from storage.errors import KeyTaken
from storage.prepared import Prepared
from storage.tables.plumbing import meta
from storage.tables.school import terms
from storage.work import Work

NOW = datetime(2026, 9, 7, tzinfo=UTC)
ADD = Prepared(insert(meta), ("name", "value"))
AMONG = select(meta.c.name).where(meta.c.name.in_(bindparam("names", expanding=True)))
NAMED = Prepared(AMONG.order_by(meta.c.name))
OTHERS = Prepared(
    select(meta.c.name)
    .where(meta.c.name.not_in(bindparam("names", expanding=True)), meta.c.value.in_(("x", "y")))
    .order_by(meta.c.name)
)


@dataclass(frozen=True)
class Span:
    name: str
    starts_on: date


async def add(work: Work, *rows: tuple[str, str]) -> None:
    await work.execute(ADD, [{"name": name, "value": value} for name, value in rows])


@pytest.mark.parametrize("names", [[], ["a"], ["a", "c"], ["a", "b", "c", "d"]])
async def test_lists_may_have_any_length(database: Database, names: list[str]) -> None:
    async with database.work(NOW) as work:
        await add(work, ("a", "x"), ("b", "y"), ("c", "x"))
        found = await work.values(NAMED, names=names)
        others = await work.values(OTHERS, names=names)

    assert found == [one for one in names if one != "d"]
    assert others == [one for one in "abc" if one not in names]


async def test_days_come_back_as_days(database: Database) -> None:
    question = Question(select(terms.c.name, terms.c.starts_on), Span)
    row = {"name": "秋", "starts_on": date(2026, 9, 1), "ends_on": date(2027, 1, 20), "version": 1}
    async with database.work(NOW) as work:
        await work.execute(Prepared(insert(terms), row), row)

        assert await work.ask(question) == [Span("秋", date(2026, 9, 1))]


async def test_a_missing_parameter_is_an_error_and_not_nothing(database: Database) -> None:
    async with database.read() as read:
        with pytest.raises(Exception, match="names"):
            await read.values(NAMED)


async def test_a_taken_key_has_its_name(database: Database) -> None:
    async def twice() -> None:
        async with database.work(NOW) as work:
            await add(work, ("a", "x"))
            await add(work, ("a", "y"))

    with pytest.raises(KeyTaken):
        await twice()

    async with database.read() as read:
        assert await read.values(NAMED, names=["a"]) == []


async def test_the_rows_that_were_touched_are_counted(database: Database) -> None:
    change = Prepared(update(meta).where(meta.c.value == "x").values(value=bindparam("new")))
    async with database.work(NOW) as work:
        await add(work, ("a", "x"), ("b", "y"), ("c", "x"))

        assert (await work.execute(change, {"new": "z"})).rowcount == 2


async def test_a_reading_that_begins_prepared_sees_one_moment(database: Database) -> None:
    async with database.read() as read:
        before = await read.values(NAMED, names=["a"])
        async with database.work(NOW + timedelta(seconds=1)) as work:
            await add(work, ("a", "x"))
        after = await read.values(NAMED, names=["a"])

    assert (before, after) == ([], [])
