"""One school day of one class, the whole application over HTTP."""

from __future__ import annotations

from datetime import date

from rules.model.case import CaseState, Ending
from storage.database import Database
from tests.support.world import a_world


async def test_a_roll_call_an_alert_and_an_answer(database: Database) -> None:
    async with a_world(database) as world:
        await world.family("李一", "李爸")
        await world.to("08:10")
        await world.phone("teacher").expect("应到 5", within=1)

        await world.tap("teacher", "有人没到")
        await world.tap("teacher", "李一")
        await world.tap("teacher", "提交：1人没到")
        await world.phone("teacher").expect("没到 1", within=1)
        world.nothing_unexpected()

        await world.to("08:13")
        await world.phone("李爸").expect("没到校", within=1)
        world.nothing_unexpected()


async def test_a_sick_child_is_explained_in_one_tap_and_back_the_next_day(
    database: Database,
) -> None:
    async with a_world(database) as world:
        await world.family("李一", "李爸")
        await world.to("08:10")
        await world.tap("teacher", "有人没到")
        await world.tap("teacher", "李一")
        await world.tap("teacher", "提交：1人没到")
        await world.phone("teacher").expect("没到 1", within=1)
        await world.to("08:13")
        await world.phone("李爸").expect("没到校", within=1)

        await world.tap("李爸", "生病了")
        await world.phone("李爸").expect("哪天", within=1)
        await world.tap("李爸", "明天来")
        await world.phone("李爸").expect("谢谢", within=1)
        await world.tap("teacher", "准假·李一")
        await world.phone("李爸").expect("准假", within=1)
        await world.to("15:59")
        world.nothing_unexpected("leader", "head", "section", "bureau", "admin")

        await world.to("08:10", date(2026, 9, 8))
        await world.tap("teacher", "见到了·李一")
        case = await world.case_of("李一")

        assert case is not None
        assert (case.state, case.ended_as) == (CaseState.CLOSED, Ending.EXPLAINED)
        await world.phone("李爸").expect("到校", within=1)
