"""`python -m benchmarks [NAME …] [--runs N] [--quick]` prints one table.

`python -m benchmarks faults [--seed N] [--kills N]` prints what every fault costs in messages lost
and doubled, and exits with 1 where that is more than it may.

Trust the ratios: baseline and program run in turns on the same machine.  `--quick` takes a tenth
of everything, to see that the benchmarks themselves work.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable

from rich.console import Console
from rich.table import Table

from benchmarks import (
    fan_out,
    importing,
    packaging,
    peak,
    playground,
    reconciling,
    soak,
    startup,
    tick,
    updates,
)
from benchmarks.common import Row, as_the_bot
from benchmarks.faults.table import KILLS, show

Benchmark = Callable[[int, int], list[Row]]


def _limit(share: int, runs: int) -> list[Row]:
    return as_the_bot(fan_out.at_the_limit(3_000 // share))


def _ceiling(share: int, runs: int) -> list[Row]:
    return fan_out.ceiling(3_000 // share, runs)


def _importing(share: int, runs: int) -> list[Row]:
    return asyncio.run(importing.importing(100_000 // share, runs))


def _updates(share: int, runs: int) -> list[Row]:
    return updates.updates(2_000 // share, runs)


def _peak(share: int, runs: int) -> list[Row]:
    return as_the_bot(peak.peak(1_200 // share, 3_000 // share))


def _tick(share: int, runs: int) -> list[Row]:
    return as_the_bot(tick.tick(share, runs))


def _reconciling(share: int, runs: int) -> list[Row]:
    return asyncio.run(reconciling.reconciling(100_000 // share, 300 // share))


def _package(share: int, runs: int) -> list[Row]:
    return asyncio.run(packaging.package(100_000 // share, 300 // share))


def _soak(share: int, runs: int) -> list[Row]:
    return as_the_bot(soak.soak(1_200, 10, share))


def _startup(share: int, runs: int) -> list[Row]:
    return asyncio.run(startup.startup(startup.CHILDREN // share, runs))


def _playground(share: int, runs: int) -> list[Row]:
    return as_the_bot(playground.showing(max(playground.CHILDREN // share, 500), runs))


ALL: dict[str, Benchmark] = {
    "limit": _limit,
    "ceiling": _ceiling,
    "updates": _updates,
    "peak": _peak,
    "tick": _tick,
    "import": _importing,
    "reconcile": _reconciling,
    "package": _package,
    "start": _startup,
    "soak": _soak,
    "playground": _playground,
}


def main() -> None:
    """Run what was asked for, all of it without names."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join([*ALL, "faults"]))
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--seed", type=int, help="of the kills; chosen and printed otherwise")
    parser.add_argument("--kills", type=int, default=KILLS)
    asked = parser.parse_args()
    if asked.names == ["faults"]:
        sys.exit(0 if asyncio.run(show(asked.kills, asked.seed)) else 1)
    unknown = set(asked.names) - set(ALL)
    if unknown:
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    _run(asked.names or list(ALL), 10 if asked.quick else 1, asked.runs)


def _run(names: list[str], share: int, runs: int) -> None:
    console = Console()
    table = Table("benchmark", "median", "", "ratio", "against", "goal", "")
    for name in names:
        console.print(f"… {name}", style="dim")
        for row in ALL[name](share, runs):
            table.add_row(*_cells(row))
    console.print(table)


def _cells(row: Row) -> tuple[str, ...]:
    ratio = f"{row.ratio:.2f}×" if row.ratio is not None else ""
    sign = {True: "✓", False: "✗", None: ""}[row.is_met]
    return (row.what, f"{row.value:,.3g}", row.unit, ratio, row.against, row.goal, sign)


if __name__ == "__main__":
    main()
