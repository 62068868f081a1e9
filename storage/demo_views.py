"""What a trainer may look at beside the phones: read only, and only ever of a rehearsal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from rules.model.case import Case, Task, TaskState
from storage.outbox import Outgoing
from storage.tables.cases import cases, tasks
from storage.tables.people import guardianships, people, posts
from storage.tables.plumbing import outbox
from storage.tables.school import classes, students, units
from storage.work import Reading

MOST_ROWS = 60


async def staff_and_posts(read: Reading) -> list[Sequence[Any]]:
    """Person, name, whether linked, role, unit, grade and class of everybody who has a post."""
    query = (
        select(
            people.c.id,
            people.c.name,
            people.c.chat_id.is_not(None),
            posts.c.role,
            units.c.name,
            classes.c.grade,
            classes.c.number,
        )
        .join(posts, posts.c.person_id == people.c.id)
        .join(units, units.c.id == posts.c.unit_id)
        .outerjoin(classes, classes.c.id == posts.c.class_id)
        .where(people.c.left_on.is_(None), posts.c.to_on.is_(None))
        .order_by(people.c.id, posts.c.id)
    )
    return list((await read.execute(query)).rows)


async def families(read: Reading) -> list[Sequence[Any]]:
    """Guardian, name, whether linked, relation, child, its name, school, grade and class."""
    query = (
        select(
            people.c.id,
            people.c.name,
            people.c.chat_id.is_not(None),
            guardianships.c.relation,
            students.c.id,
            students.c.name,
            units.c.name,
            classes.c.grade,
            classes.c.number,
        )
        .join(guardianships, guardianships.c.person_id == people.c.id)
        .join(students, students.c.id == guardianships.c.student_id)
        .join(units, units.c.id == students.c.school_id)
        .join(classes, classes.c.id == students.c.class_id)
        .where(people.c.left_on.is_(None))
        .order_by(classes.c.id, students.c.id, guardianships.c.position)
    )
    return list((await read.execute(query)).rows)


async def names_of(read: Reading, person_ids: Sequence[int]) -> dict[int, tuple[str, bool]]:
    """Name, and whether there is a chat."""
    query = select(people.c.id, people.c.name, people.c.chat_id).where(people.c.id.in_(person_ids))
    found = (await read.execute(query)).rows
    return {row[0]: (row[1], row[2] is not None) for row in found}


async def family_of(read: Reading, student_id: int) -> list[Sequence[Any]]:
    """Name, relation, state of the link, and whether the bot is blocked, of a child's family."""
    query = (
        select(
            people.c.name,
            guardianships.c.relation,
            guardianships.c.state,
            people.c.blocked_at.is_not(None),
        )
        .join(people, people.c.id == guardianships.c.person_id)
        .where(guardianships.c.student_id == student_id)
        .order_by(guardianships.c.position)
    )
    return list((await read.execute(query)).rows)


async def children_of_cases(read: Reading) -> list[Sequence[Any]]:
    """Id, name, grade and class of the children with a case, the newest case first."""
    query = (
        select(students.c.id, students.c.name, classes.c.grade, classes.c.number)
        .join(classes, classes.c.id == students.c.class_id)
        .join(cases, cases.c.student_id == students.c.id)
        .order_by(cases.c.id.desc())
    )
    return list((await read.execute(query.limit(MOST_ROWS))).rows)


async def cases_of(read: Reading, student_id: int) -> list[Case]:
    """All cases of a child, the newest first."""
    query = select(cases).where(cases.c.student_id == student_id)
    return await read.all(query.order_by(cases.c.id.desc()), Case)


async def tasks_of(read: Reading, case_id: int) -> list[Task]:
    """What had and has to be done in a case."""
    return await read.all(
        select(tasks).where(tasks.c.case_id == case_id).order_by(tasks.c.due_at), Task
    )


async def coming_due(read: Reading, until: datetime) -> list[Task]:
    """The open tasks due up to then, the first first."""
    query = select(tasks).where(tasks.c.state == TaskState.OPEN.value, tasks.c.due_at <= until)
    return await read.all(query.order_by(tasks.c.due_at, tasks.c.id).limit(MOST_ROWS), Task)


async def next_to_move(read: Reading, until: datetime, most: int) -> list[Task]:
    """The open tasks about which time does something up to then, the first first."""
    query = select(tasks).where(tasks.c.state == TaskState.OPEN.value, tasks.c.next_at <= until)
    return await read.all(query.order_by(tasks.c.next_at, tasks.c.id).limit(most), Task)


async def newest_messages(read: Reading, person_id: int | None = None) -> list[Outgoing]:
    """The newest rows of the outbox, of one person or all; answers to taps are no news."""
    query = select(outbox).where(outbox.c.lane != "answer").order_by(outbox.c.id.desc())
    if person_id is not None:
        query = query.where(outbox.c.person_id == person_id)
    return await read.all(query.limit(MOST_ROWS), Outgoing)


async def children_named(read: Reading, student_ids: Sequence[int]) -> dict[int, str]:
    """Names of children by id."""
    query = select(students.c.id, students.c.name).where(students.c.id.in_(student_ids))
    return {row[0]: row[1] for row in (await read.execute(query)).rows}
