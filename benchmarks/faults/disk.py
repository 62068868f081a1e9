"""Faults of the database, under the whole running bot; it is SQLite that refuses."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from benchmarks.faults.broken import Broken, full, locked, on_a_disk, on_a_small_disk, read_only
from benchmarks.faults.scene import Fault, Scene, a_scene
from storage.database import Database
from storage.writer import SqliteWriter

LASTS = 3.0
#: Longer than the five seconds for which a write waits for somebody else's.
LOCKED_FOR = 7.0
PATIENCE = 60


async def _struck(database: Database, name: str, broken: Broken, lasts: float = LASTS) -> Fault:
    """The database is out of order from the bot's first moment, while families are asked and
    answer."""
    async with a_scene(database) as scene:
        await scene.hand_in()
        scene.clock.is_patient = True
        async with scene.whole_bot() as bot:
            await asyncio.sleep(0)
            with _counting() as refused:
                async with broken(database) as how:
                    await _answering(scene, lasts)
            await _until_done(scene, bot)
            is_up = not bot.done()
        scene.clock.is_patient = False
        await scene.world.restart()
        await scene.outlast(3)
        found = (await scene.alerts(name)).plus(await scene.answers(name, len(scene.asked)))
        went = "went on" if is_up else f"ENDED with {bot.exception()!r}"
        remark = f"{how}, {lasts:g} s; {len(refused)} writes refused; the process {went}"
        losses = found.losses + (not is_up) + (not refused)
        return replace(found, losses=losses, may_double=found.uncertain, remark=remark)


@contextmanager
def _counting() -> Iterator[list[None]]:
    """One entry for each transaction that the database refused."""
    refused: list[None] = []
    drop = SqliteWriter._drop

    def counted(self: SqliteWriter) -> None:
        refused.append(None)
        drop(self)

    SqliteWriter._drop = counted  # type: ignore[method-assign]
    try:
        yield refused
    finally:
        SqliteWriter._drop = drop  # type: ignore[method-assign]


async def _answering(scene: Scene, seconds: float) -> None:
    for _ in range(int(seconds / 0.1)):
        scene.answer()
        await asyncio.sleep(0.1)


async def _until_done(scene: Scene, bot: asyncio.Task[None]) -> None:
    """Until every family has its question and every answer is on record, or nothing helps."""
    for _ in range(PATIENCE * 5):
        scene.answer()
        answers = await scene.answers("", len(scene.families))
        if not answers.losses or bot.done():
            return
        await asyncio.sleep(0.2)


async def database_locked(database: Database) -> Fault:
    """Another process holds the database."""
    return await _struck(database, "database locked by another process", locked, LOCKED_FOR)


async def disk_full(database: Database) -> Fault:
    """No space left."""
    async with on_a_small_disk(database) as alone:
        return await _struck(alone, "disk full", full)


async def database_read_only(database: Database) -> Fault:
    """Nobody may write."""
    async with on_a_disk(database) as alone:
        return await _struck(alone, "database file read-only", read_only)


DISK = (database_locked, disk_full, database_read_only)
