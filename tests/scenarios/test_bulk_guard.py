"""So many children missing at once are looked at by a leader before any family is told."""

from __future__ import annotations

import pytest

from rules.model.attendance import RollCall, RollCallState
from storage.tables.attendance import roll_calls
from tests.support.county import add_child
from tests.support.world import World

MORE = tuple(f"童{number:02}" for number in range(25))
MISSING = ("李一", *MORE[:21])


@pytest.fixture
async def big(world: World) -> World:
    """A class of thirty, of whom twenty-two are missing; it is 08:11."""
    stage = world.stage
    async with stage.database.work(stage.clock.now()) as work:
        for child in MORE:
            await add_child(work, world.county, child)
    await world.to("08:11")
    await world.tap("teacher", "有人没到")
    for child in MISSING:
        grid = world.phone("teacher").newest
        if grid.button(child) is None:
            await world.tap("teacher", "下一页")
        await world.tap("teacher", child)
    await world.tap("teacher", f"提交：{len(MISSING)}人没到")
    await world.heard()
    return world


async def state(world: World) -> RollCallState:
    (found,) = await world.all_of(roll_calls, RollCall)
    return found.state


async def test_nobody_is_told_before_a_leader_has_looked(big: World) -> None:
    await big.to("08:40")

    assert await state(big) is RollCallState.HELD
    assert await big.heard() == ["08:14 leader bulk_held!"]
    card = next(one for one in reversed(big.phone("teacher").messages) if "应到 30" in one.text)
    assert "先请学校领导确认" in card.text
    assert "最晚 09:14" in card.text

    await big.tap("leader", "确实缺这么多")

    assert await state(big) is RollCallState.RELEASED
    assert "08:40 李爸 absence_alert!" in await big.heard("李爸")


async def test_silence_asks_the_section_and_then_lets_them_go(big: World) -> None:
    await big.to("09:13")
    heard = await big.heard("leader", "section", "李爸")
    assert heard == ["08:14 leader bulk_held!", "08:44 section bulk_held!"]

    await big.to("09:14")

    assert await big.heard("李爸") == ["09:14 李爸 absence_alert!"]


async def test_given_back_the_teacher_looks_again_and_nobody_was_alarmed(big: World) -> None:
    await big.to("08:20")
    await big.tap("leader", "先别通知，再核对")

    assert await state(big) is RollCallState.OPEN
    await big.to("09:30")
    assert await big.heard("李爸") == []
