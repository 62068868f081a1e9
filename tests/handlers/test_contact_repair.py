"""A family's new number or address, from `/contact` to the record (privacy D2, D7)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from rules.model.people import Person
from storage.database import Database
from storage.lookups import phone_hash
from storage.tables.people import people
from tests.support.upper import newest, open_card, press, says
from tests.support.world import World, a_world

CHILD, NUMBER = "李一", "13912345678"


@pytest.fixture
async def county(database: Database) -> AsyncIterator[World]:
    async with a_world(database) as world:
        await world.family(CHILD, "李妈")
        yield world


async def ask(world: World, key: str, value: str) -> None:
    world.phone("李妈").say("/contact")
    await world.settle()
    await world.tap("李妈", key)
    await says(world, "李妈", value)


async def mother(world: World) -> Person:
    query = select(people).where(people.c.id == world.county.people["李妈"])
    async with world.stage.database.read() as read:
        found = await read.one(query, Person)
    assert found is not None
    return found


async def test_a_number_is_shown_masked_looked_at_and_confirmed(county: World) -> None:
    await ask(county, "手机号", NUMBER)
    assert "07:40 teacher task_card" in await county.heard("teacher")
    texts = [one.text for one in county.phone("teacher").messages if one.from_bot]
    assert any("139****5678" in text for text in texts)
    assert not [text for text in texts if NUMBER in text]

    assert NUMBER in await county.tap("teacher", "看一下")
    await county.tap("teacher", "确认")
    now = await mother(county)
    assert now.phone == NUMBER
    assert now.phone_hash == phone_hash(county.stage.database.vault, NUMBER)
    assert "老师已确认" in newest(county, "李妈")
    assert "contact_repair" not in await county.open_tasks(CHILD)


async def test_what_is_not_right_changes_nothing(county: World) -> None:
    before = await mother(county)
    await ask(county, "手机号", NUMBER)
    await county.tap("teacher", "不对")
    assert (await mother(county)).phone == before.phone
    assert "没有改" in newest(county, "李妈")


async def test_an_address_is_never_in_the_chat(county: World) -> None:
    await ask(county, "住址", "青石乡上坪村12号")
    texts = [one.text for one in county.phone("teacher").messages if one.from_bot]
    assert any("想改住址" in text for text in texts)
    assert not [text for text in texts if "上坪村" in text]
    await county.tap("teacher", "确认")
    assert (await county.child(CHILD)).address == "青石乡上坪村12号"


async def test_only_the_owner_decides_and_only_once(county: World) -> None:
    await ask(county, "手机号", NUMBER)
    task = await county.task("contact_repair", CHILD)
    await press(county, "section", f"repair:{task.id}:confirm")
    assert (await mother(county)).phone != NUMBER
    await open_card(county, "teacher", "contact_repair")
    await county.tap("teacher", "确认")
    await press(county, "teacher", f"repair:{task.id}:refuse")
    assert (await mother(county)).phone == NUMBER
