"""What superiors look at: late tasks by owner, what they may press, whom they may name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select

from rules.model.case import Case, Contact, Task, TaskState
from rules.model.people import Deputy, Level, Person, Post
from rules.model.school import SchoolClass, StatusChange, Student, Unit
from rules.refusals import Refusal
from rules.tasks import Press, may_press
from rules.tasks.superiors import UNDELAYED
from storage.facts.listed import subjects_of
from storage.held import holds_on
from storage.tables.cases import cases, contacts, tasks
from storage.tables.people import deputies, people, posts
from storage.tables.school import classes, status_changes, students, units
from storage.work import Reading

#: Known to its owner alone (rules.md 5, Child in danger).
HIDDEN = ("danger",)
_OPEN = tasks.c.state == TaskState.OPEN.value


@dataclass(frozen=True)
class Known:
    """The children, classes, units and people that some tasks name."""

    children: dict[int, Student]
    classes: dict[int, SchoolClass]
    units: dict[int, Unit]
    names: dict[int, str]
    cases: dict[int, Case]
    #: What a task about no child of a school is about: a village, or a child that is only listed.
    about: dict[str, str]


async def known_of(read: Reading, found: Collection[Task], *more: int | None) -> Known:
    """Everything that these tasks name, in five queries; `more` are further people."""
    student_ids = {one.student_id for one in found if one.student_id}
    children = await read.all(select(students).where(students.c.id.in_(student_ids)), Student)
    class_ids = {child.class_id for child in children}
    class_ids |= {one.class_id for one in found if one.class_id}
    unit_ids = {one.school_id for one in found if one.school_id}
    persons = {one.owner_id for one in found} | {one.done_by for one in found} | set(more)
    case_ids = {one.case_id for one in found if one.case_id}
    return Known(
        {one.id: one for one in children},
        {
            one.id: one
            for one in await read.all(
                select(classes).where(classes.c.id.in_(class_ids)), SchoolClass
            )
        },
        {
            one.id: one
            for one in await read.all(select(units).where(units.c.id.in_(unit_ids)), Unit)
        },
        await names_of(read, persons),
        {
            one.id: one
            for one in await read.all(select(cases).where(cases.c.id.in_(case_ids)), Case)
        },
        await subjects_of(read, [one.subject for one in found]),
    )


async def names_of(read: Reading, person_ids: Iterable[int | None]) -> dict[int, str]:
    """The names of people, by id."""
    ids = {one for one in person_ids if one is not None}
    found = await read.all(select(people).where(people.c.id.in_(ids)), Person)
    return {one.id: one.name for one in found}


async def tasks_by_id(read: Reading, ids: Sequence[int], *, only_open: bool = True) -> list[Task]:
    """These tasks by their due time; those that have ended are left out unless asked for."""
    query = select(tasks).where(tasks.c.id.in_(ids))
    query = query.where(_OPEN) if only_open else query
    return await read.all(query.order_by(tasks.c.due_at, tasks.c.id), Task)


async def late_tasks(
    read: Reading, school_id: int, now: datetime, owner_id: int | None = None
) -> list[Task]:
    """The overdue tasks of a school (of one owner), longest overdue first."""
    query = select(tasks).where(
        _OPEN,
        tasks.c.school_id == school_id,
        tasks.c.due_at <= now,
        tasks.c.kind.not_in(HIDDEN),
    )
    if owner_id is not None:
        query = query.where(tasks.c.owner_id == owner_id)
    return await read.all(query.order_by(tasks.c.due_at, tasks.c.id), Task)


def acts_of(task: Task, press: Press) -> tuple[str, ...]:
    """What this person may press under the task; nothing where they are no superior."""
    try:
        level = may_press(task, press)
    except Refusal:
        return ()
    acts = ["nudge", "take", "hand"]
    if task.kind not in UNDELAYED:
        acts += ["pause"] if level not in task.paused_levels else []
        acts += ["note"] if level not in task.noted_levels else []
    return (*acts, *(["instruct"] if level is Level.BUREAU_LEADER else []))


async def last_change(read: Reading, student_id: int) -> StatusChange | None:
    """The latest step of the child's enrolment history."""
    query = select(status_changes).where(status_changes.c.student_id == student_id)
    return await read.one(query.order_by(status_changes.c.id.desc()).limit(1), StatusChange)


async def last_contacts(read: Reading, student_id: int | None, limit: int = 3) -> list[Contact]:
    """What was tried last, newest first."""
    query = select(contacts).where(contacts.c.student_id == student_id)
    return await read.all(query.order_by(contacts.c.at.desc()).limit(limit), Contact)


async def staff_of(read: Reading, unit_ids: Collection[int], on: date) -> list[Person]:
    """Who holds a post in these units today and can be reached, by name."""
    held = select(posts.c.person_id).where(
        posts.c.unit_id.in_(unit_ids),
        holds_on(posts, on),
    )
    query = select(people).where(people.c.id.in_(held), people.c.left_on.is_(None))
    found = await read.all(query.order_by(people.c.name, people.c.id), Person)
    return [one for one in found if one.is_reachable]


async def posts_of_people(read: Reading, person_ids: Collection[int], on: date) -> list[Post]:
    """The posts that these people hold today."""
    query = select(posts).where(
        posts.c.person_id.in_(person_ids),
        holds_on(posts, on),
    )
    return await read.all(query.order_by(posts.c.id), Post)


async def deputies_around(read: Reading, person_ids: Collection[int], on: date) -> list[Deputy]:
    """Lines of the deputy table about these people that hold today or later."""
    query = select(deputies).where(
        or_(deputies.c.person_id.in_(person_ids), deputies.c.deputy_id.in_(person_ids)),
        deputies.c.to_on >= on,
        deputies.c.ended_at.is_(None),
    )
    return await read.all(query.order_by(deputies.c.from_on, deputies.c.id), Deputy)


async def stands_for(read: Reading, person_id: int, on: date) -> set[int]:
    """The person, and those for whom they are deputy on this day."""
    lines = await deputies_around(read, [person_id], on)
    acting = {one.person_id for one in lines if one.deputy_id == person_id and one.from_on <= on}
    return {person_id, *acting}
