from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import IntEnum, StrEnum

import pytest
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    func,
    select,
    union_all,
)
from sqlalchemy.exc import StatementError
from sqlalchemy.schema import CreateTable

from storage.database import Database
from storage.instants import Instant, from_microseconds, to_microseconds
from storage.rows import values_of
from storage.sealing import Vault
from tests.support.databases import KEYS, NOW


class Level(StrEnum):
    CLASS = "class"
    SCHOOL = "school"


class Step(IntEnum):
    FIRST = 1
    SECOND = 2


SEALED = {"sealed": True}
pupils = Table(
    "pupils",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("name", Text, info=SEALED),
    Column("photo", LargeBinary, info=SEALED),
    Column("places", Text, info=SEALED),
    Column("level", String(20)),
    Column("step", Integer),
    Column("levels", JSON),
    Column("days", Text),
    Column("limits", JSON),
    Column("is_here", Boolean),
    Column("born_on", Date),
    Column("due_at", Instant),
    Column("version", Integer, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Pupil:
    id: int = 0
    name: str | None = "王小明"
    photo: bytes | None = b"\xff\xd8"
    places: tuple[str, ...] = ("河东村",)
    level: Level = Level.SCHOOL
    step: Step | None = Step.SECOND
    levels: frozenset[Level] = frozenset({Level.CLASS, Level.SCHOOL})
    days: tuple[date, ...] = (date(2026, 9, 7),)
    limits: dict[str, int] | None = None
    is_here: bool = True
    born_on: date | None = date(2015, 2, 3)
    due_at: datetime | None = NOW
    version: int = 1


@dataclass(frozen=True)
class Brief:
    """Some columns of a pupil, and a figure."""

    name: str
    level: Level
    number: int = 0


@pytest.fixture
async def school(database: Database) -> Database:
    async with database.work(NOW) as work:
        await work.execute(CreateTable(pupils))
    return database


async def test_a_record_comes_back_as_it_was(school: Database) -> None:
    full, empty = Pupil(limits={"a": 1}), Pupil(name=None, photo=None, step=None, due_at=None)
    async with school.work(NOW) as work:
        stored = [await work.save(pupils, one) for one in (full, empty)]

    async with school.read() as read:
        assert await read.all(select(pupils).order_by(pupils.c.id), Pupil) == stored


async def test_sealed_columns_are_not_readable_in_the_database(school: Database) -> None:
    async with school.work(NOW) as work:
        await work.insert(pupils, Pupil())
        row = (await work.execute(select(pupils))).rows[0]

    assert "王小明" not in row.name
    assert "河东村" not in row.places
    assert b"\xff\xd8" not in row.photo


async def test_aliases_labels_joins_and_unions_are_opened_too(school: Database) -> None:
    async with school.work(NOW) as work:
        await work.insert(pupils, Pupil())
        other = pupils.alias("other")
        joined = select(other.c.name, pupils.c.level).join(other, other.c.id == pupils.c.id)
        labelled = select(
            pupils.c.name.label("name"), pupils.c.level, func.abs(-3).label("number")
        )
        sub = select(pupils).subquery()
        united = union_all(select(sub.c.name, sub.c.level), select(sub.c.name, sub.c.level))

        assert await work.all(joined, Brief) == [Brief("王小明", Level.SCHOOL)]
        assert await work.all(labelled, Brief) == [Brief("王小明", Level.SCHOOL, 3)]
        assert await work.all(united, Brief) == [Brief("王小明", Level.SCHOOL)] * 2
        assert await work.scalar(select(pupils.c.name)) == "王小明"
        assert await work.scalar(select(pupils.c.name).where(pupils.c.id == 9)) is None
        assert await work.one(select(pupils).where(pupils.c.id == 9), Pupil) is None


async def test_a_placeholder_id_is_replaced_by_the_database(school: Database) -> None:
    async with school.work(NOW) as work:
        stored = await work.save(pupils, Pupil(id=-1))

    assert stored.id > 0


def test_a_field_without_a_column_is_refused() -> None:
    with pytest.raises(TypeError, match="number"):
        values_of(pupils, Brief("王小明", Level.CLASS), Vault(KEYS))


async def test_a_field_that_a_query_lacks_is_refused(school: Database) -> None:
    async with school.read() as read:
        with pytest.raises(TypeError, match=r"Brief\.level"):
            await read.all(select(pupils.c.name), Brief)


async def test_an_unknown_value_of_an_enum_is_refused(school: Database) -> None:
    async with school.work(NOW) as work:
        await work.insert(pupils, Pupil())
        await work.execute(pupils.update().values(level="village"))
        with pytest.raises(ValueError, match="village"):
            await work.one(select(pupils), Pupil)


async def test_a_naive_instant_is_refused(school: Database) -> None:
    async def store() -> None:
        async with school.work(NOW) as work:
            await work.insert(pupils, Pupil(due_at=NOW.replace(tzinfo=None)))

    with pytest.raises((ValueError, StatementError), match="time zone"):
        await store()


def test_instants_keep_their_microseconds() -> None:
    shanghai = timezone(timedelta(hours=8))
    at = datetime(2026, 9, 7, 9, 30, 0, 123457, tzinfo=shanghai)

    assert from_microseconds(to_microseconds(at)) == at
    assert from_microseconds(to_microseconds(at)).tzinfo is UTC
