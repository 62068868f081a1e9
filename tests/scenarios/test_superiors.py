"""Seeing is not handling: what superiors and deputies may do while the clocks run on."""

from __future__ import annotations

from datetime import date

import pytest

from rules.model.case import Task, TaskState
from rules.model.people import Deputy, Post, Role
from storage.tables.cases import tasks
from storage.tables.people import deputies, posts
from tests.support.county import add_person
from tests.support.upper import open_card, says
from tests.support.world import World

MONDAY, TUESDAY, THURSDAY, FRIDAY = (date(2026, 9, day) for day in (7, 8, 10, 11))


async def with_deputy(world: World) -> None:
    """Somebody stands in for the class teacher from Tuesday to Thursday."""
    county = world.county
    async with world.stage.database.work(world.stage.clock.now()) as work:
        person = await add_person(work, county, "deputy", "代老师")
        await work.insert(posts, Post(0, person, Role.TEACHER, county.school_id))
        absent = (county.people["teacher"], person, TUESDAY, THURSDAY)
        await work.insert(deputies, Deputy(0, *absent, county.people["leader"]))
    await world.meet("deputy")


async def test_a_deputy_hears_what_the_teacher_hears_on_these_days_only(world: World) -> None:
    await with_deputy(world)
    heard = []
    for on in (MONDAY, TUESDAY, THURSDAY, FRIDAY):
        await world.to("08:00", on)
        await world.heard("deputy")
        await world.to("08:45")
        lines = await world.heard("deputy")
        heard.append(any("roll_call_due" in line for line in lines))

    assert heard == [False, True, True, False]


async def test_pressing_twice_nudges_once_and_stops_no_clock(world: World) -> None:
    await world.to("08:10")
    await world.absent("李一")
    await world.to("10:20")
    await world.heard()
    await world.tap("leader", "处理")
    card = world.phone("leader").newest
    for _ in range(2):
        world.phone("leader").touch("催一下", on=card)
    await world.settle()
    nudges = [line for line in await world.heard() if line.endswith(" nudge")]
    await world.to("11:13")

    assert nudges == ["10:20 teacher nudge"]
    assert "11:13 head task_climbed" in await world.heard()


@pytest.mark.parametrize("first", ["teacher", "leader"])
async def test_taking_over_and_handling_in_the_same_tick_end_handled(
    world: World, first: str
) -> None:
    await world.to("08:10")
    await world.absent("李一")
    await world.to("10:20")
    await world.tap("leader", "处理")
    await world.tap("teacher", "记录联系·李一")
    acts = {"teacher": "打通·生病", "leader": "我来办"}
    for who in sorted(acts, key=lambda one: one != first):
        world.phone(who).touch(acts[who])
    await world.settle()
    await world.heard()
    await world.to("15:59")

    (task,) = await world.all_of(tasks, Task, kind="call")
    assert task.state is TaskState.DONE
    assert [line for line in await world.heard() if "climbed" in line] == []


async def test_an_old_card_of_a_task_that_has_ended_does_nothing(world: World) -> None:
    await world.to("08:10")
    await world.absent("李一")
    await world.to("10:20")
    await world.tap("leader", "处理")
    card = world.phone("leader").newest
    await world.tap("teacher", "已到校·李一")
    await world.heard()
    tap = world.phone("leader").touch("催一下", on=card)
    await world.settle()

    assert (await tap.popup(1)).text
    assert [line for line in await world.heard() if "nudge" in line] == []


async def test_a_logged_contact_moves_the_next_one_and_silence_brings_it_back(
    world: World,
) -> None:
    await world.to("08:10")
    await world.absent("李一")
    await world.to("08:20")
    await world.tap("teacher", "记录联系·李一")
    await world.tap("teacher", "没打通")
    await world.to("08:10", TUESDAY)
    await world.tap("teacher", "全到齐了")
    await world.to("10:00")
    first = await world.task("contact", "李一")
    await world.tap("teacher", "记录联系·李一")
    await world.tap("teacher", "打通·会来")
    second = await world.task("contact", "李一")

    assert first.id != second.id
    assert second.due_at > first.due_at
    assert second.due_at == world.now.replace(day=FRIDAY.day)


async def test_a_pause_is_refused_where_a_child_is_looked_for(world: World) -> None:
    await world.to("08:10")
    await world.absent("李一")
    await world.to("10:21")
    await world.heard()
    await world.tap("leader", "处理")
    card = world.phone("leader").newest
    assert not card.button("暂缓几天")
    assert not card.button("已阅")
    await world.to("11:14")
    assert "11:13 head task_climbed" in await world.heard("head")


async def test_after_a_pause_the_climb_goes_on_at_the_same_step(world: World) -> None:
    await world.to("08:10")
    await world.absent("李一")
    await world.to("08:20")
    await world.tap("teacher", "记录联系·李一")
    await world.tap("teacher", "没打通")
    contact = await world.task("contact", "李一")
    await world.to("08:30", FRIDAY)
    climbed = await world.task("contact", "李一")
    assert (climbed.id, climbed.level) == (contact.id, 1)

    await open_card(world, "leader", "contact")
    await world.tap("leader", "暂缓几天")
    await world.tap("leader", "2 天")
    await says(world, "leader", "家长周二回县里")
    paused = await world.task("contact", "李一")
    assert (paused.level, paused.due_at, paused.shift_s) == (1, contact.due_at, 2 * 86_400)
    await world.to("08:30", date(2026, 9, 15))
    assert (await world.task("contact", "李一")).level == 1
    await world.to("08:30", date(2026, 9, 16))
    assert (await world.task("contact", "李一")).level == 2
