"""[台账]: who gets which rows, masked, and gone after a day."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from datetime import date

import pytest
from python_calamine import CalamineWorkbook

from rules.model.school import EnrolmentStatus, StatusChange
from storage.database import Database
from storage.tables.plumbing import access_log
from storage.tables.school import status_changes
from storage.work import Work
from tests.support.upper import says
from tests.support.world import World, a_world

CHILD = "李一"


@pytest.fixture
async def world(database: Database) -> AsyncIterator[World]:
    async with a_world(database) as found:
        async with database.work(found.now) as work:
            await _suspect(work, found)
        await found.to("10:00")
        yield found


async def _suspect(work: Work, world: World) -> None:
    child = world.county.children[CHILD]
    enrolled, suspected = EnrolmentStatus.ENROLLED, EnrolmentStatus.SUSPECTED
    step = StatusChange(0, child, None, enrolled, suspected, date(2026, 9, 1), work.now, None)
    await work.insert(status_changes, step)


def received(world: World, who: str) -> list[list[object]]:
    """The rows of the newest sheet on this phone."""
    held = world.phone(who).newest.file
    assert held is not None
    book = CalamineWorkbook.from_filelike(io.BytesIO(held.data))
    return [list(row) for row in book.get_sheet_by_index(0).to_python()]


async def test_the_section_picks_one_and_gets_it_masked(world: World) -> None:
    assert "台账" in await says(world, "section", "台账")
    await world.tap("section", "疑似辍学")

    card = world.phone("section").newest
    assert card.protected
    assert "24 小时后自动删除" in card.text
    rows = received(world, "section")
    assert "导出：陈勇" in str(rows[1][0])
    (row,) = rows[3:]
    assert CHILD in row
    number = str(row[rows[2].index("身份证件号")])
    assert number == "" or "****" in number

    await world.to("10:01", date(2026, 9, 8))
    assert all(one.file is None for one in world.phone("section").messages)


async def test_the_head_has_the_own_school_by_command_and_day(world: World) -> None:
    await says(world, "head", "/ledger 疑似辍学 2026-09-06")
    assert received(world, "head")[3:] == []
    await says(world, "head", "/ledger suspected")
    assert len(received(world, "head")[3:]) == 1


async def test_a_teacher_and_a_family_get_none(world: World) -> None:
    await world.family(CHILD, "李爸")
    for who in ("teacher", "李爸"):
        await says(world, who, "/ledger 疑似辍学")
        assert all(one.file is None for one in world.phone(who).messages)


async def test_who_asked_is_on_record(world: World) -> None:
    await says(world, "section", "/ledger 辍学")
    async with world.stage.database.read() as read:
        rows = (await read.execute(access_log.select())).rows
    whats = [(row.person_id, row.what, row.why) for row in rows if row.what == "ledger"]
    assert whats == [(world.county.people["section"], "ledger", "dropout:2026-09-07")]
