"""Faults on the way in: what families tap must reach the record once."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from benchmarks.faults.scene import FAMILIES, Fault, Scene, a_scene, repeated
from bot.outage import Reach
from bot.poller import Poller
from bot.reception import Reception
from bot.request import connected
from playground import faults
from storage import meta
from storage.database import Database

POISON = "poison"
POLLED = 3


async def duplicates(database: Database) -> Fault:
    """Every update comes twice, in the wrong order, and all of them once more later."""
    async with a_scene(database) as scene:
        await _asked(scene)
        said = scene.answer()
        queue = scene.world.stage.api.account.updates
        twice = [one for one in reversed(queue._waiting) for _ in range(2)]
        queue._waiting = deque(twice)
        await scene.outlast(1)
        scene.world.stage.poller._offset = None
        queue._waiting = deque(twice)
        await scene.outlast(1)
        found = await scene.answers("duplicate and reordered updates", said)
        again = sum(repeated(phone) for phone in scene.families)
        remark = f"{len(twice) * 2} updates for {said} taps; no thanks said twice"
        return replace(found, doubles=found.doubles + again, remark=remark)


async def two_pollers(database: Database) -> Fault:
    """Somebody else asks with the same token, again and again; Telegram sends us away."""
    async with a_scene(database) as scene:
        await _asked(scene)
        stage = scene.world.stage
        ours = asyncio.create_task(stage.poller.run())
        async with connected(stage.api.token, stage.api.url) as other:
            for _ in range(POLLED):
                await asyncio.sleep(0.1)
                await other.raw_updates(None, 100, 0, ["callback_query"])
                scene.answer(scene.families[:4])
                await asyncio.sleep(0.1)
        said = scene.answer() + 4
        await asyncio.sleep(0.3)
        ours.cancel()
        await asyncio.gather(ours, return_exceptions=True)
        await scene.outlast(2)
        conflicts = sum(call.status == 409 for call in stage.api.calls)
        found = await scene.answers("two pollers (409)", said)
        return found.noting(f"409 struck {conflicts} times; what the other confirms is not ours")


async def day_and_an_hour(database: Database) -> Fault:
    """25 hours without Telegram: what it dropped is counted, and asked for again."""
    async with a_scene(database) as scene:
        await _asked(scene)
        early, late = scene.families[:4], scene.families[4:8]
        stage = scene.world.stage
        stage.poller = Poller(
            database,
            scene.clock,
            stage.bot,
            stage.pipeline.ring,
            Reach(database, stage.means).note,
        )
        await scene.outlast(1)
        await stage.api.stop()
        dropped = scene.answer(early)
        await _silence(scene, hours=2)
        kept = scene.answer(late)
        await _silence(scene, hours=23)
        await stage.api.start()
        await scene.outlast(2)
        await scene.world.to("08:00", (scene.world.now + timedelta(days=1)).date())
        again = _asked_again(scene)
        found = await scene.answers("outage of 25 hours", kept)
        doubles = found.doubles + max(0, again - FAMILIES)
        lost = found.losses + max(0, dropped - again)
        remark = (
            f"Telegram dropped {dropped} replies of the first hour; {again} families asked again"
        )
        return replace(found, losses=lost, doubles=doubles, remark=remark)


async def _silence(scene: Scene, hours: int) -> None:
    """The bot goes on by itself; nothing comes in and nothing goes out."""
    for _ in range(hours):
        scene.clock.move(scene.clock.now() + timedelta(hours=1))
        await scene.world.engine.turn()
        await scene.world.stage.delivery.drain()
        scene.clock.skip(3600)


def _asked_again(scene: Scene) -> int:
    """Families that read that their answer may be missing."""
    return sum(
        any("麻烦再点一次" in one.shown.text for one in phone.arrivals) for phone in scene.families
    )


async def poison(database: Database, others: int = 4_999) -> Fault:
    """One update among five thousand makes the program fail each time it is handled."""
    async with a_scene(database) as scene:
        await _asked(scene)
        poisoned = scene.families[0]
        with _failing():
            for number in range(others - FAMILIES):
                scene.families[number % FAMILIES].say("/help")
                if number == others // 2:
                    poisoned.say(POISON)
            said = scene.answer()
            await scene.world.settle()
            for _ in range(3):
                scene.clock.move(scene.clock.now() + timedelta(seconds=15))
                await scene.outlast(1)
        states = await scene.updates()
        found = await scene.answers(f"one poison update among {others + 1:,}", said)
        lost = states.get("waiting", 0) + max(0, states.get("aside", 0) - 1)
        remark = f"set aside: {states.get('aside', 0)}, the operator told; all others handled"
        return replace(found, owed=others, losses=found.losses + lost, remark=remark)


@contextmanager
def _failing() -> Iterator[None]:
    """The program has a bug that one message brings out."""
    act = Reception._act

    async def failing(self: Reception, work: Any, one: Any, update: Any, file: Any) -> Any:
        if update.message is not None and update.message.text == POISON:
            raise RuntimeError(POISON)
        return await act(self, work, one, update, file)

    Reception._act = failing  # type: ignore[method-assign]
    try:
        yield
    finally:
        Reception._act = act  # type: ignore[method-assign]


async def no_file(database: Database) -> Fault:
    """A photo that Telegram does not hand out."""
    async with a_scene(database) as scene:
        await _asked(scene)
        said = scene.answer()
        await scene.outlast(1)
        scene.world.stage.api.faults.plan(faults.bad_gateway(), times=100, method="getFile")
        phone = scene.families[0]
        before = len(phone.arrivals)
        phone.send_photo(b"\x89PNG a photo")
        await scene.outlast(1)
        told = len(phone.arrivals) > before
        states = await scene.updates()
        found = await scene.answers("a file that cannot be fetched", said)
        losses = found.losses + states.get("waiting", 0) + (not told)
        words = phone.arrivals[-1].shown.text.splitlines()[0] if told else "nothing"
        return replace(found, owed=said + 1, losses=losses, remark=f"the sender reads: {words}")


async def _asked(scene: Scene) -> None:
    """Every family has its question."""
    await scene.hand_in()
    await scene.world.settle()
    async with scene.world.stage.database.work(scene.clock.now()) as work:
        await meta.remember(work, meta.LAST_REACHED, work.now.isoformat())


ARRIVING = (duplicates, two_pollers, day_and_an_hour, poison, no_file)
