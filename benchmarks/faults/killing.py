"""SIGKILL at random moments: a real process, killed and started again on the same database."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace

from benchmarks.faults.scene import Fault, a_scene
from playground import faults
from storage.database import Database
from tests.scenarios.killing import run_and_kill

NAME = "SIGKILL at random moments"
EACH = 5
LONGEST = 0.9

Databases = Callable[[], AbstractAsyncContextManager[Database]]


async def killed(databases: Databases, kills: int, seed: int) -> Fault:
    """So many kills, a few in every school morning."""
    chance = random.Random(seed)
    found = Fault(NAME, 0, 0, 0)
    for _ in range(-(-kills // EACH)):
        async with databases() as database:
            found = found.plus(await _one_morning(database, min(EACH, kills), chance))
    return found.noting(f"{kills} kills, seed {seed}; 12 alerts and 12 answers each morning")


async def _one_morning(database: Database, kills: int, chance: random.Random) -> Fault:
    url = database.address.url.render_as_string(hide_password=False)
    async with a_scene(database) as scene:
        await scene.hand_in()
        slow = faults.slow(0.4)
        scene.world.stage.api.faults.plan(slow, times=1000, method="sendMessage")
        for _ in range(kills):
            await run_and_kill(scene.world, url, chance.uniform(0.02, LONGEST))
            scene.answer(scene.families[: chance.randrange(13)])
        scene.world.stage.api.faults.clear()
        await scene.world.restart()
        await scene.outlast(4)
        scene.answer()
        await scene.outlast(2)
        found = (await scene.alerts(NAME)).plus(await scene.answers(NAME, len(scene.asked)))
        return replace(found, may_double=found.uncertain)
