"""Faults of the database, under the whole running bot; SQLite itself refuses, not a double of it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace

from benchmarks.faults.scene import Fault, Scene, a_scene
from bot import running
from storage.database import Database
from storage.writer import SqliteWriter

Broken = Callable[[Database], "contextmanager[None]"]
LASTS = 3.0
PATIENCE = 60


@contextmanager
def locked(database: Database) -> Iterator[None]:
    """Another process writes for longer than anybody waits for it."""
    other = sqlite3.connect(str(database.address.url.database), isolation_level=None)
    with _before_each_group("PRAGMA busy_timeout=200"):
        other.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            other.close()


@contextmanager
def full(_: Database) -> Iterator[None]:
    """There is no room for one more page."""
    with _before_each_group("PRAGMA max_page_count=1"):
        yield


@contextmanager
def read_only(_: Database) -> Iterator[None]:
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


async def _struck(database: Database, name: str, broken: Callable[..., object]) -> Fault:
    """The database is out of order while families are asked and answer."""
    async with a_scene(database, patient=True) as scene:
        await scene.hand_in()
        async with _running(scene) as bot:
            await asyncio.sleep(0.05)
            with broken(database):  # type: ignore[attr-defined]
                said = await _answering(scene, LASTS)
            while len(scene.asked) < len(scene.families) or await _is_behind(scene, said):
                said += scene.answer()
                await asyncio.sleep(0.2)
                if bot.done() or scene.is_late(PATIENCE):
                    break
            is_up = not bot.done()
        await scene.world.restart()
        found = (await scene.alerts(name)).plus(await scene.answers(name, said))
        remark = "the process went on" if is_up else "THE PROCESS ENDED"
        return replace(found, losses=found.losses + (not is_up), remark=remark)


async def _answering(scene: Scene, seconds: float) -> int:
    said = 0
    for _ in range(int(seconds / 0.1)):
        said += scene.answer()
        await asyncio.sleep(0.1)
    return said


async def _is_behind(scene: Scene, said: int) -> bool:
    return (await scene.answers("", said)).losses > 0
