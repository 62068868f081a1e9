"""One school day of one class, the whole application over HTTP."""

from __future__ import annotations

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
