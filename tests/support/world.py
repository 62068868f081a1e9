"""The whole application before a real Bot API on loopback, with a clock that the test moves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.engine import Engine
from bot.ticks import all_ticks
from handlers.all import HANDLERS
from playground.people import Person as Phone
from rules.model.case import Case, Task
from storage.database import Database
from storage.tables.cases import cases, tasks
from tests.support.county import County, add_guardian, found_county
from tests.support.updates import Stage, a_stage

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 9, 7)


@dataclass
class World:
    """A county at work: phones on one side, the record on the other."""

    stage: Stage
    engine: Engine
    county: County
    phones: dict[str, Phone]

    @property
    def now(self) -> datetime:
        """What the county's clock shows."""
        return self.stage.clock.now().astimezone(ZONE)

    def phone(self, who: str) -> Phone:
        """The phone of somebody of the county."""
        return self.phones[who]

    async def settle(self) -> None:
        """Let everything that can happen now happen."""
        while True:
            fetched = await self.stage.poller.fetch()
            handled = await self.stage.pipeline.drain()
            served = await self.engine.turn()
            await self.stage.delivery.drain()
            if not fetched and not handled and not served:
                return

    async def to(self, clock: str, on: date | None = None) -> None:
        """Move the clock through every due moment in between, in order."""
        hour, minute = (int(part) for part in clock.split(":"))
        target = datetime(*(on or self.now.date()).timetuple()[:3], hour, minute, tzinfo=ZONE)
        await self.settle()
        while (at := await self._next()) is not None and at <= target:
            self.stage.clock.move(at)
            await self.settle()
        self.stage.clock.move(target)
        await self.settle()

    async def _next(self) -> datetime | None:
        async with self.stage.database.read() as read:
            instants = await self.engine.next_at(read)
            instants += [
                at
                for at in (
                    await self.stage.delivery.next_at(read),
                    await self.stage.pipeline.next_at(read),
                )
                if at is not None
            ]
        return min((at for at in instants if at > self.stage.clock.now()), default=None)

    async def tap(self, who: str, label: str) -> str:
        """Press a key and wait until the press has come to rest."""
        tap = self.phone(who).touch(label)
        await self.settle()
        return (await tap.popup(1.0)).text

    async def press_menu(self, who: str, label: str) -> None:
        """Press a key of the persistent keyboard."""
        self.phone(who).say(label)
        await self.settle()

    async def case_of(self, child: str) -> Case | None:
        """The newest case of a child."""
        query = cases.select().where(cases.c.student_id == self.county.children[child])
        async with self.stage.database.read() as read:
            found = await read.all(query.order_by(cases.c.id), Case)
        return found[-1] if found else None

    async def open_tasks(self, child: str) -> list[str]:
        """The kinds of the open tasks about a child."""
        query = tasks.select().where(
            tasks.c.student_id == self.county.children[child], tasks.c.state == "open"
        )
        async with self.stage.database.read() as read:
            return sorted(task.kind for task in await read.all(query, Task))

    async def family(self, child: str, *guardians: str, carer: str | None = None) -> None:
        """Give a child bound guardians, each with a phone."""
        async with self.stage.database.work(self.stage.clock.now()) as work:
            for who in guardians:
                await add_guardian(work, self.county, child, who, is_carer=who == carer)
        await self.meet(*guardians)

    async def meet(self, *people: str) -> None:
        """They open the bot for the first time, each on a phone of their own."""
        new = [who for who in people if who not in self.phones]
        for who in new:
            self.phones[who] = self.stage.api.person(who, chat_id=self.county.chat_of(who))
            self.phones[who].start()
        await self.settle()
        for who in new:
            self.phones[who].see_all()

    def nothing_unexpected(self, *but: str) -> None:
        """Nobody has heard anything that the test did not expect (`but`: phones left out)."""
        heard = {
            who: [arrival.shown.text for arrival in phone.unexpected()]
            for who, phone in self.phones.items()
            if who not in but
        }
        assert {who: texts for who, texts in heard.items() if texts} == {}


@asynccontextmanager
async def a_world(
    database: Database, clock: str = "07:40", on: date = MONDAY
) -> AsyncIterator[World]:
    """The county on a school day's morning, before the first roll call."""
    hour, minute = (int(part) for part in clock.split(":"))
    begins = datetime(on.year, on.month, on.day, hour, minute, tzinfo=ZONE)
    async with a_stage(database, HANDLERS, at=begins) as stage:
        async with database.work(stage.clock.now()) as work:
            county = await found_county(work)
        engine = Engine(database, stage.clock, all_ticks(stage.means))
        world = World(stage, engine, county, {})
        await world.meet(*county.people)
        yield world
