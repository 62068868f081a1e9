"""[换班主任] [调整包保] [停用旧手机] in the leader's chat, and what moves with them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest

from rules.model.case import Task
from rules.model.people import Invite, Pairing, PairingLevel, PairingScope, Person, Post, Role
from storage.database import Database
from storage.meta import BOT_NAME, remember
from storage.tables.cases import tasks
from storage.tables.people import invites, pairings, people, posts
from tests.support.county import add_person
from tests.support.world import MONDAY, World, a_world

SUNDAY = MONDAY - timedelta(days=1)
TUESDAY = date(2026, 9, 8)


@pytest.fixture
async def world(database: Database) -> AsyncIterator[World]:
    async with a_world(database) as found:
        async with database.work(found.stage.clock.now()) as work:
            person = await add_person(work, found.county, "new", "马丽")
            await work.insert(posts, Post(0, person, Role.TEACHER, found.county.school_id))
        await found.meet("new")
        await found.to("08:10")
        await found.absent("李一")
        await found.to("08:30")
        yield found


async def walk(world: World, *labels: str) -> None:
    """From /staff through the keys."""
    world.phone("leader").say("/staff")
    await world.settle()
    for label in labels:
        await world.tap("leader", label)


def heard(world: World, who: str) -> list[str]:
    return [one.text for one in world.phone(who).messages if "从今天起" in one.text]


async def owners(world: World) -> dict[str, int]:
    found = await world.all_of(tasks, Task, state="open")
    return {one.kind: one.owner_id for one in found if one.student_id is not None}


async def test_a_new_class_teacher_takes_over_with_what_is_open(world: World) -> None:
    old, new = world.county.people["teacher"], world.county.people["new"]
    before = {one.id: one for one in await world.all_of(tasks, Task, state="open", kind="call")}
    await walk(world, "换班主任", "三(2)班", "马丽", "确定")

    held = await world.all_of(posts, Post, class_id=world.county.class_id)
    assert [(one.person_id, one.from_on, one.to_on) for one in held] == [
        (old, None, SUNDAY),
        (new, MONDAY, None),
    ]
    moved = {one.id: one for one in await world.all_of(tasks, Task, state="open", kind="call")}
    assert [one.owner_id for one in moved.values()] == [new]
    assert {n: (one.due_at, one.level) for n, one in moved.items()} == {
        n: (one.due_at, one.level) for n, one in before.items()
    }
    assert len(heard(world, "teacher")) == len(heard(world, "new")) == 1
    assert "三(2)班的班主任" in heard(world, "new")[0]


async def test_and_back_on_the_same_day_leaves_one_who_answers(world: World) -> None:
    await walk(world, "换班主任", "三(2)班", "马丽", "确定")
    await walk(world, "换班主任", "三(2)班", "王芳", "确定")

    teacher = world.county.people["teacher"]
    held = await world.all_of(posts, Post, class_id=world.county.class_id)
    assert [one.person_id for one in held if one.to_on is None] == [teacher]
    assert (await owners(world))["call"] == teacher


async def test_a_new_paired_leader_of_a_class(world: World) -> None:
    await walk(world, "调整包保", "三(2)班", "换包保领导", "张敏", "确定")

    lines = await world.all_of(
        pairings, Pairing, scope=PairingScope.CLASS.value, level=PairingLevel.LEADER.value
    )
    assert [one.person_id for one in lines if one.to_on is None] == [world.county.people["head"]]
    assert len(heard(world, "head")) == 1


async def test_a_new_paired_teacher_of_one_child(world: World) -> None:
    await walk(world, "调整包保", "三(2)班", "选学生", "李一", "换包保教师", "马丽", "确定")

    (line,) = await world.all_of(pairings, Pairing, scope=PairingScope.STUDENT.value)
    assert (line.scope_id, line.person_id, line.from_on) == (
        world.county.children["李一"],
        world.county.people["new"],
        MONDAY,
    )
    assert (await owners(world))["call"] == world.county.people["teacher"]
    assert "李一的包保教师" in heard(world, "new")[0]


async def test_a_lost_phone_hears_no_more_and_a_new_code_is_given(world: World) -> None:
    async with world.stage.database.work(world.stage.clock.now()) as work:
        await remember(work, BOT_NAME, "guixiao_bot")
    await walk(world, "停用旧手机", "王芳", "确定")

    (person,) = await world.all_of(people, Person, id=world.county.people["teacher"])
    assert person.chat_id is None
    assert "t.me/guixiao_bot?start=" in world.phone("leader").newest.text
    codes = await world.all_of(invites, Invite, person_id=person.id)
    assert [one.revoked_at for one in codes] == [None]


async def test_only_leaders_change_staff(world: World) -> None:
    world.phone("teacher").say("/staff")
    await world.settle()

    assert "换班主任" not in str(world.phone("teacher").newest.labels)
