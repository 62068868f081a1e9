"""The first working day after a month: the school's report, and the township's receipt."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date

import pytest

from rules.model.people import Post, Role
from rules.model.reports import DueState, ReportDue
from storage.database import Database
from storage.tables.people import posts
from storage.tables.plumbing import journal
from storage.tables.reports import report_dues
from tests.support.county import add_person
from tests.support.upper import newest, press
from tests.support.world import World, a_world

FIRST = date(2026, 10, 8)


@pytest.fixture
async def world(sqlite: Database) -> AsyncIterator[World]:
    async with a_world(sqlite, on=FIRST) as found:
        async with sqlite.work(found.now) as work:
            person = await add_person(work, found.county, "township", "马乡长")
            post = Post(0, person, Role.TOWNSHIP, found.county.township_id)
            await work.insert(posts, post)
        await found.meet("township")
        yield found


async def owed(world: World, rhythm: str) -> ReportDue:
    (found,) = await world.all_of(report_dues, ReportDue, rhythm=rhythm)
    return found


async def test_a_month_is_signed_and_the_township_has_it(world: World) -> None:
    await world.to("08:01")
    assert (await owed(world, "school_monthly")).period == "2026-09"
    due = await owed(world, "township_monthly")
    assert await press(world, "head", f"report:{due.id}:0:sign") == "已签字上报"
    said = newest(world, "township")
    assert "青石中心小学 月报" in said
    assert "在校生 5" in said
    assert "李一" not in said

    assert "学校看得到" in await world.tap("township", "收到")
    assert "马乡长 10月8日 08:01 收到" in newest(world, "township")
    due = await owed(world, "township_monthly")
    assert (due.state, due.received_by) == (DueState.FILED, world.county.people["township"])
    await press(world, "township", f"reportin:{due.id}")
    async with world.stage.database.read() as read:
        query = journal.select().where(journal.c.kind == "report_received")
        assert len((await read.execute(query)).rows) == 1


async def test_nobody_else_gives_the_receipt(world: World) -> None:
    await world.to("08:01")
    due = await owed(world, "township_monthly")
    await press(world, "township", f"reportin:{due.id}")  # nothing has been signed yet
    await press(world, "head", f"report:{due.id}:0:sign")
    await press(world, "teacher", f"reportin:{due.id}")
    assert (await owed(world, "township_monthly")).received_at is None


async def test_a_month_is_reminded_of_and_climbs_when_nobody_signs(world: World) -> None:
    await world.to("12:01", date(2026, 10, 10))
    due = await owed(world, "school_monthly")
    assert due.state is DueState.MISSING
    await world.to("12:05", date(2026, 10, 12))
    task = await world.task("periodic_report")
    assert task.owner_id == world.county.people["head"]
    found = [one for one in await world.heard("section") if "task_climbed" in one]
    assert found != []
