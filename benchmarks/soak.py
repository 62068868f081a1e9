"""Ten school days of a county, one after the other in one process: does anything only grow?

Each day the roll calls come by themselves, every class hands in, some families answer, some do
not, reminders and climbs take their course until the next morning.  After each day memory, open
files and what waits are looked at; the first days fill caches, so the second half is compared with
the end of the first.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from sqlalchemy import func, select

from benchmarks.common import FIRST_CHAT, TOKEN, Row, a_database, means_for, term_row, told
from benchmarks.fan_out import UNLIMITED
from benchmarks.school import CLASSES_PER_SCHOOL, Morning, build_morning
from benchmarks.server import a_server
from bot.clock import RehearsalClock
from bot.engine import Engine
from bot.pipeline import Pipeline
from bot.poller import Poller
from bot.request import connected
from bot.ticks import all_ticks
from bot.ticks.delivery import WORKERS, Delivery
from handlers.all import HANDLERS
from storage.database import Database
from storage.engines import READERS
from storage.facts.started import note_first_run
from storage.tables.attendance import questions, roll_calls
from storage.tables.plumbing import inbox, outbox
from storage.tables.school import terms
from templates.presses_guardian import ReplyPress
from templates.presses_teacher import NamePress, RollPress

ZONE = ZoneInfo("Asia/Shanghai")
FIRST_DAY = date(2026, 9, 7)
PER_CLASS = 45
#: One class in so many has somebody missing, and so many families in ten answer.
ONE_IN, ANSWERS = 2, 7
BATCHES = 4
MEGABYTE = 1024 * 1024
#: The pool keeps so many readers beside the one writer.
KEPT = READERS + 1
#: Sockets are kept open for the next message: one for each that may be under way at a time, and
#: a few of the loop, the poller and the watch.
SOCKETS = WORKERS + 8
#: Growth from the middle to the end that counts as none: what the allocator does by itself.
MOST_GROWTH = 1.05


@dataclass(frozen=True)
class Sample:
    """How things stood at the end of a day."""

    rss: int
    files: int
    connections: int
    sockets: int
    waiting: int
    unhandled: int
    sent: int


async def soak(rooms: int, days: int, share: int = 1) -> list[Row]:
    """So many classes for so many school days; with a share, only that part of the schools is in
    term, and the others are stored."""
    clock = RehearsalClock(_at(FIRST_DAY, 7))
    console = Console()
    async with a_database() as database:
        morning = await build_morning(database, rooms, PER_CLASS, clock.now(), FIRST_DAY)
        async with database.work(clock.now()) as work:
            await note_first_run(work, clock.now())
            await work.execute(roll_calls.delete())
            await work.execute(terms.delete())
            schools = -(-rooms // CLASSES_PER_SCHOOL) // share
            own = [replace(term_row(clock.now()), school_id=n + 1) for n in range(schools)]
            await work.insert_many(terms, own)
        with a_server() as url:
            means = replace(means_for(url), clock=clock)
            async with connected(TOKEN, url) as bot:
                delivery = Delivery(database, means, bot, rates=UNLIMITED)
                engine = Engine(database, clock, all_ticks(means), delivery.ring)
                pipeline = Pipeline(database, means, bot, HANDLERS, ring=delivery.ring)
                poller = Poller(database, clock, bot, pipeline.ring)
                county = _County(database, clock, url, engine, delivery, pipeline, poller, morning)
                samples = []
                for on in _school_days(days):
                    samples.append(await county.day(on))
                    console.print(f"  {on} {samples[-1]}", style="dim")
    return _rows(samples, rooms, share)


def _school_days(number: int) -> Iterator[date]:
    on = FIRST_DAY
    while number:
        if on.weekday() < 5:
            yield on
            number -= 1
        on += timedelta(days=1)


def _at(on: date, hour: int, minute: int = 0) -> datetime:
    return datetime(on.year, on.month, on.day, hour, minute, tzinfo=ZONE)


@dataclass(frozen=True)
class _County:
    database: Database
    clock: RehearsalClock
    url: str
    engine: Engine
    delivery: Delivery
    pipeline: Pipeline
    poller: Poller
    morning: Morning

    async def day(self, on: date) -> Sample:
        """From seven in the morning until six in the evening, and the night's sweep."""
        await self.to(_at(on, 7, 55))
        await self.to(_at(on, 8, 10))
        calls = await self._open_calls(on)
        for batch in range(BATCHES):
            await self.to(_at(on, 8, 15 + 5 * batch))
            await self._press(_hands_in(self.morning, calls[batch::BATCHES]))
        await self.to(_at(on, 8, 40))
        await self._press(await self._answers(on))
        for hour in range(9, 19):
            await self.to(_at(on, hour, 5))
        await self.to(_at(on + timedelta(days=1), 3, 5))
        return await self._sample()

    async def to(self, at: datetime) -> None:
        """Move the clock, do what is due, deliver it."""
        self.clock.move(at)
        await self.engine.turn()
        await self.delivery.drain()

    async def _open_calls(self, on: date) -> list[tuple[int, int]]:
        query = select(roll_calls.c.id, roll_calls.c.class_id).where(roll_calls.c.on == on)
        async with self.database.read() as read:
            return [(row[0], row[1]) for row in (await read.execute(query)).rows]

    async def _answers(self, on: date) -> list[dict[str, Any]]:
        query = select(questions.c.id, questions.c.student_id).where(questions.c.on == on)
        async with self.database.read() as read:
            asked = (await read.execute(query)).rows
        return [
            {"chat": FIRST_CHAT + child, "data": ReplyPress(question, "sick").spell()}
            for question, child in asked
            if child % 10 < ANSWERS
        ]

    async def _press(self, presses: list[dict[str, Any]]) -> None:
        await told(f"{self.url}/fill", {"presses": presses, "more": True})
        while await self.poller.fetch():
            await self.pipeline.drain()
            await self.delivery.drain()

    async def _sample(self) -> Sample:
        gc.collect()
        waits = select(func.count()).where(outbox.c.state == "waiting")
        unhandled = select(func.count()).where(inbox.c.state == "waiting")
        files = _open_files()
        ours = str(self.database.address.file)
        async with self.database.read() as read:
            return Sample(
                _rss(),
                sum(not one.startswith((ours, "socket:")) for one in files),
                files.count(ours),
                sum(one.startswith("socket:") for one in files),
                int(await read.scalar(waits) or 0),
                int(await read.scalar(unhandled) or 0),
                int(await read.scalar(select(func.count()).select_from(outbox)) or 0),
            )


def _hands_in(morning: Morning, calls: list[tuple[int, int]]) -> list[dict[str, Any]]:
    """Every class hands in; in some of them the first child is missing."""
    presses = []
    for call, room in calls:
        said = [RollPress(call, "submit", 0).spell()]
        if room % ONE_IN == 0:
            child = morning.students_of(room)[call % PER_CLASS]
            said.insert(0, NamePress(call, child, "absent").spell())
        presses += [{"chat": morning.teacher_chat(room), "data": data} for data in said]
    return presses


def _open_files() -> list[str]:
    """What every descriptor of this process leads to."""
    links = Path("/proc/self/fd").iterdir()
    return [str(one.readlink()) for one in links if one.is_symlink()]


def _rss() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _rows(samples: list[Sample], rooms: int, share: int) -> list[Row]:
    middle, last = samples[len(samples) // 2 - 1], samples[-1]
    grown = last.rss / middle.rss
    days = len(samples)
    return [
        Row(f"soak, {rooms // share} of {rooms} classes, {days} days: messages", last.sent, ""),
        Row("soak: memory after the first day", samples[0].rss / MEGABYTE, "MB"),
        Row("soak: memory in the middle", middle.rss / MEGABYTE, "MB"),
        Row(
            "soak: memory at the end",
            last.rss / MEGABYTE,
            "MB",
            grown,
            "the middle",
            f"≤ {MOST_GROWTH}×",
            grown <= MOST_GROWTH,
        ),
        Row("soak: open files, middle", middle.files, ""),
        Row(
            "soak: open files, end",
            last.files,
            "",
            goal="no more",
            is_met=last.files <= middle.files,
        ),
        Row(
            "soak: connections to the database",
            last.connections,
            "",
            goal=f"≤ {KEPT}",
            is_met=last.connections <= KEPT,
        ),
        Row("soak: sockets, middle", middle.sockets, ""),
        Row(
            "soak: sockets, end",
            last.sockets,
            "",
            goal=f"≤ {SOCKETS}",
            is_met=last.sockets <= SOCKETS,
        ),
        Row("soak: updates unhandled", last.unhandled, "", goal="0", is_met=not last.unhandled),
        Row("soak: messages waiting at night", last.waiting, ""),
    ]
