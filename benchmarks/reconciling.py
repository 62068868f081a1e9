"""Register against rosters of a county with planted faults: found, merged wrongly, time, memory.

The lists are kept in a database on disk, as `guixiao import` keeps them; a process of its own
reads and opens them, compares the county, and writes runs, findings, pairs, tasks and cases.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import sys
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from benchmarks.common import KEYS, Row, a_county
from benchmarks.marking import Marks, marked
from benchmarks.planted import Planted, planted, planted_list
from bot.clock import SystemClock
from bot.settings import Settings
from rules.book import Book
from rules.model.eligible import Eligible, Village
from rules.model.people import Person, Post, Role
from rules.model.school import SchoolClass, Student, Unit, UnitKind
from rules.policy import Policy
from rules.reconciling.lines import Line, Side
from rules.reconciling.sorting import Comparison, Lists, Season, compare
from storage.calendars import Calendars
from storage.database import Database
from storage.importing.records import TermRecord
from storage.lookups import id_hash, register_hash
from storage.reconciling.lists import Collected, keep_lists
from storage.reconciling.running import Outcome, reconcile
from storage.tables.eligible import eligible, villages
from storage.tables.people import people, posts
from storage.tables.school import classes, students, terms, units

LIMIT_S, LIMIT_MB = 60, 1024


@dataclass(frozen=True)
class Run:
    """One run in a process of its own."""

    seconds: float
    peak_mb: float
    findings: int
    doubts: int


async def reconciling(children: int, schools: int) -> list[Row]:
    """Marked in memory, then timed from the database and back into it."""
    county = planted(children, schools)
    marks = marked(county, _compared(county))
    async with a_county() as url:
        await build(url, county)
        every = await _apart(url, "dry"), await _apart(url, "real"), await _apart(url, "real")
    return [*_found(county, marks), *_took(len(county.lists.register), *every)]


def _compared(county: Planted) -> Comparison:
    return compare(county.lists, season=Season(leavers_late=True))


def _found(county: Planted, marks: Marks) -> list[Row]:
    name = "reconcile: planted faults found"
    share = marks.recall * 100
    merged = marks.false_merges
    return [
        Row(f"{name} (of {marks.planted:,})", share, "%", goal="100 %", is_met=not marks.missed),
        Row("reconcile: false merges", merged, "", goal="0", is_met=merged == 0),
        Row("reconcile: children listed twice", marks.second_children, "", goal="0"),
        Row("reconcile: pairs to look at", marks.doubts, ""),
        Row("reconcile: of them two children", marks.idle_doubts, ""),
    ]


def _took(lines: int, dry: Run, first: Run, again: Run) -> list[Row]:
    peak = max(dry.peak_mb, first.peak_mb, again.peak_mb)
    goal = f"≤ {LIMIT_S} s"
    name = f"reconcile: {lines:,} children"
    return [
        Row(f"{name}, said", dry.seconds, "s", goal=goal, is_met=dry.seconds <= LIMIT_S),
        Row(f"{name}, done", first.seconds, "s", goal=goal, is_met=first.seconds <= LIMIT_S),
        Row("reconcile: again, nothing new", again.seconds, "s"),
        Row("reconcile: peak memory", peak, "MB", goal="≤ 1 GiB", is_met=peak <= LIMIT_MB),
    ]


async def build(url: str, county: Planted) -> None:
    """Schools with a register clerk each, the registered children, and both lists."""
    database = await Database.open(url, KEYS)
    now = SystemClock().now()
    try:
        await _people(database, county, now)
        collected = Collected()
        for side, lines in _sides(county.lists):
            for line in lines:
                collected.take(side, line)
        await keep_lists(database, collected, now, None)
        await _listed(database, planted_list(county).lines, now)
    finally:
        await database.close()


async def _listed(database: Database, lines: list[Line], now: datetime) -> None:
    """The age-eligible list as an import keeps it; the villages belong to no township."""
    places = sorted({line.school for line in lines}, reverse=True)
    number_of = {place: n + 1 for n, place in enumerate(places)}
    children = [
        Eligible(
            0,
            number_of[line.school],
            line.name,
            line.sex,
            line.birth_on,
            line.id_number,
            id_hash(database.vault, line.id_number) if line.id_number else None,
            line.written,
            listed_at=now,
        )
        for line in lines
    ]
    async with database.work(now) as work:
        await work.insert_many(villages, [Village(0, f"{n}村") for n in number_of.values()])
    for at in range(0, len(children), 10_000):
        async with database.work(now) as work:
            await work.insert_many(eligible, children[at : at + 10_000])


def _sides(lists: Lists) -> list[tuple[Side, list[Line]]]:
    return [(Side.REGISTER, list(lists.register)), (Side.ROSTER, list(lists.roster))]


async def _people(database: Database, county: Planted, now: datetime) -> None:
    rooms = sorted({line.place for line in (*county.lists.register, *county.lists.roster)})
    schools = sorted({place[0] for place in rooms})
    number_of = {place: n + 1 for n, place in enumerate(rooms)}
    today = now.date()
    async with database.work(now) as work:
        first, last = today - timedelta(days=10), today + timedelta(days=120)
        await work.insert_many(terms, [TermRecord(0, "term", first, last)])
        named = [Unit(0, UnitKind.SCHOOL, f"第{n}小学", code=f"21{n:08d}") for n in schools]
        await work.insert_many(units, named)
        await work.insert_many(classes, [SchoolClass(0, *place) for place in rooms])
        await work.insert_many(people, [Person(0, f"周{n}") for n in schools])
        held = [Post(0, n, Role.REGISTER_CLERK, n) for n in schools]
        await work.insert_many(posts, held)
    children = [_child(database, line, number_of[line.place]) for line in county.lists.register]
    for at in range(0, len(children), 10_000):
        async with database.work(now) as work:
            await work.insert_many(students, children[at : at + 10_000])


def _child(database: Database, line: Line, class_id: int) -> Student:
    vault = database.vault
    return Student(
        0,
        line.school,
        class_id,
        line.name,
        birth_on=line.birth_on,
        id_hash=id_hash(vault, line.id_number) if line.id_number else None,
        register_hash=register_hash(vault, line.register_number or ""),
    )


async def run(url: str, *, is_real: bool) -> Outcome:
    """As `guixiao reconcile` does it."""
    database = await Database.open(url, KEYS)
    try:
        async with database.read() as read:
            calendar = await Calendars(Settings().zone).current(read)
        book = Book(Policy(), calendar)
        return await reconcile(database, book, SystemClock().now(), is_real=is_real)
    finally:
        await database.close()


async def _apart(url: str, how: str) -> Run:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.reconciling", how, url, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, how
    return Run(**json.loads(said))


def main() -> None:
    """One run, for the process that asked for it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("how", choices=("dry", "real"))
    parser.add_argument("url")
    asked = parser.parse_args()
    began = time.perf_counter()
    done = asyncio.run(run(asked.url, is_real=asked.how == "real"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    found = sum(number for kind, number in done.counts.items() if kind != "matched")
    took = time.perf_counter() - began
    print(json.dumps({"seconds": took, "peak_mb": peak, "findings": found, "doubts": done.doubts}))


if __name__ == "__main__":
    main()
