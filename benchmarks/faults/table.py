"""All faults, one after the other, and the table of what they cost."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

import structlog
from rich.console import Console
from rich.table import Table

from benchmarks.common import a_database
from benchmarks.faults.arriving import ARRIVING
from benchmarks.faults.clocks import CLOCKS
from benchmarks.faults.disk import DISK
from benchmarks.faults.killing import killed
from benchmarks.faults.scene import Fault
from benchmarks.faults.sending import SENDING
from storage.attachments import keep_under
from storage.database import Database

KILLS = 200
Run = Callable[[Database], Awaitable[Fault]]
ALL: tuple[Run, ...] = (*SENDING, *ARRIVING, *DISK, *CLOCKS)


async def show(kills: int, seed: int | None) -> bool:
    """Run and print them; whether every row is as it must be."""
    console = Console(width=150)
    seed = random.randrange(10_000) if seed is None else seed
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    console.print(f"seed {seed}")
    table = Table("fault", "owed", "lost", "doubled", "in doubt", "remarks", "")
    found = []
    with tempfile.TemporaryDirectory() as folder:
        keep_under(Path(folder))
        for run in ALL:
            async with a_database() as database:
                found.append(await run(database))
            console.print(f"… {found[-1].name}", style="dim")
        found.append(await killed(a_database, kills, seed))
    for one in found:
        table.add_row(*_cells(one))
    console.print(table)
    return all(one.is_fine for one in found)


def _cells(one: Fault) -> tuple[str, ...]:
    numbers = (one.owed, one.losses, one.doubles, one.uncertain)
    return (one.name, *map(str, numbers), one.remark, "✓" if one.is_fine else "✗")
