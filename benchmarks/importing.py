"""The import of a register against parsing alone, and what it costs a running bot (benchmark 5).

Every measured pass runs in a process of its own, as `guixiao import` does, so that its memory is
its own and a bot beside it is disturbed as in real life.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import json
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import insert

from benchmarks.common import KEYS, Row, a_county, median, percentile
from benchmarks.footprint import highest, processor_time
from bot.clock import SystemClock
from bot.collecting import seldom_collecting
from bot.importing.run import Import, run_import
from bot.settings import Settings
from papers.cells import text_of
from papers.sample import write_sample
from papers.sample.words import words
from rules.policy import Policy
from storage.calendars import Calendars
from storage.database import Database
from storage.tables.plumbing import access_log

#: The library's own pass over every cell; and ours, with and without writing.
PASSES = ("parsing", "dry", "real", "again")
NAMES = {"real": "empty county", "dry": "dry run", "again": "the same file again"}
AGAINST = "parsing alone, same library"
HEARTBEAT = 0.005


@dataclass(frozen=True)
class Pass:
    """What one pass took."""

    seconds: float
    cpu: float
    peak_mb: float
    rows: int


def parse(path: Path) -> int:
    """What the library alone does: every cell of every row, once."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            return sum(1 for _ in csv.reader(file))
    from python_calamine import CalamineWorkbook

    with CalamineWorkbook.from_path(path) as book:
        return sum(1 for _ in book.get_sheet_by_index(0).iter_rows())


async def bring_in(url: str, paths: list[Path], *, is_real: bool) -> int:
    """As `guixiao import` does it; how many rows were usable."""
    clock = SystemClock()
    database = await Database.open(url, KEYS)
    means = Import(database, Policy(), Calendars(Settings().zone), clock.now(), "zh", "县教体局")
    with seldom_collecting():
        report = await run_import(means, paths, is_real=is_real)
    await database.close()
    return sum(report.counts.values())


def one_pass(name: str, url: str, path: Path) -> Pass:
    """Do it in this process; whoever started it knows what memory it took."""
    began, spent = time.perf_counter(), processor_time()
    if name == "parsing":
        rows = parse(path)
    else:
        rows = asyncio.run(bring_in(url, [path], is_real=name != "dry"))
    return Pass(time.perf_counter() - began, processor_time() - spent, 0.0, rows)


async def _apart(name: str, url: str, path: Path) -> Pass:
    """Do it in a process of its own."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.importing", name, url, str(path)),
        stdout=asyncio.subprocess.PIPE,
    )
    peak = asyncio.create_task(highest(process.pid))
    said, _ = await process.communicate()
    assert process.returncode == 0, name
    return replace(Pass(**json.loads(said)), peak_mb=await peak)


async def _waits(url: str, stop: asyncio.Event) -> list[float]:
    """A bot beside the import: how long its own units of work take."""
    database = await Database.open(url, KEYS)
    clock, written = SystemClock(), []
    while not stop.is_set():
        await asyncio.sleep(HEARTBEAT)
        began = time.perf_counter()
        async with database.work(clock.now()) as work:
            await work.execute(insert(access_log).values(at=work.now, what="bench"))
        written.append(time.perf_counter() - began)
    await database.close()
    return written


async def _beside_a_bot(url: str, path: Path) -> tuple[Pass, list[float]]:
    """The real import, and how long a bot's writes waited meanwhile."""
    stop = asyncio.Event()
    bot = asyncio.create_task(_waits(url, stop))
    done = await _apart("real", url, path)
    stop.set()
    return done, await bot


async def _passes(
    path: Path, others: list[Path], *, bot: bool
) -> tuple[dict[str, Pass], list[float]]:
    """All passes over one register, on a fresh county."""
    waits: list[float] = []
    async with a_county() as url:
        await bring_in(url, others, is_real=True)
        found = {name: await _apart(name, url, path) for name in ("parsing", "dry")}
        if bot:
            found["real"], waits = await _beside_a_bot(url, path)
        else:
            found["real"] = await _apart("real", url, path)
        found["again"] = await _apart("again", url, path)
    return found, waits


def files_of(folder: Path, number: int) -> tuple[Path, list[Path]]:
    """The register of an invented county, and the files that come before it."""
    names = words()["files"]
    write_sample(folder, number, today=SystemClock().now().date())
    before = [folder / names[one] for one in ("units", "terms", "days", "staff")]
    return folder / names["register"], before


def as_csv(path: Path) -> Path:
    """The same register as text."""
    from python_calamine import CalamineWorkbook

    copy = path.with_suffix(".csv")
    with (
        CalamineWorkbook.from_path(path) as book,
        copy.open("w", encoding="utf-8", newline="") as file,
    ):
        rows = book.get_sheet_by_index(0).iter_rows()
        csv.writer(file).writerows(map(text_of, row) for row in rows)
    return copy


async def importing(number: int, runs: int) -> list[Row]:
    """Registers of a tenth, a third and all of so many children, as xlsx; all of them as csv."""
    rows: list[Row] = []
    for size in (max(number // 10, 200), max(number // 3, 200), number):
        with tempfile.TemporaryDirectory() as folder:
            path, others = files_of(Path(folder), size)
            if size != number:
                found, _ = await _passes(path, others, bot=False)
                rows.append(_each(size, found["real"].seconds))
                continue
            rows += await _alone(path, others, runs)
            rows += await _with_a_bot(path, others)
            rows += await _with_a_bot(as_csv(path), others)
    return rows


def _each(number: int, seconds: float) -> Row:
    return Row(f"import: one of {number:,} rows", seconds / number * 1e6, "µs")


async def _alone(path: Path, others: list[Path], runs: int) -> list[Row]:
    """Time and memory with nobody beside it, each run on a county of its own."""
    every = [(await _passes(path, others, bot=False))[0] for _ in range(runs)]
    return [*_against_parsing(every), _each(every[0]["real"].rows, _took(every, "real"))]


async def _with_a_bot(path: Path, others: list[Path]) -> list[Row]:
    """One run while a bot writes to the same database."""
    found, waits = await _passes(path, others, bot=True)
    kind = path.suffix.removeprefix(".")
    peak = max(found[name].peak_mb for name in PASSES if name != "parsing")
    return [
        Row(f"import of {kind} beside a bot", found["real"].seconds, "s"),
        Row(f"import of {kind}: peak memory, all processes", peak, "MB", goal="≤ 700 MB",
            is_met=peak <= 700),
        *_stalls(kind, waits),
    ]  # fmt: skip


def _took(every: list[dict[str, Pass]], name: str) -> float:
    return median([one[name].seconds for one in every])


def _against_parsing(every: list[dict[str, Pass]]) -> list[Row]:
    """Each pass as seconds and as processor time, with what the library alone needs for one."""
    rows = [Row("import: parsing alone", _took(every, "parsing"), "s")]
    for name, what in NAMES.items():
        took = _took(every, name)
        ratio = took / _took(every, "parsing")
        goal = ("≤ 5×", ratio <= 5) if name == "real" else ("", None)
        rows.append(Row(f"import: {what}", took, "s", ratio, AGAINST, *goal))
        spent = [one[name].cpu / one["parsing"].cpu for one in every]
        cpu = median([one[name].cpu for one in every])
        rows.append(Row(f"import: {what}, processor time", cpu, "s", median(spent), AGAINST))
    peak = max(one[name].peak_mb for one in every for name in NAMES)
    rows.append(Row("import: peak memory", peak, "MB", goal="≤ 700 MB", is_met=peak <= 700))
    return rows


def _stalls(kind: str, waits: list[float]) -> list[Row]:
    longest, p99 = max(waits), percentile(waits, 0.99)
    return [
        Row(f"import of {kind}: a bot's write meanwhile, p99", p99 * 1000, "ms"),
        Row(
            f"import of {kind}: longest stall of a bot, of {len(waits):,} writes",
            longest * 1000,
            "ms",
            goal="< 200 ms",
            is_met=longest < 0.2,
        ),
    ]


def main() -> None:
    """One pass, for the process that asked for it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=PASSES)
    parser.add_argument("url")
    parser.add_argument("path", type=Path)
    asked = parser.parse_args()
    print(json.dumps(vars_of(one_pass(asked.name, asked.url, asked.path))))


def vars_of(one: Pass) -> dict[str, float]:
    """Its figures by name."""
    return {
        "seconds": one.seconds,
        "cpu": one.cpu,
        "peak_mb": one.peak_mb,
        "rows": one.rows,
    }


if __name__ == "__main__":
    main()
