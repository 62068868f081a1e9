from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from rules.model.case import CaseState, Stage
from storage.database import Database
from tests.support.databases import KEYS
from tests.support.world import World, a_world


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    database = await Database.open(sqlite_url, KEYS)
    async with a_world(database) as found:
        await found.to("08:10")
        yield found
    await database.close()


async def submit(world: World, *missing: str) -> None:
    await world.tap("teacher", "有人没到")
    for name in missing:
        await world.tap("teacher", name)
    await world.tap("teacher", f"提交：{len(missing)}人没到")


async def test_the_card_comes_at_ten_past_eight(world: World) -> None:
    card = await world.phone("teacher").expect("应到 5", within=1)

    assert "三(2)班" in card.text
    assert [label for label in card.labels if "全到齐了" in label]


async def test_everybody_is_here_takes_one_tap_and_alarms_nobody(world: World) -> None:
    await world.family("李一", "李爸")
    await world.tap("teacher", "全到齐了")
    world.phone("teacher").see_all()
    await world.to("09:15")

    assert await world.case_of("李一") is None
    world.nothing_unexpected()


async def test_a_mistap_can_be_taken_back_within_three_minutes(world: World) -> None:
    await world.family("李一", "李爸")
    await submit(world, "李一")
    await world.to("08:12")
    await world.tap("teacher", "改一下")
    for shown in ("✗李一", "病 李一", "事 李一"):
        await world.tap("teacher", shown)
    await world.tap("teacher", "提交：0人没到")
    await world.to("08:30")

    assert world.phone("李爸").unexpected() == []
    assert await world.case_of("李一") is None


async def test_who_asked_for_the_leave_does_not_stand_in_the_way_of_changing_it(
    world: World,
) -> None:
    await world.tap("teacher", "有人没到")
    for shown in ("李一", "✗李一"):
        await world.tap("teacher", shown)
    await world.tap("teacher", "提交：1人没到")
    await world.tap("teacher", "家长来电·李一")
    await world.tap("teacher", "改一下")
    await world.tap("teacher", "病 李一")

    assert "事 李一" in world.phone("teacher").newest.labels[0]


async def test_tell_now_does_not_wait(world: World) -> None:
    await world.family("李一", "李爸")
    await submit(world, "李一")
    await world.tap("teacher", "现在通知")

    await world.phone("李爸").expect("没到校", within=1)


async def test_a_claim_asks_who_said_so_and_a_call_makes_it_a_leave(world: World) -> None:
    await world.family("李一", "李爸")
    await world.tap("teacher", "有人没到")
    await world.tap("teacher", "李一")
    await world.tap("teacher", "✗李一")
    await world.tap("teacher", "提交：1人没到")
    await world.tap("teacher", "家长来电·李一")
    await world.to("09:30")

    assert world.phone("李爸").unexpected() == []
    assert await world.case_of("李一") is None


async def test_a_claim_that_nobody_explains_is_alerted_at_nine(world: World) -> None:
    await world.family("李一", "李爸")
    await world.tap("teacher", "有人没到")
    await world.tap("teacher", "李一")
    await world.tap("teacher", "✗李一")
    await world.tap("teacher", "提交：1人没到")
    await world.to("08:59")
    before = world.phone("李爸").unexpected()
    await world.to("09:00")

    assert before == []
    await world.phone("李爸").expect("没到校", within=1)


async def test_late_arrival_ends_it_and_the_family_hears(world: World) -> None:
    await world.family("李一", "李爸")
    await submit(world, "李一")
    await world.to("08:20")
    await world.tap("teacher", "已到校·李一")
    case = await world.case_of("李一")

    assert case is not None
    assert case.state is CaseState.CLOSED


async def test_a_followed_child_is_not_covered_by_everybody_is_here(world: World) -> None:
    await submit(world, "李一")
    await world.to("08:10", on=world.now.date().replace(day=8))
    await world.tap("teacher", "全到齐了")
    await world.to("08:20")
    case = await world.case_of("李一")

    assert case is not None
    assert (case.counted, case.stage) == (2, Stage.PERSUADE)


async def test_a_followed_child_comes_back_by_a_tap_on_the_child(world: World) -> None:
    await submit(world, "李一")
    await world.to("08:10", on=world.now.date().replace(day=8))
    await world.tap("teacher", "见到了·李一")
    case = await world.case_of("李一")

    assert case is not None
    assert case.state is CaseState.CLOSED


async def test_no_answer_on_the_phone_is_kept_and_leads_to_persuasion(world: World) -> None:
    await submit(world, "李一")
    await world.to("08:20")
    await world.tap("teacher", "记录联系·李一")
    await world.tap("teacher", "没打通")
    case = await world.case_of("李一")

    assert case is not None
    assert (case.failed_contacts, case.stage) == (1, Stage.PERSUADE)
    assert "call" in await world.open_tasks("李一")


async def test_the_number_is_a_pop_up_that_does_not_stay(world: World) -> None:
    await world.family("李一", "李爸")
    await submit(world, "李一")
    await world.to("08:20")
    await world.tap("teacher", "处理·李一")
    shown = await world.tap("teacher", "显示号码")

    assert "13900000000" in shown
    assert all("13900000000" not in one.text for one in world.phone("teacher").messages)


async def test_a_strangers_tap_changes_nothing(world: World) -> None:
    await world.family("王二", "李爸")
    card = world.phone("teacher").newest
    outsider = world.phone("李爸")
    tap = outsider.touch("全到齐了", on=card)
    await world.settle()
    answer = (await tap.popup(1.0)).text
    await world.to("08:20")

    assert answer
    assert await world.open_tasks("李一") == []
