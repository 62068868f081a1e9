"""Faults of the database, under the whole running bot; it is SQLite that refuses."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import replace

from benchmarks.faults.scene import Fault, Scene, a_scene
from bot import running
from storage import writer
from storage.database import Database
from storage.writer import SqliteWriter

Broken = Callable[[Database], AbstractAsyncContextManager[None]]
LASTS = 3.0
#: How often the writer asks for the lock meanwhile: for a fifth of a second.
ASKS = 40
PATIENCE = 60


@asynccontextmanager
async def locked(database: Database) -> AsyncIterator[None]:
    """Another process writes for longer than anybody waits for it."""
    path = str(database.address.url.database)
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    await asyncio.to_thread(other.execute, "BEGIN IMMEDIATE")
    patience = writer.PATIENCE
    try:
        writer.PATIENCE = ASKS
        yield
    finally:
        writer.PATIENCE = patience
        other.close()


@asynccontextmanager
async def full(_: Database) -> AsyncIterator[None]:
    """There is no room for one more page."""
    with _before_each_group("PRAGMA max_page_count=1"):
        yield


@asynccontextmanager
async def read_only(_: Database) -> AsyncIterator[None]:
    """Nothing may be written."""
    with _before_each_group("PRAGMA query_only=ON"):
        yield


@contextmanager
def _before_each_group(pragma: str) -> Iterator[None]:
    """Set something on the writing connection, each time it begins."""
    send = SqliteWriter._send

    def spoilt(self: SqliteWriter, statement: str) -> None:
        if statement == "BEGIN IMMEDIATE":
            send(self, pragma)
        send(self, statement)

    SqliteWriter._send = spoilt  # type: ignore[method-assign]
    try:
        yield
    finally:
        SqliteWriter._send = send  # type: ignore[method-assign]


@asynccontextmanager
async def _running(scene: Scene) -> AsyncIterator[asyncio.Task[None]]:
    """The whole bot at work until the end of the block."""
    asked = asyncio.Event()
    stage = scene.world.stage
    task = asyncio.create_task(running.run(stage.database, stage.means, asked))
    try:
        yield task
    finally:
        asked.set()
        await asyncio.gather(task, return_exceptions=True)


async def _struck(database: Database, name: str, broken: Broken) -> Fault:
    """The database is out of order while families are asked and answer."""
    async with a_scene(database) as scene:
        await scene.hand_in()
        scene.clock.is_patient = True
        async with _running(scene) as bot:
            await asyncio.sleep(0.05)
            async with broken(database):
                await _answering(scene, LASTS)
            await _until_done(scene, bot)
            is_up = not bot.done()
        scene.clock.is_patient = False
        await scene.world.restart()
        await scene.outlast(3)
        found = (await scene.alerts(name)).plus(await scene.answers(name, len(scene.asked)))
        may = found.uncertain
        remark = f"{LASTS:g} s long; the process {'went on' if is_up else 'ENDED'}"
        return replace(found, losses=found.losses + (not is_up), may_double=may, remark=remark)


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
    return await _struck(database, "database locked by another process", locked)


async def disk_full(database: Database) -> Fault:
    """No space left."""
    return await _struck(database, "disk full", full)


async def database_read_only(database: Database) -> Fault:
    """Nobody may write."""
    return await _struck(database, "database read-only", read_only)


DISK = (database_locked, disk_full, database_read_only)
