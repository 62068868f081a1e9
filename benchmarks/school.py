"""A county on the morning of roll call: classes, their teachers on chats, cards that are out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from benchmarks.common import FIRST_CHAT, term_row
from rules.model.attendance import RollCall, Session
from rules.model.people import Guardianship, GuardianState, Person, Post, Role
from rules.model.school import SchoolClass, Student, Unit, UnitKind
from storage.database import Database
from storage.tables.attendance import roll_calls
from storage.tables.people import guardianships, people, posts
from storage.tables.school import classes, students, terms, units

CLASSES_PER_SCHOOL = 24
TEACHER_CHAT = FIRST_CHAT * 2


@dataclass(frozen=True)
class Morning:
    """What was built; ids run from 1, class n belongs to teacher n."""

    rooms: int
    per_class: int

    def students_of(self, room: int) -> range:
        """The ids of one class."""
        first = (room - 1) * self.per_class + 1
        return range(first, first + self.per_class)

    def teacher_chat(self, room: int) -> int:
        """Where this class's teacher reads."""
        return TEACHER_CHAT + room


async def build_morning(
    database: Database, rooms: int, per_class: int, now: datetime, today: date
) -> Morning:
    """Classes of so many children, each with a guardian and a teacher on a chat, and today's
    roll call waiting for its answer."""
    morning = Morning(rooms, per_class)
    schools = -(-rooms // CLASSES_PER_SCHOOL)
    children = rooms * per_class
    async with database.work(now) as work:
        await work.insert_many(terms, [term_row(now)])
        named = [Unit(0, UnitKind.SCHOOL, f"第{n}小学") for n in range(1, schools + 1)]
        await work.insert_many(units, named)
        places = [
            SchoolClass(0, _school(n), 1 + n % 6, 1 + n % CLASSES_PER_SCHOOL) for n in range(rooms)
        ]
        await work.insert_many(classes, places)
    for first in range(1, rooms + 1, 400):
        some = range(first, min(first + 400, rooms + 1))
        async with database.work(now) as work:
            await work.insert_many(
                students,
                [
                    Student(0, _school(room - 1), room, f"甲{n}")
                    for room in some
                    for n in morning.students_of(room)
                ],
            )
    async with database.work(now) as work:
        families = [Person(0, f"父{n}", chat_id=FIRST_CHAT + n) for n in range(1, children + 1)]
        teachers = [
            Person(0, f"师{n}", chat_id=morning.teacher_chat(n)) for n in range(1, rooms + 1)
        ]
        await work.insert_many(people, [*families, *teachers])
    async with database.work(now) as work:
        await work.insert_many(
            guardianships,
            [Guardianship(0, n, n, state=GuardianState.BOUND) for n in range(1, children + 1)],
        )
        await work.insert_many(
            posts,
            [
                Post(0, children + n, Role.CLASS_TEACHER, _school(n - 1), class_id=n)
                for n in range(1, rooms + 1)
            ],
        )
        due = now + timedelta(minutes=20)
        await work.insert_many(
            roll_calls,
            [
                RollCall(0, n, _school(n - 1), today, Session.MORNING, now, due)
                for n in range(1, rooms + 1)
            ],
        )
    await database.take_stock()
    return morning


def _school(index: int) -> int:
    return 1 + index // CLASSES_PER_SCHOOL
