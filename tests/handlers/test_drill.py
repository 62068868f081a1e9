"""The term's drill: everybody on a chat is asked once, a tap is the proof of reach."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date

import pytest

from rules.model.drill import Drill
from storage.database import Database
from storage.drills import SchoolReach, ask, people_to_ask, reach
from storage.tables.drills import drills
from tests.support.upper import keys, newest, press
from tests.support.world import World, a_world

TERM = date(2026, 9, 1)
ON = date(2026, 9, 7)


@pytest.fixture
async def county(database: Database) -> AsyncIterator[World]:
    async with a_world(database) as world:
        await world.family("李一", "李妈")
        yield world


async def begin(world: World) -> int:
    async with world.stage.database.work(world.now) as work:
        waiting = await people_to_ask(work, ON, TERM)
        await ask(work, waiting, TERM)
    await world.settle()
    return len(waiting)


async def school(world: World) -> SchoolReach:
    async with world.stage.database.read() as read:
        (found,) = await reach(read, TERM)
    return found


async def test_everybody_is_asked_once(county: World) -> None:
    assert await begin(county) > 3
    heard = [one.split()[1:] for one in await county.heard()]
    assert ["teacher", "staff_drill"] in heard
    assert ["李妈", "family_drill"] in heard
    assert not [one for one in heard if one[0] == "section"]
    assert await begin(county) == 0


async def test_a_tap_counts_once(county: World) -> None:
    asked = await begin(county)
    before = await school(county)
    assert (before.asked_n, before.received, before.percent) == (asked, 0, 0)
    assert (before.children, before.unreached) == (5, 5)
    assert keys(county, "李妈") == ["收到", "要改", "发错人了"]
    await county.tap("李妈", "收到")
    assert "谢谢" in newest(county, "李妈")
    assert keys(county, "李妈") == []
    (mine,) = [one for one in await county.all_of(drills, Drill) if one.answered_at]
    await press(county, "李妈", f"drill:{mine.id}:family")
    after = await school(county)
    assert (after.received, after.unreached) == (1, 4)
    assert after.percent == 100 // asked


async def test_nobody_taps_for_somebody_else(county: World) -> None:
    await begin(county)
    mother = county.county.people["李妈"]
    (hers,) = await county.all_of(drills, Drill, person_id=mother)
    await press(county, "teacher", f"drill:{hers.id}:staff")
    assert (await school(county)).received == 0
