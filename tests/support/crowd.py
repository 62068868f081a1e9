"""Whole schools at work without phones: ticks and rules over storage, and one ear that counts."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import SecretStr
from sqlalchemy import select, update

from bot.clock import RehearsalClock
from bot.engine import Engine
from bot.settings import Settings
from bot.ticks import all_ticks
from bot.ticks.base import Means
from bot.ticks.delivery import Delivery
from rules.model.people import (
    Guardianship,
    GuardianState,
    Pairing,
    PairingLevel,
    PairingScope,
    Person,
    Post,
    Relation,
    Role,
)
from rules.model.school import SchoolClass, SchoolKind, Student, Unit, UnitKind
from rules.policy import Policy
from storage.calendars import Calendars
from storage.database import Database
from storage.outbox import State
from storage.tables.people import guardianships, pairings, people, posts
from storage.tables.plumbing import outbox
from storage.tables.school import classes, students, units
from storage.work import Work
from tests.support.county import FIRST_CHAT, County, found_county
from tests.support.updates import UNLIMITED

ZONE = ZoneInfo("Asia/Shanghai")
Plan = Callable[[], Awaitable[None]]


@dataclass
class School:
    """One school's people and children, by id."""

    id: int
    leader: int
    head: int
    rooms: list[Room] = field(default_factory=list)


@dataclass
class Room:
    """A class: its teacher, its children, and one guardian of each."""

    id: int
    teacher: int
    children: list[int] = field(default_factory=list)
    families: dict[int, int] = field(default_factory=dict)


class Ear:
    """The Bot API as far as delivery needs it; remembers when whose phone made a sound."""

    def __init__(self, clock: RehearsalClock) -> None:
        """Nothing has been heard yet."""
        self._clock = clock
        self._numbers = count(1)
        self.rings: list[tuple[int, datetime, str]] = []

    async def call(self, method: str, fields: dict[str, Any]) -> dict[str, int]:
        """A message or a file makes a sound, unless it is to make none; edits never do."""
        if method.startswith("send") and not fields["disable_notification"]:
            text = fields.get("text") or fields["caption"]
            self.rings.append((fields["chat_id"], self._clock.now().astimezone(ZONE), text))
        return {"message_id": next(self._numbers)}

    async def delete_message(self, *_: Any, **__: Any) -> None:
        """Nor does what is taken away."""

    async def set_my_commands(self, *_: Any, **__: Any) -> None:
        """Nor does the menu."""


@dataclass
class Crowd:
    """A county of some schools; only what reaches the people listened to is really written."""

    database: Database
    means: Means
    clock: RehearsalClock
    county: County
    ear: Ear
    engine: Engine
    delivery: Delivery
    schools: list[School]
    listened: set[int] = field(default_factory=set)
    _plans: list[tuple[datetime, int, Plan]] = field(default_factory=list)
    _numbers: count[int] = field(default_factory=count)

    def at(self, at: datetime, plan: Plan) -> None:
        """Somebody will do something then."""
        heapq.heappush(self._plans, (at, next(self._numbers), plan))

    def instant(self, on: date, clock: str) -> datetime:
        """The county's clock on a day."""
        hour, minute = (int(part) for part in clock.split(":"))
        return datetime(on.year, on.month, on.day, hour, minute, tzinfo=ZONE)

    async def until(self, on: date, clock: str) -> None:
        """Live through every moment at which something is due or planned."""
        target = self.instant(on, clock)
        await self._settle()
        while (at := await self._next()) is not None and at <= target:
            self.clock.move(max(at, self.clock.now()))
            while self._plans and self._plans[0][0] <= self.clock.now():
                await heapq.heappop(self._plans)[2]()
            await self._settle()
        self.clock.move(target)

    async def _next(self) -> datetime | None:
        async with self.database.read() as read:
            instants = await self.engine.next_at(read)
            delivery = await self.delivery.next_at(read)
        now = self.clock.now()
        later = [one for one in (*instants, delivery) if one is not None and one > now]
        return min([*later, *(at for at, *_ in self._plans[:1])], default=None)

    async def _settle(self) -> None:
        while await self.engine.turn():
            pass
        await self._wave_through()
        await self.delivery.drain()

    async def _wave_through(self) -> None:
        """What goes to anybody else has arrived."""
        now = self.clock.now()
        async with self.database.work(now) as work:
            await work.execute(
                update(outbox)
                .where(
                    outbox.c.state == State.WAITING.value,
                    outbox.c.not_before <= now,
                    outbox.c.person_id.not_in(self.listened),
                )
                .values(state=State.DELIVERED.value, delivered_at=now, message_id=outbox.c.id)
            )

    def rings_of(self, person_id: int) -> Counter[date]:
        """How often a phone rang, day by day."""
        chat = FIRST_CHAT + person_id
        return Counter(at.date() for chat_id, at, _ in self.ear.rings if chat_id == chat)


async def a_crowd(
    database: Database, begins: date, *, schools: int, rooms: int, children: int
) -> Crowd:
    """So many schools of so many classes with so many children each, on an early morning."""
    clock = RehearsalClock(datetime(begins.year, begins.month, begins.day, 7, tzinfo=ZONE))
    means = Means(Settings(bot_token=SecretStr("1:x")), Policy(), Calendars(ZONE), clock)
    async with database.work(clock.now()) as work:
        county = await found_county(work)
        built = [await _school(work, county, n, rooms, children) for n in range(schools)]
    ear = Ear(clock)
    delivery = Delivery(database, means, ear, rates=UNLIMITED)  # type: ignore[arg-type]
    engine = Engine(database, clock, all_ticks(means))
    return Crowd(database, means, clock, county, ear, engine, delivery, built)


async def _school(work: Work, county: County, number: int, rooms: int, children: int) -> School:
    unit = Unit(
        0,
        UnitKind.SCHOOL,
        f"第{number + 1}小学",
        code=f"21990001{number:02d}",
        school_kind=SchoolKind.CENTRAL_PRIMARY,
        township_id=county.township_id,
    )
    school_id = await work.insert(units, unit)
    leader = await _person(work, f"副校长{number}", Role.LEADER, school_id)
    head = await _person(work, f"校长{number}", Role.HEAD, school_id)
    await _person(work, f"学籍{number}", Role.REGISTER_CLERK, school_id)
    school = School(school_id, leader, head)
    for place in range(rooms):
        school.rooms.append(await _room(work, school, place, children))
    return school


async def _person(
    work: Work, name: str, role: Role | None = None, unit_id: int = 0, class_id: int | None = None
) -> int:
    newest = await work.scalar(select(people.c.id).order_by(people.c.id.desc()).limit(1))
    chat_id = FIRST_CHAT + int(newest or 0) + 1
    person = await work.insert(people, Person(0, name, phone="13900000000", chat_id=chat_id))
    assert chat_id == FIRST_CHAT + person
    if role is not None:
        await work.insert(posts, Post(0, person, role, unit_id, class_id))
    return person


async def _room(work: Work, school: School, place: int, children: int) -> Room:
    grade, number = 1 + place % 6, 1 + place // 6
    class_id = await work.insert(classes, SchoolClass(0, school.id, grade, number))
    teacher = await _person(work, f"老师{class_id}", Role.CLASS_TEACHER, school.id, class_id)
    for level, person in (
        (PairingLevel.TEACHER, teacher),
        (PairingLevel.LEADER, school.leader),
    ):
        await work.insert(pairings, Pairing(0, PairingScope.CLASS, class_id, level, person))
    room = Room(class_id, teacher)
    names = [Student(0, school.id, class_id, f"童{class_id}{n}") for n in range(children)]
    await work.insert_many(students, names)
    query = select(students.c.id).where(students.c.class_id == class_id)
    room.children = sorted(await work.scalars(query))
    return room


async def give_family(work: Work, room: Room, child: int) -> None:
    """One bound guardian; families are written only of children who are ever missed."""
    if child in room.families:
        return
    parent = await _person(work, f"家长{child}")
    link = Guardianship(
        0, child, parent, relation=Relation.MOTHER, is_carer=True, state=GuardianState.BOUND
    )
    await work.insert(guardianships, link)
    room.families[child] = parent
