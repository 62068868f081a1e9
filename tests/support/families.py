"""A class with its teacher and two families, for everything about linking people to chats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from handlers.all import HANDLERS
from playground.people import Person as Phone
from rules.decision import Decision
from rules.model.case import Task
from rules.model.people import Consent, Guardianship, Invite, Person, Post, Relation, Role
from rules.model.school import SchoolClass, Student, Unit, UnitKind
from storage.carrying import carry_out
from storage.lookups import code_hash
from storage.tables.cases import tasks
from storage.tables.people import consents, guardianships, invites, people
from tests.support.updates import Stage

__all__ = ["HANDLERS", "School"]

SCHOOL, CLASS, OTHER_CLASS = -1, -2, -3
CHILD, SISTER = "李小明", "李小红"


class School:
    """What stands in the database, and the phones of those who speak."""

    def __init__(self, stage: Stage) -> None:
        """Nothing is stored yet; see `open`."""
        self.stage = stage
        self.ids: dict[str, int] = {}
        self.codes = 0

    async def open(self) -> School:
        """Two classes: 三(2)班 with 李小明, 五(1)班 with his sister 李小红."""
        await self.add(
            Unit(SCHOOL, UnitKind.SCHOOL, "城关小学"),
            SchoolClass(CLASS, SCHOOL, 3, 2),
            SchoolClass(OTHER_CLASS, SCHOOL, 5, 1),
            Student(-4, SCHOOL, CLASS, CHILD),
            Student(-5, SCHOOL, OTHER_CLASS, SISTER),
            Person(-6, "陈老师"),
            Person(-7, "赵老师"),
            Person(-8, "王芳", phone="13800005678"),
            Person(-9, "李强"),
            Person(-10, "刘奶奶"),
            Post(-11, -6, Role.CLASS_TEACHER, SCHOOL, CLASS),
            Post(-12, -7, Role.CLASS_TEACHER, SCHOOL, OTHER_CLASS),
            Guardianship(-13, -4, -8, relation=Relation.MOTHER),
            Guardianship(-14, -5, -8, relation=Relation.MOTHER),
            Guardianship(-15, -4, -9, position=2, relation=Relation.FATHER),
            Guardianship(-16, -4, -10, position=3, relation=Relation.GRANDPARENT),
        )
        return self

    async def add(self, *records: Any) -> None:
        """Store records and remember their ids by the name of what they are."""
        async with self.stage.database.work(self.now) as work:
            stored = await carry_out(work, Decision(records))
        for given, kept in zip(records, stored, strict=True):
            self.ids[str(given.id)] = kept.id

    @property
    def now(self) -> datetime:
        """The instant on the stage."""
        return self.stage.clock.now()

    async def code(self, person: int, link: int | None = None, **changes: Any) -> str:
        """An invite for a person (and one of their children), by their placeholders."""
        self.codes += 1
        code = f"code-{self.codes:017d}"
        invite = Invite(
            0,
            code_hash(self.stage.database.vault, code),
            self.ids[str(person)],
            None if link is None else self.ids[str(link)],
            self.now,
            self.now + timedelta(days=14),
        )
        async with self.stage.database.work(self.now) as work:
            await work.save(invites, replace(invite, **changes))
        return code

    async def phone(self, name: str, code: str | None = None) -> Phone:
        """A phone that opens the bot, with a code or without."""
        phone = self.stage.api.person(name)
        phone.start(code)
        await self.stage.serve()
        return phone

    async def tap(self, phone: Phone, label: str) -> str:
        """Tap a key, and let everything come to rest; what popped up."""
        tap = phone.touch(label)
        await self.stage.serve()
        return (await tap.popup(5)).text

    async def say(self, phone: Phone, text: str) -> None:
        """Write something."""
        phone.say(text)
        await self.stage.serve()

    async def teacher(self, person: int = -6) -> Phone:
        """A class teacher with a linked phone."""
        return await self.phone("老师", await self.code(person))

    async def claim(self, code: str, label: str = "我是母亲", name: str = "家长") -> Phone:
        """Somebody who uses a code and agrees."""
        phone = await self.phone(name, code)
        await self.tap(phone, label)
        await self.tap(phone, "同意，接收通知")
        return phone

    async def person(self, number: int) -> Person:
        """A person as they stand now."""
        found: Person = await self._one(people, number, Person)
        return found

    async def link(self, number: int) -> Guardianship:
        """A guardianship as it stands now."""
        found: Guardianship = await self._one(guardianships, number, Guardianship)
        return found

    async def consents(self) -> list[Consent]:
        """Every consent."""
        async with self.stage.database.read() as read:
            return await read.all(select(consents).order_by(consents.c.id), Consent)

    async def tasks(self) -> list[Task]:
        """Every task."""
        async with self.stage.database.read() as read:
            return await read.all(select(tasks).order_by(tasks.c.id), Task)

    async def everything(self) -> Sequence[object]:
        """People, guardianships, consents and tasks: what a stranger must not change."""
        async with self.stage.database.read() as read:
            found: list[object] = list(await read.all(select(people), Person))
            found += await read.all(select(guardianships), Guardianship)
        return [*found, *await self.consents(), *await self.tasks()]

    async def _one(self, table: Any, number: int, record: Any) -> Any:
        query = select(table).where(table.c.id == self.ids[str(number)])
        async with self.stage.database.read() as read:
            return await read.one(query, record)


def texts(phone: Phone) -> list[str]:
    """Everything that the bot has written to this phone, as it reads now."""
    return [shown.text for shown in phone.messages if shown.from_bot]
