"""A wall clock that is set wrong while families are to be asked."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from benchmarks.faults.scene import Fault, Scene, a_scene
from bot.sanity import Sanity, accept
from storage.database import Database

NOBODY = "http://127.0.0.1:1"
JUMP = timedelta(days=1)


async def set_back(database: Database) -> Fault:
    """Two hours back: everything is held until somebody says that the clock is right."""
    return await _wrong(database, "clock set back two hours", timedelta(hours=-2))


async def set_forward(database: Database) -> Fault:
    """A day and a bit forward."""
    return await _wrong(database, "clock set forward a day", timedelta(days=1, minutes=1))


async def _wrong(database: Database, name: str, by: timedelta) -> Fault:
    async with a_scene(database) as scene:
        await scene.hand_in()
        stage = scene.world.stage
        sanity = Sanity(database, scene.clock, stage.bot, stage.delivery)
        watch = asyncio.create_task(sanity.run(NOBODY, JUMP))
        await asyncio.sleep(0.05)
        scene.clock.set_wrong(by)
        await _until(scene, is_held=True)
        await stage.delivery.drain()
        early = 12 - (await scene.alerts(name)).losses
        scene.clock.set_wrong(-by)
        await asyncio.sleep(0.1)
        await accept(database, scene.clock.now(), by="operator")
        await _until(scene, is_held=False)
        watch.cancel()
        with suppress(asyncio.CancelledError):
            await watch
        await scene.outlast()
        found = await scene.alerts(name)
        remark = f"{early} left while it was wrong; all after `clock accept`"
        return replace(found, losses=found.losses + early, remark=remark)


async def _until(scene: Scene, *, is_held: bool) -> None:
    delivery = scene.world.stage.delivery
    for _ in range(2000):
        if delivery._is_held is is_held:
            return
        await asyncio.sleep(0.01)
    raise TimeoutError("the watch over the clock saw nothing")


CLOCKS = (set_back, set_forward)
