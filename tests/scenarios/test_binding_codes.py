"""Codes on paper: expired, used, mistyped, passed on; and what a whole binding sounds like."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from playground.people import Person as Phone
from rules.model.case import Task
from rules.model.people import Guardianship, GuardianState, Invite, Relation
from storage.lookups import code_hash
from storage.tables.cases import tasks
from storage.tables.people import guardianships, invites
from tests.support.county import add_person
from tests.support.world import World

GOOD = "a-code-of-22-characters"


async def invited(world: World, who: str = "李妈", child: str = "李一", code: str = GOOD) -> None:
    """A guardian on the list who has a code on paper and no chat yet."""
    county, database = world.county, world.stage.database
    async with database.work(world.stage.clock.now()) as work:
        person = county.people.get(who)
        if person is None:
            person = await add_person(work, county, who, who, is_bound=False)
        link = Guardianship(0, county.children[child], person, relation=Relation.MOTHER)
        county.links[f"{who}:{child}"] = await work.insert(guardianships, link)
        now = work.now
        hashed = code_hash(database.vault, code)
        given = county.links[f"{who}:{child}"]
        await work.insert(invites, Invite(0, hashed, person, given, now, now + timedelta(days=14)))


async def state_of(world: World, link: str = "李妈:李一") -> GuardianState:
    number = world.county.links[link]
    (found,) = await world.all_of(guardianships, Guardianship, id=number)
    return found.state


async def opened(world: World, name: str, code: str = GOOD) -> Phone:
    phone = world.stage.api.person(name)
    phone.start(code)
    await world.settle()
    return phone


async def tapped(world: World, phone: Phone, *labels: str) -> None:
    for label in labels:
        phone.touch(label)
        await world.settle()


async def claimed(world: World, name: str = "李妈的手机", code: str = GOOD) -> Phone:
    phone = await opened(world, name, code)
    await tapped(world, phone, "我是母亲", "同意，接收通知")
    return phone


async def test_a_claim_waits_for_the_teacher_and_then_alerts_arrive(world: World) -> None:
    await invited(world)
    phone = await claimed(world)
    waiting = await state_of(world)
    assert not any("李一" in one.shown.text for one in phone.arrivals)
    assert await world.heard() == ["07:40 teacher binding_card"]
    await world.to("08:10")
    await world.tap("teacher", "是本人")
    await world.absent("李一")
    await world.to("08:13")

    assert (waiting, await state_of(world)) == (GuardianState.CLAIMED, GuardianState.BOUND)
    assert "没到校" in phone.newest.text


async def test_an_expired_code_and_a_mistyped_one_are_answered_alike(world: World) -> None:
    await invited(world)
    mistyped = await opened(world, "打错的人", "not-a-code")
    await world.down_until("08:00", date(2026, 9, 22))
    expired = await opened(world, "来晚的人")

    assert mistyped.newest.text == expired.newest.text
    assert await state_of(world) is GuardianState.UNBOUND


async def test_after_five_wrong_codes_even_a_good_one_waits(world: World) -> None:
    await invited(world)
    phone = await opened(world, "试码的人", "wrong-1")
    for number in range(2, 7):
        phone.say(f"/start wrong-{number}")
        await world.settle()
    phone.say(f"/start {GOOD}")
    await world.settle()

    assert "明天再试" in phone.newest.text


@pytest.mark.parametrize("is_done", [False, True])
async def test_a_forwarded_code_opens_nothing_for_a_second_person(
    world: World, is_done: bool
) -> None:
    await invited(world)
    await claimed(world)
    if is_done:
        await world.tap("teacher", "是本人")
    other = await opened(world, "别人的手机")

    assert not any("李一" in one.shown.text for one in other.arrivals)
    assert all(not one.button("我是母亲") for one in other.messages)
    links = await world.all_of(guardianships, Guardianship)
    assert len(links) == 2


async def test_the_same_person_may_use_the_same_code_again_and_nothing_doubles(
    world: World,
) -> None:
    await invited(world)
    phone = await claimed(world)
    phone.start(GOOD)
    await world.settle()

    assert await state_of(world) is GuardianState.CLAIMED
    assert len(await world.all_of(tasks, Task, kind="binding")) == 1


@pytest.mark.parametrize(
    ("opened_on", "due_on"),
    [
        (date(2026, 9, 30), date(2026, 10, 8)),
        (date(2026, 10, 9), date(2026, 10, 10)),
        (date(2026, 9, 11), date(2026, 9, 14)),
    ],
)
async def test_one_school_day_is_the_same_clock_time_on_the_next_of_them(
    world: World, opened_on: date, due_on: date
) -> None:
    await world.down_until("16:00", opened_on)
    await invited(world)
    await claimed(world)
    task = await world.task("binding")

    assert task.due_at == world.now.replace(month=due_on.month, day=due_on.day)


async def test_one_chat_holds_the_codes_of_two_people_and_each_child_is_confirmed(
    world: World,
) -> None:
    """One phone in the family: the mother's and the grandmother's papers are scanned with it."""
    await invited(world)
    await invited(world, "王婆", "王二", code="another-code-of-22-char")
    phone = await claimed(world)
    phone.start("another-code-of-22-char")
    await world.settle()
    await tapped(world, phone, "我是照看人", "同意，接收通知")
    waiting = [await state_of(world), await state_of(world, "王婆:王二")]
    await world.tap("teacher", "是本人")
    await world.to("08:00")

    assert waiting == [GuardianState.CLAIMED, GuardianState.CLAIMED]
    assert {line.split(" ", 1)[1] for line in await world.heard("teacher")} >= {
        "teacher binding_card"
    }
    states = {await state_of(world), await state_of(world, "王婆:王二")}
    assert GuardianState.BOUND in states
