"""`/away`: for oneself, from a later day, and by the next level (rules.md 6, Away)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date

import pytest

from rules.model.case import Task, TaskState
from rules.model.people import Deputy, Post, Role
from storage.database import Database
from storage.tables.cases import tasks
from storage.tables.people import deputies, posts
from templates.presses_staff import AwayPress
from tests.support.county import add_person
from tests.support.databases import KEYS
from tests.support.world import MONDAY, World, a_world

TUESDAY, WEDNESDAY = date(2026, 9, 8), date(2026, 9, 9)


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    database = await Database.open(sqlite_url, KEYS)
    async with a_world(database) as found:
        await found.to("08:10")
        yield found
    await database.close()


def newest(world: World, who: str) -> str:
    return world.phone(who).newest.text


async def colleague(world: World, name: str, role: Role) -> None:
    """Somebody else of the school, with a phone."""
    async with world.stage.database.work(world.stage.clock.now()) as work:
        person = await add_person(work, world.county, "deputy", name)
        await work.insert(posts, Post(0, person, role, world.county.school_id))
    await world.meet("deputy")


async def say_away(world: World, who: str) -> None:
    world.phone(who).say("/away")
    await world.settle()


async def test_a_deputy_is_named_from_today_and_sent_home_again(world: World) -> None:
    await colleague(world, "马丽", Role.LEADER)
    await say_away(world, "leader")
    await world.tap("leader", "马丽")
    await world.tap("leader", "9月7日")
    await world.tap("leader", "3 天")

    assert "请您代李强办事" in newest(world, "deputy")
    assert "由马丽代您办事" in newest(world, "leader")
    (line,) = await world.all_of(deputies, Deputy)
    assert (line.from_on, line.to_on) == (MONDAY, WEDNESDAY)
    await world.tap("leader", "我回来了")
    assert "不用再代办" in newest(world, "deputy")


async def test_the_next_level_arranges_from_a_later_day_and_both_are_told(world: World) -> None:
    await colleague(world, "马丽", Role.TEACHER)
    await say_away(world, "head")
    await world.tap("head", "为下级安排")
    await world.tap("head", "王芳")
    await world.tap("head", "马丽")
    await world.tap("head", "9月8日")
    await world.tap("head", "2 天")

    (line,) = await world.all_of(deputies, Deputy)
    people = world.county.people
    assert (line.person_id, line.deputy_id) == (people["teacher"], people["deputy"])
    assert (line.from_on, line.to_on, line.named_by) == (TUESDAY, WEDNESDAY, people["head"])
    assert "由马丽代王芳办事" in newest(world, "teacher")
    assert "请您代王芳办事" in newest(world, "deputy")


async def test_the_deputy_does_the_work_and_it_is_marked(world: World) -> None:
    await test_the_next_level_arranges_from_a_later_day_and_both_are_told(world)
    await world.to("08:10", TUESDAY)
    await world.absent("李一")
    await world.to("08:30")

    await world.press_menu("deputy", "我的待办")
    await world.tap("deputy", "处理·李一")
    await world.tap("deputy", "记录联系")
    await world.tap("deputy", "打通·会来")

    calls = await world.all_of(tasks, Task, kind="call")
    assert [(one.state, one.done_by, one.acting_for) for one in calls] == [
        (TaskState.DONE, world.county.people["deputy"], world.county.people["teacher"])
    ]


@pytest.mark.parametrize("who", ["teacher", "head"])
async def test_either_ends_it_early_and_the_others_hear_it(world: World, who: str) -> None:
    await test_the_next_level_arranges_from_a_later_day_and_both_are_told(world)
    await say_away(world, who)
    if who == "head":
        await world.tap("head", "为下级安排")
        await world.tap("head", "王芳")
    await world.tap(who, "我回来了" if who == "teacher" else "提前结束·马丽")

    (line,) = await world.all_of(deputies, Deputy)
    assert line.ended_at is not None
    assert "不用再代办" in newest(world, "deputy")
    assert ("不用再代办" in newest(world, "teacher")) == (who == "head")


async def test_nobody_arranges_for_somebody_above(world: World) -> None:
    await colleague(world, "马丽", Role.LEADER)
    await say_away(world, "teacher")
    phone, leader = world.phone("teacher"), world.county.people["leader"]
    shown = next(one for one in reversed(phone.messages) if one.rows)
    wanted = AwayPress("who", leader, world.county.people["deputy"]).spell()
    phone._press(shown, shown.rows[0][0], wanted)
    await world.settle()

    assert "马丽" not in newest(world, "teacher")
    assert not await world.all_of(deputies, Deputy)
