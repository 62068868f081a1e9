"""A whole term: the clock jumps to what comes next, people act, the program answers, it is looked
at whether everything is still as it must be."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from random import Random

from sqlalchemy import func, select

from bot.simulation.broken import Broken
from bot.simulation.clock import TermClock
from bot.simulation.crowd import Crowd
from bot.simulation.errors import kept_errors
from bot.simulation.invariants import Watch
from bot.simulation.life import Life
from bot.simulation.loop import TermLoop
from bot.simulation.messages import Post
from bot.simulation.scene import Asked, Scene
from bot.simulation.staffing import replace_somebody
from bot.simulation.truth import Truth
from bot.simulation.wire import Weather, Wire
from playground import server
from playground.server import BotApi
from storage.tables.attendance import leaves, replies, roll_calls
from storage.tables.cases import cases, tasks
from storage.tables.plumbing import journal, outbox
from storage.tables.reports import reports

#: The clock never goes on by less: what falls due within it happens together.
STEP = timedelta(minutes=10)
#: Nor by more: a running bot asks for updates all the time.
LONGEST = timedelta(hours=12)
#: What is counted in the end.
COUNTED = {
    "roll calls": roll_calls,
    "replies": replies,
    "leaves": leaves,
    "cases": cases,
    "tasks": tasks,
    "reports": reports,
    "messages of the bot": outbox,
    "lines of the journal": journal,
}
MORNING, EVENING = time(7), time(22)
#: On so many mornings the process dies some time during the day, after up to so many calls.
DEATHS, MOST_CALLS = 0.12, 150
#: How long it stays down, in minutes, and how often.
DOWN = ((0, 5), (20, 4), (240, 2), (3000, 1))
BLOCKED_A_DAY, STAFF_CHANGES_A_DAY = 0.0004, 0.15


@dataclass
class Report:
    """What a term was like, and what was wrong."""

    broken: list[Broken] = field(default_factory=list)
    happened: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0


class TermRun:
    """One term of one county."""

    def __init__(self, scene: Scene, asked: Asked, loop: TermLoop) -> None:
        """Everything that chance decides hangs on the seed."""
        self.scene = scene
        self.clock = TermClock(scene.begins, loop)
        self._zone = scene.county.settings.zone
        self._chance = Random(asked.seed + 1)
        self.api = BotApi(options=server.Options(now=self.clock.now))
        self.weather = Weather(Random(asked.seed + 2))
        self.wire = Wire(self.api, self.weather)
        self._truth = Truth(Random(asked.seed + 3), tuple(scene.cast.children))
        self.crowd = Crowd(self.api, scene.cast, self._truth, Random(asked.seed + 4))
        self.watch = Watch(scene.county, Post(self.api, self.wire), STEP)
        self.report = Report()
        self.life: Life | None = None
        self._diary: deque[tuple[datetime, Callable[[], Awaitable[None]]]] = deque()
        self._plan()

    async def run(self) -> Report:
        """From the afternoon before to a few days after."""
        with kept_errors(self.clock.now) as errors:
            await self._start(self.clock.now())
            while (at := await self._next()) is not None:
                self.clock.move(at)
                while not await self._moment():
                    pass
                while self._diary and self._diary[0][0] <= self.clock.now():
                    await self._diary.popleft()[1]()
            await self._look(is_last=True)
            await self._count()
            await self._alive.end()
        self.report.broken += errors
        for what in (self._truth, self.crowd, self.weather):
            self.report.happened += what.happened
        return self.report

    async def _count(self) -> None:
        """What stands in the database in the end."""
        async with self._alive.parts.database.read() as read:
            for name, table in COUNTED.items():
                query = select(func.count()).select_from(table)
                self.report.happened[name] = int(await read.scalar(query))

    async def _next(self) -> datetime | None:
        now = self.clock.now()
        entry = self._diary[0][0] if self._diary else None
        found = [await self._alive.next_at(), self.crowd.next_at, entry, now + LONGEST]
        at = max(min(one for one in found if one is not None), now + STEP)
        return at if at <= self._ends else None

    @property
    def _alive(self) -> Life:
        assert self.life is not None
        return self.life

    @property
    def _ends(self) -> datetime:
        return self._at(self.scene.last_day + timedelta(days=4), EVENING)

    # One moment

    async def _moment(self) -> bool:
        """Who has something to do does it; the program answers until nothing more comes, or, which
        makes it False, until it dies: begun again, it has not done anything yet."""
        self.report.happened["moments"] += 1
        task = asyncio.create_task(self._live(), name="moment")
        died = asyncio.create_task(self.weather.died.wait())
        await asyncio.wait({task, died}, return_when=asyncio.FIRST_COMPLETED)
        has_died = self.weather.died.is_set()
        if has_died:
            await self._die()
        died.cancel()
        if task.done() and not task.cancelled():
            task.result()
        return not has_died

    async def _live(self) -> None:
        """The duties of time come after the phones are still, and again if that moved anybody."""
        await self._converse()
        while await self._alive.parts.engine.turn() and await self._converse():
            pass

    async def _converse(self) -> int:
        """A tap, its answer, the next tap: the duties of time wait until the phones are still."""
        total = 0
        while True:
            self.crowd.look(self.clock.now())
            acted = self.crowd.act(self.clock.now()) + await self._alive.serve()
            total += acted
            if not acted:
                return total

    # Days

    def _plan(self) -> None:
        """Every morning and every evening until the end."""
        first, last = self.scene.begins.date(), self._ends.date()
        for day in range((last - first).days + 1):
            on = first + timedelta(days=day)
            self._diary.append((self._at(on, MORNING), partial(self._open_day, on)))
            self._diary.append((self._at(on, EVENING), self._look))

    async def _open_day(self, on: date) -> None:
        """What chance has in store; on days without school nothing but the program's own."""
        async with self._alive.parts.database.read() as read:
            calendar = await self.scene.county.calendars.current(read)
        if not calendar.is_school_day(self.scene.cast.schools[0], None, on):
            return
        self.report.happened["school days"] += 1
        self._truth.begin_day()
        self.crowd.errands(self._at(on, MORNING))
        self.crowd.block_some(BLOCKED_A_DAY)
        if self._chance.random() < DEATHS:
            self.weather.dies_after = self._chance.randint(1, MOST_CALLS)
        if self._chance.random() < STAFF_CHANGES_A_DAY:
            self.report.happened["staff changes"] += 1
            await replace_somebody(self._alive.parts, self.crowd, self._chance)

    async def _look(self, is_last: bool = False) -> None:
        """Whether everything is as it must be."""
        found = await self.watch.look(self._alive.parts.database, self.clock.now(), is_last)
        self.report.broken += found

    # Lives

    async def _start(self, alive: datetime) -> None:
        self.life = await Life.begin(self.scene.county, self.clock, self.wire, alive)

    async def _die(self) -> None:
        """In the middle of whatever it was at; after a while it is started again."""
        await self._alive.die()
        self.weather.died.clear()
        self.report.happened["deaths"] += 1
        alive = self.clock.now()
        minutes = [minutes for minutes, _ in DOWN]
        (down,) = self._chance.choices(minutes, [share for _, share in DOWN])
        self.clock.move(alive + timedelta(minutes=down))
        await self._start(alive)

    def _at(self, on: date, clock: time) -> datetime:
        return datetime.combine(on, clock, self._zone)
