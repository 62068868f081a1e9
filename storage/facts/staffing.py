"""What a change of responsibility is decided on: who holds it, what is open, who could."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from rules.child.facts import Duties
from rules.model.case import Task, TaskState
from rules.model.people import Pairing, PairingLevel, Person, Post, Role
from rules.model.school import EnrolmentStatus, SchoolClass, Student
from rules.staffing import LEVELS, Place, What
from storage.facts.duties import duties_of, duties_of_class
from storage.held import holds_on
from storage.tables.cases import tasks
from storage.tables.people import pairings, people, posts
from storage.tables.school import classes, students
from storage.work import Reading

_GONE = (EnrolmentStatus.LEFT.value, EnrolmentStatus.TRANSFERRED.value)
_HIDDEN = ("danger",)


@dataclass(frozen=True)
class Held:
    """Who holds it today, by which lines, and what they have open about these children."""

    holder_id: int | None
    class_teacher_id: int | None
    posts: tuple[Post, ...]
    lines: tuple[Pairing, ...]
    tasks: tuple[Task, ...]
    still_paired: frozenset[int]
    has_other_post: bool


async def held_at(read: Reading, what: What, place: Place, on: date) -> Held:
    """Everything that changing hands needs."""
    duties = await _duties(read, place, on)
    holder = {
        What.CLASS_TEACHER: duties.class_teacher_id,
        What.PAIRED_TEACHER: duties.paired_teacher_id,
        What.PAIRED_LEADER: duties.leader_id,
    }[what]
    lines = [] if what is What.CLASS_TEACHER else await _lines(read, LEVELS[what], place, on)
    return Held(
        holder,
        duties.class_teacher_id,
        tuple(await _posts(read, place, on)),
        tuple(lines),
        tuple(await _open_tasks(read, what, place, holder, on)),
        await _still_paired(read, what, place, holder, on),
        await _has_other_post(read, place, holder, on),
    )


async def _duties(read: Reading, place: Place, on: date) -> Duties:
    if place.student_id is None:
        return await duties_of_class(read, place.class_id, on)
    query = select(students).where(students.c.id == place.student_id)
    child = await read.one(query, Student)
    return await duties_of(read, child, on) if child else Duties()


async def _posts(read: Reading, place: Place, on: date) -> list[Post]:
    query = select(posts).where(
        posts.c.class_id == place.class_id,
        posts.c.role == Role.CLASS_TEACHER.value,
        holds_on(posts, on),
    )
    return await read.all(query.order_by(posts.c.id), Post)


async def _has_other_post(read: Reading, place: Place, person_id: int | None, on: date) -> bool:
    """Whether the holder is somebody in this school besides being its class teacher."""
    query = select(posts.c.id).where(
        posts.c.person_id == person_id,
        posts.c.unit_id == place.school_id,
        posts.c.class_id.is_distinct_from(place.class_id),
        holds_on(posts, on),
    )
    return await read.scalar(query) is not None


async def _lines(read: Reading, level: PairingLevel, place: Place, on: date) -> list[Pairing]:
    scope, scope_id = place.scope
    query = select(pairings).where(
        pairings.c.scope == scope.value,
        pairings.c.scope_id == scope_id,
        pairings.c.level == level.value,
        holds_on(pairings, on),
    )
    return await read.all(query.order_by(pairings.c.id), Pairing)


async def _open_tasks(
    read: Reading, what: What, place: Place, holder_id: int | None, on: date
) -> list[Task]:
    """Of the class (for its teacher, the roll call too) or of its children; a child that is
    paired by a line of its own is not meant by a line of its class."""
    children = await _children(read, what, place, on)
    of_class = (tasks.c.class_id == place.class_id) & tasks.c.student_id.is_(None)
    about = tasks.c.student_id.in_(children)
    query = select(tasks).where(
        tasks.c.owner_id == holder_id,
        tasks.c.state == TaskState.OPEN.value,
        tasks.c.kind.not_in(_HIDDEN),
        about | of_class if what is What.CLASS_TEACHER else about,
    )
    return await read.all(query.order_by(tasks.c.id), Task)


async def _children(read: Reading, what: What, place: Place, on: date) -> set[int]:
    if place.student_id is not None:
        return {place.student_id}
    query = select(students.c.id).where(students.c.class_id == place.class_id)
    found = set(await read.scalars(query))
    if what is What.CLASS_TEACHER:
        return found
    return found - await _with_own_line(read, LEVELS[what], found, on)


async def _with_own_line(
    read: Reading, level: PairingLevel, children: set[int], on: date, person_id: int | None = None
) -> set[int]:
    query = select(pairings.c.scope_id).where(
        pairings.c.scope == "student",
        pairings.c.scope_id.in_(children),
        pairings.c.level == level.value,
        holds_on(pairings, on),
    )
    if person_id is not None:
        query = query.where(pairings.c.person_id == person_id)
    return set(await read.scalars(query))


async def _still_paired(
    read: Reading, what: What, place: Place, holder_id: int | None, on: date
) -> frozenset[int]:
    """The children whom a line of the pairing table, not the post, gives to the class teacher."""
    if what is not What.CLASS_TEACHER or holder_id is None:
        return frozenset()
    level = PairingLevel.TEACHER
    query = select(students.c.id).where(students.c.class_id == place.class_id)
    children = set(await read.scalars(query))
    others = await _with_own_line(read, level, children, on)
    own = await _with_own_line(read, level, children, on, holder_id)
    covered = await _is_paired_to_whole(read, place, holder_id, on)
    return frozenset(own | (children - others if covered else set()))


async def _is_paired_to_whole(read: Reading, place: Place, person_id: int, on: date) -> bool:
    """Whether the line of the class, or else of the school, names this person."""
    for scope, scope_id in (("class", place.class_id), ("school", place.school_id)):
        query = select(pairings.c.person_id).where(
            pairings.c.scope == scope,
            pairings.c.scope_id == scope_id,
            pairings.c.level == PairingLevel.TEACHER.value,
            holds_on(pairings, on),
        )
        found = await read.scalars(query.order_by(pairings.c.id))
        if found:
            return bool(found[0] == person_id)
    return False


async def classes_in(read: Reading, school_ids: set[int]) -> list[SchoolClass]:
    """The classes of some schools, in order."""
    order = (classes.c.school_id, classes.c.grade, classes.c.number)
    query = select(classes).where(classes.c.school_id.in_(school_ids)).order_by(*order)
    return await read.all(query, SchoolClass)


async def children_in(read: Reading, class_id: int) -> list[Student]:
    """The children of a class who have not left, by name."""
    query = select(students).where(
        students.c.class_id == class_id, students.c.status.not_in(_GONE)
    )
    return await read.all(query.order_by(students.c.name, students.c.id), Student)


async def colleagues_in(read: Reading, school_id: int, on: date) -> list[Person]:
    """Everybody with a post in a school today, linked to a chat or not, by name."""
    held = select(posts.c.person_id).where(posts.c.unit_id == school_id, holds_on(posts, on))
    query = select(people).where(people.c.id.in_(held), people.c.left_on.is_(None))
    return await read.all(query.order_by(people.c.name, people.c.id), Person)
