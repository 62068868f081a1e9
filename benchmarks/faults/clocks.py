"""A wall clock that is set wrong under the running bot while families are about to be asked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from benchmarks.faults.scene import Fault, Scene, a_scene
from bot.clock import SystemClock
from bot.sanity import accept
from rules.model.case import Task
from storage.database import Database
from storage.tables.cases import tasks

#: So long before the families are asked.
EARLY = timedelta(seconds=2)
WRONG_FOR = 8.0
SOON, LOOK = 30.0, 0.05


class SetClock(SystemClock):
    """A machine's clock that begins when it is told, goes on by itself, and can be set."""

    def __init__(self, at: datetime) -> None:
        """Begin at `at`."""
        self._at, self._since = at, self.monotonic()

    def now(self) -> datetime:
        """What it shows."""
        return self._at + timedelta(seconds=self.monotonic() - self._since)

    def set(self, by: timedelta) -> None:
        """Somebody sets it; monotonic time knows nothing of that."""
        self._at += by


async def set_back(database: Database) -> Fault:
    """Two hours back: everything is held until somebody says that the clock is right."""
    return await _wrong(database, "clock set back two hours", timedelta(hours=-2))


async def set_forward(database: Database) -> Fault:
    """A day forward: no deadline of that day may pass."""
    return await _wrong(database, "clock set forward a day", timedelta(days=1))


async def _wrong(database: Database, name: str, by: timedelta) -> Fault:
    async with a_scene(database) as scene:
        await scene.hand_in(is_due=False)
        clock = SetClock(scene.clock.now() + timedelta(minutes=3) - EARLY)
        async with scene.whole_bot(clock):
            await asyncio.sleep(EARLY.total_seconds() / 2)
            before, duties = _heard(scene), await _duties(scene)
            clock.set(by)
            await asyncio.sleep(WRONG_FOR)
            early = _heard(scene) - before + (await _duties(scene) != duties)
            asked = sum(
                "clock accept" in one.shown.text for one in scene.world.phone("admin").arrivals
            )
            clock.set(-by)
            await asyncio.sleep(WRONG_FOR)
            early += _heard(scene) - before
            await accept(database, clock.now(), by="operator")
            await _until(lambda: all(scene.asks(phone) for phone in scene.families))
        found = await scene.alerts(name)
        remark = f"{early} things happened while it was wrong, the administrator asked once"
        return replace(found, losses=found.losses + early + (asked != 1), remark=remark)


def _heard(scene: Scene) -> int:
    """How much everybody but the administrator has heard."""
    phones = scene.world.phones.items()
    return sum(len(phone.arrivals) for who, phone in phones if who != "admin")


async def _duties(scene: Scene) -> list[Task]:
    """What anybody has to do, and when time does the next about it."""
    return await scene.world.all_of(tasks, Task)


async def _until(is_so: Callable[[], bool]) -> None:
    for _ in range(int(SOON / LOOK)):
        if is_so():
            return
        await asyncio.sleep(LOOK)


CLOCKS = (set_back, set_forward)
