"""Who answers for a child or a class on a day, resolved when used."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import and_, or_, select

from rules.child.facts import Duties
from rules.model.people import Pairing, PairingLevel, PairingScope, Post, Role
from rules.model.school import SchoolClass, Student, Unit
from storage.tables.people import deputies, pairings, people, posts
from storage.tables.school import classes, units
from storage.work import Reading

#: The narrowest line of the pairing table wins.
NARROWEST_FIRST = tuple(PairingScope)


async def duties_of(read: Reading, student: Student, on: date) -> Duties:
    """Who answers for this child on this day."""
    return await _duties(read, student.school_id, student.class_id, student.id, on)


async def duties_of_class(read: Reading, class_id: int, on: date) -> Duties:
    """Who answers for a class as a whole; all None where there is no such class."""
    found = await read.one(select(classes).where(classes.c.id == class_id), SchoolClass)
    return await _duties(read, found.school_id, class_id, None, on) if found else Duties()


async def duties_of_school(read: Reading, school_id: int, on: date) -> Duties:
    """Who answers for a school as a whole."""
    return await _duties(read, school_id, None, None, on)


async def _duties(
    read: Reading, school_id: int, class_id: int | None, student_id: int | None, on: date
) -> Duties:
    school = await read.one(select(units).where(units.c.id == school_id), Unit)
    if school is None:
        return Duties()
    scopes = {
        PairingScope.STUDENT: student_id,
        PairingScope.CLASS: class_id,
        PairingScope.SCHOOL: school_id,
        PairingScope.TOWNSHIP: school.township_id,
    }
    paired = _narrowest(await _pairings(read, scopes, on))
    held = await _posts(read, school, class_id, on)
    teacher = _holder(held, Role.CLASS_TEACHER, school_id, class_id)
    duties = Duties(
        class_teacher_id=teacher,
        paired_teacher_id=paired.get(PairingLevel.TEACHER) or teacher,
        leader_id=paired.get(PairingLevel.LEADER),
        head_id=_head(held, school),
        section_id=paired.get(PairingLevel.SECTION),
        bureau_leader_id=paired.get(PairingLevel.BUREAU_LEADER),
        register_clerk_id=_holder(held, Role.REGISTER_CLERK, school_id)
        or _holder(held, Role.REGISTER_CLERK, school.parent_id)
        or _head(held, school),
    )
    return await _with_stand_ins(read, duties, on)


async def _with_stand_ins(read: Reading, duties: Duties, on: date) -> Duties:
    """Who among them has a deputy today, and who cannot be reached, in one query."""
    named = {duties.class_teacher_id, duties.paired_teacher_id, *duties.above} - {None}
    acting = and_(
        deputies.c.person_id == people.c.id,
        deputies.c.from_on <= on,
        deputies.c.to_on >= on,
        deputies.c.ended_at.is_(None),
    )
    query = (
        select(people.c.id, people.c.chat_id, people.c.blocked_at, deputies.c.deputy_id)
        .select_from(people.outerjoin(deputies, acting))
        .where(people.c.id.in_(named))
        .order_by(deputies.c.id)
    )
    rows = (await read.execute(query)).rows
    return replace(
        duties,
        deputies={row.id: row.deputy_id for row in rows if row.deputy_id is not None},
        unreachable=frozenset(
            row.id for row in rows if row.chat_id is None or row.blocked_at is not None
        ),
    )


def _head(held: Sequence[Post], school: Unit) -> int | None:
    """A village school's own responsible person, then the central school's head (rules.md 6)."""
    own = _holder(held, Role.HEAD, school.id)
    return own or (_holder(held, Role.HEAD, school.parent_id) if school.parent_id else None)


def _holder(
    held: Iterable[Post], role: Role, unit_id: int | None, class_id: int | None = None
) -> int | None:
    fits = (
        post.person_id
        for post in held
        if post.role is role
        and post.unit_id == unit_id
        and (class_id is None or post.class_id == class_id)
    )
    return next(fits, None) if role is not Role.CLASS_TEACHER or class_id else None


async def _posts(read: Reading, school: Unit, class_id: int | None, on: date) -> list[Post]:
    roles = (Role.HEAD.value, Role.REGISTER_CLERK.value)
    where_held = [
        and_(posts.c.unit_id.in_([school.id, school.parent_id]), posts.c.role.in_(roles))
    ]
    if class_id is not None:
        where_held.append(
            and_(posts.c.class_id == class_id, posts.c.role == Role.CLASS_TEACHER.value)
        )
    query = (
        select(posts)
        .join(people, people.c.id == posts.c.person_id)
        .where(
            or_(*where_held),
            people.c.left_on.is_(None),
            or_(posts.c.from_on.is_(None), posts.c.from_on <= on),
            or_(posts.c.to_on.is_(None), posts.c.to_on >= on),
        )
        .order_by(posts.c.id)
    )
    return await read.all(query, Post)


async def _pairings(
    read: Reading, scopes: dict[PairingScope, int | None], on: date
) -> list[Pairing]:
    places = [
        and_(pairings.c.scope == scope.value, pairings.c.scope_id == scope_id)
        for scope, scope_id in scopes.items()
        if scope_id is not None
    ]
    query = (
        select(pairings)
        .join(people, people.c.id == pairings.c.person_id)
        .where(
            or_(*places),
            people.c.left_on.is_(None),
            or_(pairings.c.from_on.is_(None), pairings.c.from_on <= on),
            or_(pairings.c.to_on.is_(None), pairings.c.to_on >= on),
        )
        .order_by(pairings.c.id)
    )
    return await read.all(query, Pairing)


def _narrowest(found: Iterable[Pairing]) -> dict[PairingLevel, int]:
    """One person for each level: the narrowest scope, of equal ones the oldest line."""
    best: dict[PairingLevel, Pairing] = {}
    for one in found:
        known = best.get(one.level)
        if known is None or NARROWEST_FIRST.index(one.scope) < NARROWEST_FIRST.index(known.scope):
            best[one.level] = one
    return {level: one.person_id for level, one in best.items()}
