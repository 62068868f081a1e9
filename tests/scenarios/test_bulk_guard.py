"""So many children missing at once are looked at by a leader before any family is told; looking
for them and calling never wait."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from playground.messages import Shown
from rules.model.attendance import Leave, Question, RollCall, RollCallState
from rules.model.case import CaseState, Ending
from storage.tables.attendance import leaves, questions, roll_calls
from tests.support.county import add_child
from tests.support.world import World

MORE = tuple(f"童{number:02}" for number in range(25))
MISSING = ("李一", *MORE[:21])


async def hand_in(world: World, names: Sequence[str], label: str = "") -> None:
    """At 08:11 the teacher says who is missing."""
    await world.to("08:11")
    await world.tap("teacher", "有人没到")
    for child in names:
        if world.phone("teacher").newest.button(child) is None:
            await world.tap("teacher", "下一页")
        await world.tap("teacher", child)
    await world.tap("teacher", label or f"提交：{len(names)}人没到")


@pytest.fixture
async def big(world: World) -> World:
    """A class of thirty, of whom twenty-two are missing; it is 08:11."""
    stage = world.stage
    async with stage.database.work(stage.clock.now()) as work:
        for child in MORE:
            await add_child(work, world.county, child)
    await world.family("童00", "童妈")
    await hand_in(world, MISSING)
    await world.heard()
    return world


def card(world: World) -> Shown:
    """The class teacher's card of the day."""
    messages = world.phone("teacher").messages
    return next(one for one in reversed(messages) if "应到" in one.text)


async def press_on_card(world: World, label: str) -> None:
    """A key of that card, whatever has come below it."""
    world.phone("teacher").touch(label, card(world))
    await world.settle()


async def state(world: World) -> RollCallState:
    (found,) = await world.all_of(roll_calls, RollCall)
    return found.state


async def test_nobody_is_told_before_a_leader_has_looked(big: World) -> None:
    await big.to("08:40")

    assert await state(big) is RollCallState.HELD
    assert await big.heard("leader", "李爸", "童妈") == ["08:14 leader bulk_held!"]
    assert "没到 22 人" in big.phone("leader").newest.text
    assert "先请学校领导确认" in card(big).text
    assert "最晚 09:14" in card(big).text

    await big.tap("leader", "确实缺这么多")

    assert await state(big) is RollCallState.RELEASED
    assert await big.heard("李爸", "童妈") == [
        "08:40 李爸 absence_alert!",
        "08:40 童妈 absence_alert!",
    ]


async def test_looking_for_them_and_calling_never_wait(big: World) -> None:
    """Whose family has no chat: rung at once.  The others: half an hour after the roll call, be
    the alert held or not."""
    await big.to("08:43")

    assert await big.heard("teacher") == ["08:14 teacher please_call!"]
    assert await big.open_tasks("李一") == ["call"]
    found = await big.case_of("李一")
    assert found is not None
    assert found.counted == 1

    await big.to("08:44")

    assert await big.heard("teacher") == ["08:44 teacher nobody_answered!"]
    assert big.phone("teacher").newest.text.splitlines() == [
        "请打电话问一下孩子在哪",
        "· 李一（三(2)班）　家长还没通知，等学校领导确认",
        "· 童00（三(2)班）　家长还没通知，等学校领导确认",
    ]
    assert await big.heard("李爸", "童妈") == []


async def test_the_teacher_reads_when_the_families_were_really_told(big: World) -> None:
    await big.to("08:40")
    await big.tap("leader", "确实缺这么多")
    await big.to("08:44")

    assert big.phone("teacher").newest.text.splitlines() == [
        "家长还没回复，请打电话问一下孩子在哪",
        "· 李一（三(2)班）　08:40 通知，已 4 分钟",
        "· 童00（三(2)班）　08:40 通知，已 4 分钟",
    ]


async def test_silence_asks_the_section_and_then_lets_them_go(big: World) -> None:
    await big.to("09:13")
    heard = await big.heard("leader", "section", "李爸")
    assert heard == ["08:14 leader bulk_held!", "08:44 section bulk_held!"]

    await big.to("09:14")

    assert await big.heard("李爸") == ["09:14 李爸 absence_alert!"]


async def test_the_second_alert_counts_from_the_first_the_climb_from_the_roll_call(
    big: World,
) -> None:
    await big.to("10:13")
    assert await big.heard("李爸") == ["09:14 李爸 absence_alert!"]
    await big.to("10:14")

    assert await big.heard("李爸") == ["10:14 李爸 second_alert!"]
    assert any("10:14 leader task_climbed" in one for one in await big.heard("leader"))


async def test_a_child_seen_in_between_alarms_nobody(big: World) -> None:
    await big.to("08:20")
    await press_on_card(big, "已到校·李一")
    await big.tap("leader", "确实缺这么多")
    await big.to("16:30")

    assert await big.heard("李爸") == []
    assert await big.heard("童妈") != []
    found = await big.case_of("李一")
    assert found is not None
    assert (found.state, found.ended_as) == (CaseState.CLOSED, Ending.RETURNED)
    assert await big.open_tasks("李一") == []


async def test_a_family_reached_by_phone_in_between_is_not_alerted(big: World) -> None:
    await big.to("08:20")
    await press_on_card(big, "记录联系·李一")
    await big.tap("teacher", "打通·生病")
    await big.tap("leader", "确实缺这么多")
    await big.to("11:00")

    assert await big.heard("李爸") == []
    assert await big.heard("童妈") != []


async def test_a_family_that_looks_in_between_is_not_alarmed(big: World) -> None:
    await big.to("08:20")
    await big.press_menu("李爸", "孩子情况")
    held = big.phone("李爸").newest.text
    await big.press_menu("李爸", "/mydata")
    data = big.phone("李爸").newest.text
    await big.tap("leader", "确实缺这么多")
    await big.press_menu("李爸", "孩子情况")

    assert "共缺课0天" in held
    assert "没到校" not in held
    assert "没有缺课或请假的记录" in data
    assert "9月7日没到校" in big.phone("李爸").newest.text


async def test_what_ends_an_hour_in_which_nothing_ran(big: World) -> None:
    await big.to("08:20")
    await big.heard()
    await big.down_until("09:40")

    assert await big.heard("李爸", "童妈") == [
        "09:40 李爸 absence_alert!",
        "09:40 童妈 absence_alert!",
    ]
    await big.to("10:39")
    assert await big.heard("李爸") == []
    await big.to("10:40")
    assert await big.heard("李爸") == ["10:40 李爸 second_alert!"]


async def test_given_back_the_teacher_looks_again_and_nobody_was_alarmed(big: World) -> None:
    await big.to("08:20")
    await big.tap("leader", "先别通知，再核对")

    assert await state(big) is RollCallState.OPEN
    await big.to("09:30")
    assert await big.heard("李爸") == []


async def test_given_back_a_tap_on_the_child_takes_back_what_was_written(big: World) -> None:
    """Everybody-is-here covers nobody who is on record as missing; a tap on the child does."""
    await big.to("08:20")
    await big.tap("leader", "先别通知，再核对")
    for child in MISSING[:18]:
        await press_on_card(big, f"见到了·{child}")
    await press_on_card(big, "全到齐了")
    await big.to("08:30")

    assert await state(big) is RollCallState.RELEASED
    asked = [one for one in await big.all_of(questions, Question) if one.is_automatic]
    assert asked == []
    for child in MISSING[:18]:
        assert await big.open_tasks(child) == []
    for child in MISSING[18:]:
        assert await big.open_tasks(child) == ["call"]
    await big.to("16:30")
    assert await big.heard("李爸", "童妈") == []


async def test_given_back_and_handed_in_again_the_leader_is_asked_again(big: World) -> None:
    await big.to("08:20")
    await big.tap("leader", "先别通知，再核对")
    await press_on_card(big, "见到了·李一")
    await press_on_card(big, "全到齐了")
    await big.heard()
    await big.to("08:25")

    assert await state(big) is RollCallState.HELD
    assert await big.heard("leader") == ["08:23 leader bulk_held!"]
    assert "没到 21 人" in big.phone("leader").newest.text

    await big.tap("leader", "确实缺这么多")

    assert await big.heard("李爸", "童妈") == ["08:25 童妈 absence_alert!"]


async def test_a_claim_is_answered_whatever_has_become_of_the_roll_call(world: World) -> None:
    """病假 in a roll call that is held, given back and handed in again: the answer counts."""
    stage = world.stage
    async with stage.database.work(stage.clock.now()) as work:
        for child in MORE:
            await add_child(work, world.county, child)
    await world.to("08:10")
    await world.tap("teacher", "有人没到")
    for label in ("李一", "✗李一"):
        await world.tap("teacher", label)
    await world.tap("teacher", "返回")
    await hand_in(world, MORE[:21], "提交：22人没到")
    await world.to("08:15")
    await world.tap("leader", "先别通知，再核对")
    await press_on_card(world, "全到齐了")
    await press_on_card(world, "家长来电·李一")
    await world.to("09:05")

    assert await world.heard("李爸") == []
    assert [one.way for one in await world.all_of(leaves, Leave)] == ["call"]
    assert "call" not in await world.open_tasks("李一")


async def test_a_card_with_very_many_missing_still_has_its_keys(world: World) -> None:
    """A message holds a hundred keys: from so many on each child has one."""
    stage = world.stage
    crowd = tuple(f"童{number:02}" for number in range(40))
    async with stage.database.work(stage.clock.now()) as work:
        for child in crowd:
            await add_child(work, world.county, child)
    await hand_in(world, crowd)
    await world.to("08:20")

    assert ["处理·童00"] in card(world).labels
    assert "没到 40" in card(world).text

    await world.tap("leader", "先别通知，再核对")

    assert ["见到了·童00", "还没来·童00"] in card(world).labels
