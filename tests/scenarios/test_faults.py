"""Every fault of docs/faults.md: nothing is lost, and twice only what was in doubt, once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from benchmarks.common import a_database
from benchmarks.faults.arriving import ARRIVING, poison
from benchmarks.faults.clocks import CLOCKS
from benchmarks.faults.disk import DISK
from benchmarks.faults.killing import killed
from benchmarks.faults.scene import Fault
from benchmarks.faults.sending import SENDING
from storage.database import Database

Run = Callable[[Database], Awaitable[Fault]]
FEW = 300


@pytest.mark.parametrize("run", [*SENDING, *(one for one in ARRIVING if one is not poison)])
async def test_on_the_wire(sqlite: Database, run: Run) -> None:
    found = await run(sqlite)

    assert found.is_fine, found
    assert found.owed >= 4


@pytest.mark.errors_expected
@pytest.mark.parametrize("run", [*DISK, *CLOCKS])
async def test_on_the_machine(sqlite: Database, run: Run) -> None:
    found = await run(sqlite)

    assert found.is_fine, found


@pytest.mark.errors_expected
async def test_one_poison_update_holds_up_no_other(sqlite: Database) -> None:
    found = await poison(sqlite, FEW)

    assert found.is_fine, found
    assert found.owed == FEW


async def test_killed_at_random_moments() -> None:
    found = await killed(_databases, kills=3, seed=2026)

    assert found.is_fine, found


@asynccontextmanager
async def _databases() -> AsyncIterator[Database]:
    async with a_database() as database:
        yield database
