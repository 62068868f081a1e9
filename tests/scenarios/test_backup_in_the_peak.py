"""A backup taken while families are asked and answer, restored on the other engine and back."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.faults.scene import Scene, a_scene
from playground import faults
from storage.attachments import folder, keep_under
from storage.backup.restoring import Restored
from storage.database import Database
from storage.journal import verify
from tests.support.backups import everything, restored, taken
from tests.support.databases import KEYS

pytestmark = pytest.mark.usefixtures("data")


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """A data folder of its own."""
    before = folder().parent
    keep_under(tmp_path / "data")
    yield tmp_path / "data"
    keep_under(before)


async def at_work(scene: Scene) -> None:
    """Alerts leave slowly, and who has one answers it."""
    slow = faults.slow(0.2)
    scene.world.stage.api.faults.plan(slow, times=200, method="sendMessage")
    sending = asyncio.create_task(scene.world.settle())
    while not sending.done():
        scene.answer()
        await asyncio.sleep(0.02)
    await sending
    scene.answer()
    await scene.world.settle()


async def is_whole(database: Database, done: Restored) -> bool:
    async with database.read() as read:
        return (await verify(read, KEYS.journal, done.head)).is_whole


@pytest.mark.postgres
async def test_of_the_morning_peak_it_is_one_moment_on_both_engines(
    sqlite: Database, postgres_url: str, tmp_path: Path
) -> None:
    database = await Database.open(postgres_url, KEYS)
    async with a_scene(sqlite) as scene:
        await scene.hand_in()
        before = {name: len(rows) for name, rows in (await everything(sqlite)).items()}
        working = asyncio.create_task(at_work(scene))
        await asyncio.sleep(0.3)
        made = await taken(sqlite, tmp_path / "peak.tar")
        was_at_it = not working.done()
        await working
        after = {name: len(rows) for name, rows in (await everything(sqlite)).items()}

    done = await restored(tmp_path / "peak.tar", database, tmp_path / "there")
    there = await everything(database)
    assert was_at_it
    assert {name: len(rows) for name, rows in there.items()} == {
        name: table.rows for name, table in made.tables.items()
    }
    assert before["journal"] <= len(there["journal"]) < after["journal"]
    assert await is_whole(database, done)

    await taken(database, tmp_path / "back.tar")
    home = await Database.open(f"sqlite:///{tmp_path}/home.db", KEYS)
    back = await restored(tmp_path / "back.tar", home, tmp_path / "home")
    assert await everything(home) == there
    assert await is_whole(home, back)
    await home.close()
    await database.close()
