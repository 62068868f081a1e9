"""The chain and its clocks: who is told of one unanswered alert, when, and how often."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from sqlalchemy import delete, update

from rules.model.case import Task
from rules.model.people import Pairing, PairingLevel, PairingScope, Post, Role
from rules.policy import Policy
from storage.tables.cases import tasks
from storage.tables.people import pairings, people, posts
from tests.support.county import add_person
from tests.support.world import World

Change = Callable[[World], Awaitable[None]]


async def alert_at_twenty_past_eight(world: World) -> None:
    """李一 is missing, the father is alerted at 08:20, and nobody says a word."""
    await world.to("08:17")
    await world.absent("李一")
    await world.to("08:20")
    assert (await world.heard())[-1] == "08:20 李爸 absence_alert!"


async def test_a_silent_day_tells_each_level_once_in_order_and_not_a_minute_early(
    either_world: World,
) -> None:
    world = either_world
    await alert_at_twenty_past_eight(world)
    await world.to("23:59")

    assert await world.heard() == [
        "08:50 teacher nobody_answered!",
        "09:20 leader morning_line",
        "09:20 head morning_line",
        "09:20 李爸 second_alert!",
        "10:20 leader task_climbed",
        "11:20 head task_climbed",
        "14:00 section task_climbed",
        "16:00 teacher digest",
        "16:00 leader overdue_card",
        "16:00 head overdue_card",
        "17:00 bureau task_climbed",
        "17:30 section all_clear",
    ]
    await world.hours(7)
    assert await world.heard() == []


async def test_after_an_outage_everybody_hears_once_of_what_they_missed(world: World) -> None:
    await alert_at_twenty_past_eight(world)
    await world.down_until("11:45")

    assert await world.heard() == [
        "11:45 teacher nobody_answered!",
        "11:45 leader task_climbed",
        "11:45 leader morning_line",
        "11:45 head task_climbed",
        "11:45 head morning_line",
        "11:45 李爸 second_alert!",
    ]
    await world.to("15:59")
    assert await world.heard() == ["14:00 section task_climbed"]


async def without(world: World, who: str) -> None:
    """Somebody leaves; no pairing and no post names them any more."""
    person = world.county.people[who]
    async with world.stage.database.work(world.now) as work:
        await work.execute(delete(pairings).where(pairings.c.person_id == person))
        await work.execute(delete(posts).where(posts.c.person_id == person))


async def test_a_level_taken_out_of_the_chain_is_skipped_and_no_level_hears_twice(
    world: World,
) -> None:
    await alert_at_twenty_past_eight(world)
    await world.to("10:30")
    await world.heard()
    await without(world, "head")
    await world.to("13:59")

    assert [line for line in await world.heard() if "task_climbed" in line] == [
        "11:20 section task_climbed"
    ]
    await world.to("17:30")
    assert [line for line in await world.heard() if "task_climbed" in line] == [
        "17:00 bureau task_climbed"
    ]


async def test_an_emptied_chain_loses_nothing_and_a_new_one_hears_once(world: World) -> None:
    await alert_at_twenty_past_eight(world)
    await world.to("08:51")
    for who in ("leader", "head", "section", "bureau"):
        await without(world, who)
    await world.heard()
    await world.to("11:30")
    silence = [line for line in await world.heard() if "task_climbed" in line]
    async with world.stage.database.work(world.now) as work:
        new = await add_person(work, world.county, "新股室", "何敏")
        scope = (PairingScope.TOWNSHIP, world.county.township_id, PairingLevel.SECTION)
        await work.insert(pairings, Pairing(0, *scope, new))
        await work.insert(posts, Post(0, new, Role.SECTION, world.county.section_id))
    await world.meet("新股室")
    await world.to("18:00")

    assert silence == []
    assert [line for line in await world.heard("新股室") if "task_climbed" in line] == [
        "14:00 新股室 task_climbed"
    ]
    assert (await world.task("call", "李一")).state == "open"


async def test_new_numbers_are_for_new_cases_and_new_people_for_all(world: World) -> None:
    await alert_at_twenty_past_eight(world)
    numbers = Policy().whereabouts
    hasty = replace(numbers, leader_after=replace(numbers.leader_after, amount=31))
    await world.restart(replace(Policy(), whereabouts=hasty))
    async with world.stage.database.work(world.now) as work:
        new = await add_person(work, world.county, "新领导", "何敏")
        await work.execute(
            update(pairings)
            .where(pairings.c.level == PairingLevel.LEADER.value)
            .values(person_id=new)
        )
        await work.execute(
            update(posts).where(posts.c.role == Role.LEADER.value).values(person_id=new)
        )
    await world.meet("新领导")
    await world.to("10:30")

    assert "10:20 新领导 task_climbed" in await world.heard("新领导")
    assert [line for line in await world.heard() if line.endswith("task_climbed")] == []


async def vacant(world: World) -> None:
    await without(world, "leader")


async def without_a_chat(world: World) -> None:
    await set_person(world, "leader", chat_id=None)


async def who_blocked(world: World) -> None:
    world.phone("leader").block()
    await world.settle()


async def who_left(world: World) -> None:
    await set_person(world, "leader", left_on=world.now.date())


async def set_person(world: World, who: str, **values: object) -> None:
    async with world.stage.database.work(world.now) as work:
        is_meant = people.c.id == world.county.people[who]
        await work.execute(update(people).where(is_meant).values(**values))


@pytest.mark.parametrize("leader", [vacant, without_a_chat, who_blocked, who_left])
async def test_a_level_that_cannot_be_reached_is_skipped_at_once_and_reported(
    world: World, leader: Change
) -> None:
    await leader(world)
    await alert_at_twenty_past_eight(world)
    await world.to("13:59")

    heard = [line for line in await world.heard() if "task_climbed" in line]
    assert heard == ["10:20 head task_climbed"]
    gaps = await world.all_of(tasks, Task, kind="gap")
    assert {task.subject for task in gaps} == {f"gap:leader:{world.county.school_id}"}


async def test_a_chain_that_ends_nowhere_is_the_administrators_task_at_once(world: World) -> None:
    await alert_at_twenty_past_eight(world)
    for who in ("leader", "head", "section", "bureau"):
        await without(world, who)
    await world.to("10:20")

    assert "10:20 admin task_card" in await world.heard("admin")
    assert await world.all_of(tasks, Task, kind="gap", owner_id=world.county.people["admin"])
