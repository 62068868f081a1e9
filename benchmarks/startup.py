"""How long until the bot is there, and the memory it rests in (part of benchmark 6)."""

from __future__ import annotations

import asyncio
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.common import (
    KEYS,
    TOKEN,
    Row,
    a_county,
    build_children,
    means_for,
    median,
)
from benchmarks.server import a_server
from storage.database import Database

IMPORTS = "import bot.running"
HELP = (sys.executable, "-m", "bot", "--help")
CHILDREN = 60_000


def _timed(command: tuple[str, ...]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


async def _first_turn(url: str) -> dict[str, float]:
    """Every part of the bot made, and one turn taken; in this process, for its own figures."""
    from bot.engine import Engine
    from bot.request import connected
    from bot.ticks import all_ticks
    from bot.ticks.delivery import Delivery

    with a_server() as api:
        began = time.perf_counter()
        means = means_for(api)
        database = await Database.open(url, KEYS)
        async with connected(TOKEN, api) as bot:
            Delivery(database, means, bot)
            await Engine(database, means.clock, all_ticks(means)).turn()
        took = time.perf_counter() - began
        await database.close()
    return {"seconds": took, "rss_mb": _resting_mb()}


def _resting_mb() -> float:
    """What this process holds now, not at its peak."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1024 / 1024


async def _apart(url: str) -> dict[str, float]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.startup", url, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    assert process.returncode == 0
    found: dict[str, float] = json.loads(said)
    return found


async def startup(number: int, runs: int) -> list[Row]:
    """`guixiao --help`, the imports, the first turn in a county with children, memory at rest."""
    help_, imports = [], []
    for _ in range(max(runs, 3)):
        help_.append(_timed(HELP))
        imports.append(_timed((sys.executable, "-c", IMPORTS)))
    async with a_county() as url:
        database = await Database.open(url, KEYS)
        await build_children(database, number)
        await database.close()
        found = [await _apart(url) for _ in range(max(runs, 3))]
    return [
        Row("start: guixiao --help", median(help_), "s"),
        Row("start: python and imports of the bot", median(imports), "s"),
        Row(
            f"start: open, connect, first turn, {number:,} children",
            median([one["seconds"] for one in found]),
            "s",
        ),
        Row("memory at rest", median([one["rss_mb"] for one in found]), "MB"),
    ]


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_first_turn(sys.argv[1]))))
