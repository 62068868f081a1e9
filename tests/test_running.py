"""The whole bot: a part that dies must not leave the others working as if nothing were amiss."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError

from benchmarks.faults.broken import read_only
from bot import running
from bot.cli.opening import finish
from bot.clock import SystemClock
from bot.engine import Engine
from bot.pipeline import Pipeline
from bot.poller import Poller
from bot.ticks.delivery import Delivery
from storage.database import Database
from storage.errors import why_unusable
from tests.support.databases import KEYS
from tests.support.updates import a_stage


@pytest.mark.parametrize("part", [Delivery, Engine, Pipeline, Poller])
async def test_a_part_that_dies_ends_the_process_for_its_supervisor(
    database: Database, monkeypatch: pytest.MonkeyPatch, part: type[Any]
) -> None:
    async def die(_: object) -> None:
        await asyncio.sleep(0.1)
        raise ArithmeticError(part.__name__)

    async with a_stage(database) as stage:
        monkeypatch.setattr(part, "run", die)
        async with asyncio.timeout(30):
            with pytest.raises(ArithmeticError, match=part.__name__):
                await running.run(database, stage.means)


async def test_a_start_during_which_the_database_becomes_read_only_ends_and_names_it(
    sqlite_url: str,
) -> None:
    """After it was opened, before the parts work: nothing waits there for it to be well again."""
    database = await Database.open(sqlite_url, KEYS)
    async with a_stage(database) as stage:
        means = replace(stage.means, clock=SystemClock())
        async with asyncio.timeout(30), read_only(database):
            with pytest.raises(DBAPIError) as raised:
                await running.run(database, means)
    await database.close()

    assert why_unusable(raised.value) == "attempt to write a readonly database"


def test_another_fault_of_the_database_is_no_reason_to_look_at_the_disk() -> None:
    async def fail() -> None:
        raise IntegrityError("INSERT", {}, Exception("a bug of ours"))

    with pytest.raises(IntegrityError):
        finish(fail(), "en")
