"""The whole bot: a part that dies must not leave the others working as if nothing were amiss."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot import running
from bot.engine import Engine
from bot.pipeline import Pipeline
from bot.poller import Poller
from bot.ticks.delivery import Delivery
from storage.database import Database
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
