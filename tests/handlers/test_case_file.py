"""[导出一生一案]: who has the key, what comes, and that it goes again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select, update

from playground.messages import Shown
from rules.child.rollcall import record_absence
from rules.model.people import Post
from storage.access_log import Look
from storage.database import Database
from storage.tables.people import posts
from storage.tables.plumbing import access_log, journal
from templates.presses_casefile import CaseFilePress
from tests.support.databases import KEYS
from tests.support.upper import press
from tests.support.world import World, a_world

CHILD = "李一"


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    database = await Database.open(sqlite_url, KEYS)
    async with a_world(database) as found:
        for day in (7, 8, 9, 10, 11, 14):
            await found.to("08:10", date(2026, 9, day))
            await found.decide(
                CHILD,
                lambda draft: record_absence(draft, draft.facts.today, "absent", draft.now),
            )
        await found.to("08:20")
        yield found
    await database.close()


async def open_case(world: World, who: str) -> list[str]:
    """The labels under the case."""
    world.phone(who).say("/case 1")
    await world.settle()
    return [label for row in world.phone(who).newest.labels for label in row]


def pages(world: World, who: str) -> list[Shown]:
    """The files in somebody's chat."""
    return [one for one in world.phone(who).messages if one.file is not None]


async def test_only_head_and_bureau_have_the_key(world: World) -> None:
    have = [
        who
        for who in ("teacher", "leader", "head", "section")
        if "导出一生一案" in await open_case(world, who)
    ]

    assert have == ["head", "section"]


async def test_the_page_comes_protected_masked_and_goes_after_a_day(world: World) -> None:
    await open_case(world, "head")
    assert "正在整理" in await world.tap("head", "导出一生一案")

    (shown,) = pages(world, "head")
    assert shown.protected
    assert "24 小时后自动删除" in shown.text
    assert shown.file is not None
    text = shown.file.data.decode()
    assert "张敏 导出于" in text
    assert "已逐条核对本案" in text
    assert "没有改动" in text

    looks = [one.what for one in await world.all_of(access_log, Look) if "file" in one.what]
    assert looks == ["case_file_asked", "case_file"]
    await world.to("08:25", date(2026, 9, 15))
    assert pages(world, "head") == []


async def test_who_lost_the_post_meanwhile_is_refused(world: World) -> None:
    await open_case(world, "head")
    (post,) = [
        one
        for one in await world.all_of(posts, Post)
        if one.person_id == world.county.people["head"]
    ]
    async with world.stage.database.work(world.now) as work:
        await work.save(posts, replace(post, to_on=date(2026, 9, 13)))

    await world.tap("head", "导出一生一案")
    assert pages(world, "head") == []
    assert await world.all_of(access_log, Look, what="case_file_asked") == []


async def test_a_forged_press_is_refused(world: World) -> None:
    shown = await open_case(world, "leader")
    assert "导出一生一案" not in shown
    await press(world, "leader", CaseFilePress(1).spell())

    assert pages(world, "leader") == []


async def test_a_broken_line_is_said_on_the_page(world: World) -> None:
    async with world.stage.database.work(world.now) as work:
        number = await work.scalar(
            select(func.min(journal.c.number)).where(journal.c.subject == "case:1")
        )
        await work.execute(update(journal).where(journal.c.number == number).values(public="{}"))
    await open_case(world, "section")
    await world.tap("section", "导出一生一案")

    (shown,) = pages(world, "section")
    assert shown.file is not None
    assert f"日志核对不通过：第 {number} 条" in shown.file.data.decode()
