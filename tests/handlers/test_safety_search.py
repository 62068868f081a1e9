"""A child left home and has not arrived: who hears what, what each key does (rules.md 5)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlalchemy import select

from rules.model.attendance import Mark, Session
from rules.model.case import Safety
from rules.model.people import Deputy
from rules.model.school import SchoolClass, Student
from rules.policy import Policy
from rules.rollcalls import plan
from storage.database import Database
from storage.tables.attendance import marks, roll_calls
from storage.tables.cases import safety
from storage.tables.people import deputies
from storage.tables.school import classes, students
from tests.support.build import CALENDAR
from tests.support.county import add_person
from tests.support.databases import KEYS
from tests.support.world import World, a_world

THREE = ("leader", "head", "section")


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    database = await Database.open(sqlite_url, KEYS)
    async with a_world(database) as found:
        await found.family("李一", "李爸")
        await found.to("08:10")
        await found.tap("teacher", "有人没到")
        await found.tap("teacher", "李一")
        await found.tap("teacher", "提交：1人没到")
        await found.tap("teacher", "现在通知")
        await found.to("08:20")
        await found.tap("李爸", "已出门上学")
        yield found
    await database.close()


async def search_of(world: World) -> Safety:
    async with world.stage.database.read() as read:
        found = await read.one(select(safety).order_by(safety.c.id.desc()), Safety)
    assert found is not None
    return found


def urgent(world: World, who: str) -> list[str]:
    """Everything urgent that stands on this phone, oldest first."""
    return [one.text for one in world.phone(who).messages if "【紧急】" in one.text]


async def test_the_teacher_is_rung_at_once_and_nobody_else(world: World) -> None:
    heard = urgent(world, "teacher")

    assert len(heard) == 1
    assert heard[0].startswith("【紧急】")
    assert "李一" in heard[0]
    assert "08:20 李爸（父亲）说：已出门上学" in heard[0]
    assert [urgent(world, who) for who in THREE] == [[], [], []]


async def test_in_class_ends_it_and_the_family_hears(world: World) -> None:
    world.phone("李爸").see_all()
    await world.tap("teacher", "在教室，点错了")

    assert (await search_of(world)).ended_as == "in_class"
    assert "在教室" in urgent(world, "teacher")[0]
    (heard,) = world.phone("李爸").unexpected()
    assert heard.shown.text.endswith("在学校，平安。让您担心了。")
    assert [urgent(world, who) for who in THREE] == [[], [], []]


async def test_really_gone_tells_the_three_once_however_often_it_is_tapped(world: World) -> None:
    await world.tap("teacher", "确实不在")

    for who in THREE:
        heard = urgent(world, who)
        assert len(heard) == 1
        assert "110" in heard[0]
        assert "08:20 李爸（父亲）说：已出门上学" in heard[0]
        assert "王芳（班主任）" in heard[0]
    assert "王芳：确实不在" in urgent(world, "teacher")[0]
    assert (await search_of(world)).rounds == 1


async def test_after_a_quarter_of_an_hour_without_a_tap_the_three_are_told(world: World) -> None:
    await world.to("08:34")
    assert urgent(world, "head") == []

    await world.to("08:35")

    assert [len(urgent(world, who)) for who in THREE] == [1, 1, 1]


async def test_it_is_repeated_every_half_hour_but_not_for_who_handles_it(world: World) -> None:
    await world.tap("teacher", "确实不在")
    said = await world.tap("head", "我在处理")
    await world.to("09:19")

    assert "60" in said
    assert [len(urgent(world, who)) for who in THREE] == [2, 1, 2]
    assert "张敏：在处理" in urgent(world, "head")[0]
    assert "张敏：在处理" in urgent(world, "leader")[-1]
    await world.to("09:20")
    assert [len(urgent(world, who)) for who in THREE] == [3, 2, 3]


async def test_not_found_yet_is_on_record_and_the_rounds_go_on(world: World) -> None:
    await world.tap("teacher", "确实不在")
    await world.tap("leader", "还没找到")
    await world.to("08:50")

    assert "李强：还没找到" in urgent(world, "leader")[0]
    assert len(urgent(world, "leader")) == 2
    assert "safety_not_found" in await world.stage.journal()


async def test_found_safe_is_told_to_all_and_where_is_asked(world: World) -> None:
    await world.tap("teacher", "确实不在")
    await world.tap("leader", "已找到，平安")

    assert "哪里" in world.phone("leader").newest.text
    for who in ("teacher", "head", "section"):
        assert "已找到，平安" in urgent(world, who)[-1]
    assert "found_line" in await world.open_tasks("李一")

    world.phone("leader").say("在镇上的网吧，派出所王警官找到的")
    await world.settle()

    assert (await search_of(world)).found_note == "在镇上的网吧，派出所王警官找到的"
    assert "found_line" not in await world.open_tasks("李一")
    assert "王警官" in urgent(world, "head")[-1]
    assert "王警官" not in "".join(one.text for one in world.phone("李爸").messages)


async def test_an_old_round_shows_that_the_child_is_found(world: World) -> None:
    await world.tap("teacher", "确实不在")
    first = world.phone("head").newest
    await world.to("08:50")
    await world.tap("leader", "已到校")
    tap = world.phone("head").touch("我在处理", on=first)
    await world.settle()
    words = (await tap.popup(1.0)).text

    assert "不用再找" in words
    assert any("已到校" in text for text in urgent(world, "head")[:1])
    assert (await search_of(world)).silenced == ()


async def test_the_teacher_cannot_say_found_nor_a_family_press_anything(world: World) -> None:
    await world.tap("teacher", "确实不在")
    card = world.phone("leader").newest
    for who in ("teacher", "李爸"):
        tap = world.phone(who).touch("已找到，平安", on=card)
        await world.settle()
        assert (await tap.popup(1.0)).text

    assert (await search_of(world)).state == "open"


async def test_a_deputy_of_today_hears_it_too_and_may_act(world: World) -> None:
    work_now = world.stage.clock.now()
    async with world.stage.database.work(work_now) as work:
        stand_in = await add_person(work, world.county, "stand_in", "马丽")
        head = world.county.people["head"]
        today = world.now.date()
        await work.insert(deputies, Deputy(0, head, stand_in, today, today, head))
    await world.meet("stand_in")
    await world.tap("teacher", "确实不在")

    assert len(urgent(world, "stand_in")) == 1
    await world.tap("stand_in", "已找到，平安")
    assert (await search_of(world)).ended_as == "found_safe"


async def test_a_teacher_who_cannot_be_reached_is_not_waited_for(sqlite_url: str) -> None:
    database = await Database.open(sqlite_url, KEYS)
    async with a_world(database) as world:
        await world.family("李一", "李爸")
        await world.to("08:10")
        await world.tap("teacher", "有人没到")
        await world.tap("teacher", "李一")
        await world.tap("teacher", "提交：1人没到")
        await world.tap("teacher", "现在通知")
        world.phone("teacher").block()
        await world.settle()
        await world.tap("李爸", "已出门上学")

        assert [len(urgent(world, who)) for who in THREE] == [1, 1, 1]
    await database.close()


async def an_evening(world: World) -> None:
    """李一 boards, and has an evening roll call."""
    async with world.stage.database.work(world.stage.clock.now()) as work:
        query = select(students).where(students.c.id == world.county.children["李一"])
        child = await work.one(query, Student)
        held = await work.one(select(classes), SchoolClass)
        assert child is not None
        assert held is not None
        await work.save(students, replace(child, boards=True))
        calendar = CALENDAR.school(held.school_id, held.grade)
        today = world.now.date()
        await work.save(roll_calls, plan(held, today, Session.EVENING, calendar, Policy()))


async def test_a_boarder_missing_in_the_evening_is_searched_for_in_quiet_hours(
    sqlite_url: str,
) -> None:
    database = await Database.open(sqlite_url, KEYS)
    async with a_world(database) as world:
        await world.family("李一", "李爸")
        await an_evening(world)
        await world.to("08:10")
        await world.tap("teacher", "全到齐了")
        await world.to("20:30")
        await world.tap("teacher", "有人没到")
        await world.tap("teacher", "李一")
        await world.tap("teacher", "提交：1人没到")
        await world.tap("teacher", "现在通知")

        assert "晚点名没见到" in urgent(world, "teacher")[-1]
        assert "在校最后见到：08:1" in urgent(world, "teacher")[-1]
        world.phone("李爸").see_all()
        await world.to("20:50")
        assert [len(urgent(world, who)) for who in THREE] == [1, 1, 1]
        await world.tap("leader", "已到校")

        assert (await search_of(world)).ended_as == "arrived"
        assert world.phone("李爸").unexpected() == []
        async with database.read() as read:
            found = await read.all(select(marks), Mark)
        assert [(one.session, one.kind) for one in found] == [("evening", "present")]
    await database.close()
