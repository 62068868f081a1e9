"""One turn of the engine with a fixed amount due, however many children are stored (benchmark 4).

The same number of case reviews is due at each size; what else is stored grows with the county:
children and families, closed cases, marks, and messages sent long ago.
"""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import update

from benchmarks.common import CHUNK, Row, a_database, build_children, means_for, median
from bot.engine import Engine
from bot.settings import Settings
from bot.ticks import all_ticks
from rules.model.attendance import Mark, MarkKind, Session
from rules.model.case import Case, CaseState, Stage
from rules.policy import Policy
from storage.database import Database
from storage.tables.attendance import marks
from storage.tables.cases import cases

SIZES = (1_000, 100_000, 1_000_000)
DUE = 200
IDLE_TURNS = 20
#: "Flat": the largest county may cost so much more than the smallest.
FLAT = 1.5


async def _build_history(database: Database, number: int, now: datetime) -> None:
    """Every child was missing once, a year ago, and its case is closed."""
    then = now - timedelta(days=365)
    day = then.astimezone(Settings().zone).date()
    case = Case(0, 0, 1, Stage.VERIFY, CaseState.CLOSED, then, day, Policy().to_json())
    for first in range(1, number + 1, CHUNK):
        ids = range(first, min(first + CHUNK, number + 1))
        async with database.work(now) as work:
            await work.insert_many(cases, [replace(case, student_id=n) for n in ids])
            await work.insert_many(
                marks,
                [Mark(0, n, day, Session.MORNING, MarkKind.ABSENT, None, then) for n in ids],
            )


async def _make_due(database: Database, now: datetime) -> None:
    """The first children have a running case whose review is due."""
    today = now.astimezone(Settings().zone).date()
    case = Case(0, 0, 1, Stage.VERIFY, CaseState.OPEN, now, today, Policy().to_json())
    async with database.work(now) as work:
        await work.insert_many(
            cases, [replace(case, student_id=n, review_at=now) for n in range(1, DUE + 1)]
        )


async def _turns(number: int, runs: int) -> tuple[float, float]:
    """Seconds for a turn with nothing due, and for each thing that is due."""
    async with a_database() as database:
        means = means_for("http://127.0.0.1:9")
        now = means.clock.now()
        await build_children(database, number)
        await _build_history(database, number, now)
        await _make_due(database, now)
        engine = Engine(database, means.clock, all_ticks(means))
        await engine.turn()
        busy = []
        for _ in range(runs):
            async with database.work(now) as work:
                running = cases.c.state == CaseState.OPEN.value
                await work.execute(update(cases).where(running).values(review_at=now))
            busy.append(await _took(engine))
        idle = [await _took(engine) for _ in range(IDLE_TURNS)]
    return median(idle), (median(busy) - median(idle)) / DUE


async def _took(engine: Engine) -> float:
    began = time.perf_counter()
    await engine.turn()
    return time.perf_counter() - began


async def tick(share: int, runs: int) -> list[Row]:
    """The three sizes, and how much more the largest costs than the smallest."""
    rows: list[Row] = []
    firsts = (0.0, 0.0)
    for size in (max(one // share, DUE) for one in SIZES):
        idle, each = await _turns(size, runs)
        firsts = firsts if rows else (idle, each)
        rows += [
            _row(f"tick: a turn, {size:,} children", idle, firsts[0]),
            _row(f"tick: each due item, {size:,} children", each, firsts[1]),
        ]
    return rows


def _row(what: str, seconds: float, first: float) -> Row:
    ratio = seconds / first
    return Row(
        what, seconds * 1000, "ms", ratio, "the smallest county", f"≤ {FLAT}×", ratio <= FLAT
    )
