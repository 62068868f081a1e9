"""The whole application before a real Bot API on loopback, with a clock that the test moves."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Table, select

from bot.clock import RehearsalClock
from bot.engine import Engine
from bot.pipeline import Pipeline
from bot.poller import Poller
from bot.ticks import all_ticks
from bot.ticks.delivery import Delivery
from handlers.all import HANDLERS
from playground.messages import Shown
from playground.people import Person as Phone
from rules.book import Book
from rules.child.draft import Draft
from rules.model.case import Case, Task
from rules.model.school import Student
from rules.policy import Policy
from storage.carrying import carry_out
from storage.database import Database
from storage.facts.child import draft_about
from storage.tables.cases import cases, tasks
from storage.tables.plumbing import outbox
from storage.tables.school import students
from tests.support.county import County, add_guardian, found_county, package_filed
from tests.support.updates import UNLIMITED, Stage, a_stage

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 9, 7)

R = TypeVar("R")


@dataclass
class World:
    """A county at work: phones on one side, the record on the other."""

    stage: Stage
    engine: Engine
    county: County
    phones: dict[str, Phone]
    _told: dict[str, int] = field(default_factory=dict)

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
        target = self._instant(clock, on)
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

    async def down_until(self, clock: str, on: date | None = None) -> None:
        """Nothing runs until then; then a new process starts on the same database."""
        self.stage.clock.move(self._instant(clock, on))
        await self.restart()

    async def restart(self, policy: Policy | None = None) -> None:
        """A new process in front of the same database, perhaps with other numbers."""
        stage = self.stage
        if policy is not None:
            stage.means = replace(stage.means, policy=policy)
        stage.delivery = Delivery(stage.database, stage.means, stage.bot, rates=UNLIMITED)
        stage.pipeline = Pipeline(
            stage.database, stage.means, stage.bot, HANDLERS, ring=stage.delivery.ring
        )
        stage.poller = Poller(stage.database, stage.clock, stage.bot, stage.pipeline.ring)
        self.engine = Engine(stage.database, stage.clock, all_ticks(stage.means))
        await stage.delivery.recover()
        await self.settle()

    async def hours(self, count: float) -> None:
        """Some hours go by, moment after moment."""
        target = self.now + timedelta(hours=count)
        await self.to(f"{target:%H:%M}", target.date())

    async def heard(self, *by: str) -> list[str]:
        """What has been said since the last time, in order: "08:43 teacher nobody_answered!".

        `!` rings; edits are not heard.  With names, only what these people heard; what the others
        heard stays to be asked for.
        """
        kinds = await self._kinds()
        lines: list[tuple[datetime, int, str]] = []
        for place, (who, phone) in enumerate(self.phones.items()):
            if by and who not in by:
                continue
            new = phone.arrivals[self._told.get(who, 0) :]
            self._told[who] = len(phone.arrivals)
            for shown in (one.shown for one in new if one.kind == "message"):
                kind = kinds.get((shown.chat_id, shown.message_id), "?")
                lines.append((shown.at, place, _line(who, kind, shown)))
            phone.see_all()
        return [line for *_, line in sorted(lines, key=lambda one: one[:2])]

    async def _kinds(self) -> dict[tuple[int, int], str]:
        columns = (outbox.c.chat_id, outbox.c.message_id, outbox.c.kind)
        query = select(*columns).where(outbox.c.message_id.is_not(None), ~outbox.c.is_edit)
        async with self.stage.database.read() as read:
            found = (await read.execute(query.order_by(outbox.c.id.desc()))).rows
        return {(chat_id, message_id): kind for chat_id, message_id, kind in found}

    def _instant(self, clock: str, on: date | None) -> datetime:
        hour, minute = (int(part) for part in clock.split(":"))
        return datetime(*(on or self.now.date()).timetuple()[:3], hour, minute, tzinfo=ZONE)

    async def absent(self, *names: str, who: str = "teacher") -> None:
        """The teacher says who is missing; the alerts leave three minutes later."""
        await self.tap(who, "有人没到")
        for name in names:
            await self.tap(who, name)
        await self.tap(who, f"提交：{len(names)}人没到")

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

    async def decide(self, child: str, act: Callable[[Draft], object]) -> None:
        """The class teacher does something about a child by another way than a key."""
        async with self.stage.database.work(self.stage.clock.now()) as work:
            calendar = await self.stage.means.calendars.current(work)
            book = Book(self.stage.means.policy, calendar)
            draft = await draft_about(
                work, self.county.children[child], book, by=self.county.people["teacher"]
            )
            act(draft)
            await carry_out(work, draft.decision())
        await self.settle()

    async def child(self, name: str) -> Student:
        """A child as the record stands."""
        query = select(students).where(students.c.id == self.county.children[name])
        async with self.stage.database.read() as read:
            found = await read.one(query, Student)
        assert found is not None
        return found

    async def all_of(self, table: Table, record: type[R], **values: Any) -> list[R]:
        """Every row of a table, oldest first; with `values`, those that have them."""
        query = select(table).where(*(table.c[name] == value for name, value in values.items()))
        async with self.stage.database.read() as read:
            return await read.all(query.order_by(table.c.id), record)

    async def task(self, kind: str, child: str | None = None) -> Task:
        """The newest task of a kind."""
        whom = {} if child is None else {"student_id": self.county.children[child]}
        return (await self.all_of(tasks, Task, kind=kind, **whom))[-1]

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
            self._told[who] = len(self.phones[who].arrivals)

    def nothing_unexpected(self, *but: str) -> None:
        """Nobody has heard anything that the test did not expect (`but`: phones left out)."""
        heard = {
            who: [arrival.shown.text for arrival in phone.unexpected()]
            for who, phone in self.phones.items()
            if who not in but
        }
        assert {who: texts for who, texts in heard.items() if texts} == {}


def _line(who: str, kind: str, shown: Shown) -> str:
    at = shown.at.astimezone(ZONE)
    return f"{at:%H:%M} {who} {kind}{'' if shown.silent else '!'}"


@asynccontextmanager
async def a_world(
    database: Database,
    clock: str = "07:40",
    on: date = MONDAY,
    ticking: Callable[[datetime], RehearsalClock] = RehearsalClock,
) -> AsyncIterator[World]:
    """The county on a school day's morning, before the first roll call."""
    hour, minute = (int(part) for part in clock.split(":"))
    begins = datetime(on.year, on.month, on.day, hour, minute, tzinfo=ZONE)
    async with a_stage(database, HANDLERS, at=begins, ticking=ticking) as stage:
        async with database.work(stage.clock.now()) as work:
            county = await found_county(work)
            await package_filed(work, county.school_id)
        engine = Engine(database, stage.clock, all_ticks(stage.means))
        world = World(stage, engine, county, {})
        await world.meet(*county.people)
        yield world
