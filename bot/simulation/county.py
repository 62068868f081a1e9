"""Some invented schools with everybody who belongs to them, written as records."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from itertools import count
from random import Random

from papers.sample.people import People
from papers.sample.words import words
from rules.identity import Sex
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
from rules.model.school import (
    Category,
    CategoryKind,
    SchoolClass,
    SchoolKind,
    Student,
    Unit,
    UnitKind,
)
from storage.tables.ladder import categories
from storage.tables.people import guardianships, pairings, people, posts
from storage.tables.school import classes, students, units
from storage.work import Work

FIRST_CHAT = 9_000_000
CLASS_SIZE = 45
#: A township has these schools: kind, its form in the sample's words, grades, share of children.
SCHOOLS = (
    (SchoolKind.CENTRAL_PRIMARY, "central", range(1, 7), 0.45),
    (SchoolKind.VILLAGE_PRIMARY, "village", range(1, 5), 0.15),
    (SchoolKind.TOWNSHIP_JUNIOR, "township_junior", range(7, 10), 0.40),
)
CHILDREN_OF_A_TOWNSHIP = 2400
MONITORED, WITH_FATHER, SIBLING, UNBOUND = 0.15, 0.35, 0.1, 0.06
#: In this grade some live at the school.
BOARDERS_IN, BOARDS = 9, 0.1


@dataclass(frozen=True)
class Child:
    """A child by number; the name is nobody's business here."""

    id: int
    school_id: int
    class_id: int
    family: tuple[int, ...]


@dataclass
class Cast:
    """Everybody by number: children, and who of the grown-ups is what, on which chat."""

    children: dict[int, Child] = field(default_factory=dict)
    chats: dict[int, int] = field(default_factory=dict)
    roles: dict[int, str] = field(default_factory=dict)
    teachers: dict[int, int] = field(default_factory=dict)
    schools: list[int] = field(default_factory=list)
    families: dict[int, list[int]] = field(default_factory=dict)
    rooms: dict[int, list[int]] = field(default_factory=dict)

    def room_of(self, person: int) -> list[int]:
        """The children of the class that this person teaches; empty for nobody's teacher."""
        taught = [room for room, teacher in self.teachers.items() if teacher == person]
        return self.rooms[taught[0]] if len(taught) == 1 else []


class Founder:
    """Writes one county."""

    def __init__(self, work: Work, chance: Random) -> None:
        """In this unit of work; the same `chance`, the same county."""
        self._work = work
        self._chance = chance
        self._people = People(chance)
        self._chats = count(FIRST_CHAT)
        self._families: list[tuple[int, ...]] = []
        self.cast = Cast()

    async def found(self, number: int) -> Cast:
        """A county of so many children."""
        townships = -(-number // CHILDREN_OF_A_TOWNSHIP)
        bureau = await self._unit(Unit(0, UnitKind.BUREAU, words()["bureau"]))
        section = await self._unit(Unit(0, UnitKind.SECTION, words()["sections"][0]))
        staff = {
            "admin": await self._officer("admin", bureau, Role.ADMIN),
            "section": await self._officer(
                "section", section, Role.SECTION, Role.EDUCATION_SECTION
            ),
            "bureau": await self._officer("bureau", bureau, Role.BUREAU_LEADER),
        }
        for place in range(townships):
            size = number * (place + 1) // townships - number * place // townships
            await self._township(place, size, staff)
        return self.cast

    async def _township(self, place: int, size: int, staff: dict[str, int]) -> None:
        name = words()["townships"][place % len(words()["townships"])]
        id = await self._unit(Unit(0, UnitKind.TOWNSHIP, name))
        contact = await self._officer("township", id, Role.TOWNSHIP)
        for level, person in (
            (PairingLevel.SECTION, staff["section"]),
            (PairingLevel.BUREAU_LEADER, staff["bureau"]),
            (PairingLevel.TOWNSHIP, contact),
        ):
            await self._pair(PairingScope.TOWNSHIP, id, level, person)
        village, parent, given = words()["villages"][place], None, 0
        for kind, form, grades, share in SCHOOLS:
            called = words()["schools"][form].format(township=name, village=village)
            above = parent if kind is SchoolKind.VILLAGE_PRIMARY else None
            part = size - given if kind is SCHOOLS[-1][0] else round(size * share)
            given += part
            school = await self._school(Unit(0, UnitKind.SCHOOL, called, None, kind, above, id))
            parent = school if kind is SchoolKind.CENTRAL_PRIMARY else parent
            await self._fill(school, grades, part)

    async def _school(self, unit: Unit) -> int:
        id = await self._unit(unit)
        self.cast.schools.append(id)
        clerks = (Role.REPORT_CLERK, Role.REGISTER_CLERK)
        if unit.school_kind is SchoolKind.VILLAGE_PRIMARY:
            await self._officer("head", id, Role.HEAD, *clerks)
        else:
            await self._officer("head", id, Role.HEAD)
            await self._officer("clerk", id, *clerks)
        return id

    async def _fill(self, school: int, grades: range, size: int) -> None:
        leader = await self._officer("leader", school, Role.LEADER)
        await self._officer("teacher", school, Role.TEACHER)
        for place, grade in enumerate(grades):
            part = size * (place + 1) // len(grades) - size * place // len(grades)
            rooms = max(1, -(-part // CLASS_SIZE))
            for room in range(rooms):
                children = part * (room + 1) // rooms - part * room // rooms
                await self._class(SchoolClass(0, school, grade, room + 1), leader, children)

    async def _class(self, room: SchoolClass, leader: int, size: int) -> None:
        class_id = await self._work.insert(classes, room)
        teacher = await self._person("teacher")
        await self._work.insert(
            posts, Post(0, teacher, Role.CLASS_TEACHER, room.school_id, class_id)
        )
        self.cast.teachers[class_id] = teacher
        await self._pair(PairingScope.CLASS, class_id, PairingLevel.TEACHER, teacher)
        await self._pair(PairingScope.CLASS, class_id, PairingLevel.LEADER, leader)
        for _ in range(size):
            boards = room.grade == BOARDERS_IN and self._chance.random() < BOARDS
            await self._child(Student(0, room.school_id, class_id, "", boards=boards))

    async def _child(self, student: Student) -> None:
        sex = self._chance.choice((Sex.MALE, Sex.FEMALE))
        id = await self._work.insert(students, replace(student, name=self._people.name(sex)))
        is_sibling = bool(self._families) and self._chance.random() < SIBLING
        family = self._families[-1] if is_sibling else await self._family()
        self._families.append(family)
        for position, person in enumerate(family, 1):
            await self._tie(id, person, position)
        if self._chance.random() < MONITORED:
            line = Category(0, id, CategoryKind.MONITORED, date(2025, 3, 1))
            await self._work.insert(categories, line)
        self.cast.rooms.setdefault(student.class_id, []).append(id)
        self.cast.children[id] = Child(id, student.school_id, student.class_id, family)

    async def _family(self) -> tuple[int, ...]:
        is_bound = self._chance.random() >= UNBOUND
        number = 2 if self._chance.random() < WITH_FATHER else 1
        return tuple([await self._person("guardian", is_bound) for _ in range(number)])

    async def _tie(self, child: int, person: int, position: int) -> None:
        is_bound = person in self.cast.chats
        link = Guardianship(
            0,
            child,
            person,
            position,
            Relation.MOTHER if position == 1 else Relation.FATHER,
            is_carer=position == 1,
            state=GuardianState.BOUND if is_bound else GuardianState.UNBOUND,
            confirmed_at=self._work.now if is_bound else None,
        )
        await self._work.insert(guardianships, link)
        self.cast.families.setdefault(person, []).append(child)

    async def _officer(self, part: str, unit_id: int, *roles: Role) -> int:
        person = await self._person(part)
        for role in roles:
            await self._work.insert(posts, Post(0, person, role, unit_id))
        return person

    async def _person(self, part: str, is_bound: bool = True) -> int:
        name = self._people.name(self._chance.choice((Sex.MALE, Sex.FEMALE)))
        is_guardian = part == "guardian"
        phone = self._people.guardian_phone() if is_guardian else self._people.staff_phone()
        chat_id = next(self._chats)
        bound = (chat_id, self._work.now) if is_bound else (None, None)
        person = Person(0, name, phone, chat_id=bound[0], bound_at=bound[1])
        id = await self._work.insert(people, person)
        self.cast.roles[id] = part
        if is_bound:
            self.cast.chats[id] = chat_id
        return id

    async def _pair(
        self, scope: PairingScope, scope_id: int, level: PairingLevel, person: int
    ) -> None:
        await self._work.insert(pairings, Pairing(0, scope, scope_id, level, person))

    async def _unit(self, unit: Unit) -> int:
        return await self._work.insert(units, unit)
