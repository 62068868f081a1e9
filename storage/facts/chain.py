"""The pairing chain of a child, a class or a person, resolved when it is used (rules.md 6).

However many children are asked about, it takes the same few queries: places, lines of the pairing
table, posts, deputies, people.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, null, or_, select

from rules.chain import Chain, Rung
from rules.model.case import Task
from rules.model.people import Deputy, Level, Pairing, PairingScope, Person, Post, Role
from rules.model.school import SchoolKind, UnitKind
from storage.facts.rungs import Found, Place, build_chain
from storage.tables.people import deputies, pairings, people, posts
from storage.tables.school import classes, students, units
from storage.work import Reading

IN_SCHOOL = (Role.HEAD, Role.LEADER)
IN_BUREAU = (Role.ADMIN, Role.EDUCATION_SECTION, Role.BUREAU_LEADER)
_UNIT = (units.c.id, units.c.township_id, units.c.parent_id, units.c.school_kind)


async def chain_of_student(read: Reading, student_id: int, on: date) -> Chain:
    """Who answers for this child on this day, level by level; empty for an unknown child."""
    return (await chains_of_students(read, (student_id,), on)).get(student_id, Chain(()))


async def chains_of_students(
    read: Reading, student_ids: Collection[int], on: date
) -> dict[int, Chain]:
    """The same for many children at once, in a fixed number of queries."""
    query = (
        select(students.c.id, students.c.class_id, *_UNIT)
        .join(units, units.c.id == students.c.school_id)
        .where(students.c.id.in_(student_ids))
    )
    places = await _places(read, query)
    found = await _found(read, places, on)
    return {place.student_id: build_chain(place, found) for place in places if place.student_id}


async def chain_of_class(read: Reading, class_id: int, on: date) -> Chain:
    """Who answers for this class on this day; its owner is the paired or the class teacher."""
    query = (
        select(null(), classes.c.id, *_UNIT)
        .join(units, units.c.id == classes.c.school_id)
        .where(classes.c.id == class_id)
    )
    return await _only(read, await _places(read, query), on)


async def chain_of_person(read: Reading, person_id: int, on: date) -> Chain:
    """Who stands above this person: by the class, else the school, else the bureau."""
    query = select(posts).where(posts.c.person_id == person_id, _holds(posts, on))
    held = await read.all(query.order_by(posts.c.id), Post)
    taught = [post.class_id for post in held if post.class_id is not None]
    if taught:
        chain = await chain_of_class(read, taught[0], on)
    else:
        chain = await _only(read, await _places_of_staff(read, held, person_id, on), on)
    return chain.owned_by(await rung_of(read, person_id, on))


async def chain_of_task(read: Reading, task: Task, on: date) -> Chain:
    """The chain that a task climbs today, from its owner on."""
    if task.student_id is not None:
        chain = await chain_of_student(read, task.student_id, on)
    elif task.class_id is not None:
        chain = await chain_of_class(read, task.class_id, on)
    else:
        chain = await chain_of_person(read, task.owner_id, on)
    owner = await rung_of(read, task.owner_id, on)
    return chain.owned_by(replace(owner, unit_id=task.school_id))


async def rung_of(read: Reading, person_id: int, on: date) -> Rung:
    """One person as the owner of something: reachable or not, with a deputy or without."""
    known = await _persons(read, {person_id}, on)
    return known.get(person_id, Rung(Level.OWNER, person_id))


async def _places(read: Reading, query: Select[Any]) -> list[Place]:
    """Rows of child, class, school, township, central school and kind, as places."""
    outcome = await read.execute(query)
    return [
        Place(student, class_id, school, township, parent, kind == SchoolKind.VILLAGE_PRIMARY)
        for student, class_id, school, township, parent, kind in outcome.rows
    ]


async def _places_of_staff(
    read: Reading, held: Sequence[Post], person_id: int, on: date
) -> list[Place]:
    """The school of somebody who holds a post there; else a township paired to this person."""
    unit_ids = [post.unit_id for post in held]
    query = select(null(), null(), *_UNIT).where(
        units.c.id.in_(unit_ids), units.c.kind == UnitKind.SCHOOL.value
    )
    schools = await _places(read, query.order_by(units.c.id))
    if schools or not held:
        return schools[:1]
    paired = select(pairings.c.scope_id).where(
        pairings.c.person_id == person_id,
        pairings.c.scope == PairingScope.TOWNSHIP.value,
        _holds(pairings, on),
    )
    return [Place(township_id=await read.scalar(paired.order_by(pairings.c.id)))]


async def _only(read: Reading, places: Sequence[Place], on: date) -> Chain:
    if not places:
        return Chain(())
    return build_chain(places[0], await _found(read, places[:1], on))


async def _found(read: Reading, places: Sequence[Place], on: date) -> Found:
    lines = await _lines(read, places, on)
    held = await _posts(read, places, on)
    ids = {one.person_id for one in lines} | {one.person_id for one in held}
    return Found(tuple(lines), tuple(held), await _persons(read, ids, on))


async def _lines(read: Reading, places: Sequence[Place], on: date) -> list[Pairing]:
    scopes: dict[PairingScope, set[int]] = {}
    for place in places:
        for scope, scope_id in place.scopes.items():
            scopes.setdefault(scope, set()).add(scope_id)
    covers = [
        and_(pairings.c.scope == scope.value, pairings.c.scope_id.in_(ids))
        for scope, ids in scopes.items()
    ]
    if not covers:
        return []
    query = (
        select(pairings)
        .join(people, people.c.id == pairings.c.person_id)
        .where(or_(*covers), people.c.left_on.is_(None), _holds(pairings, on))
    )
    return await read.all(query.order_by(pairings.c.id), Pairing)


async def _posts(read: Reading, places: Sequence[Place], on: date) -> list[Post]:
    """Class teachers of the classes, leaders of the schools, and the offices of the bureau."""
    taught = {place.class_id for place in places if place.class_id}
    led = {unit for place in places for unit in (place.school_id, place.parent_id) if unit}
    teaches = and_(posts.c.class_id.in_(taught), posts.c.role == Role.CLASS_TEACHER.value)
    leads = and_(posts.c.unit_id.in_(led), posts.c.role.in_(_values(IN_SCHOOL)))
    query = (
        select(posts)
        .join(people, people.c.id == posts.c.person_id)
        .where(
            or_(teaches, leads, posts.c.role.in_(_values(IN_BUREAU))),
            people.c.left_on.is_(None),
            _holds(posts, on),
        )
    )
    return await read.all(query.order_by(posts.c.id), Post)


async def _persons(read: Reading, ids: Collection[int], on: date) -> dict[int, Rung]:
    """Each person as a rung: whether a message arrives, and which deputy acts on this day."""
    standing_in = select(deputies).where(
        deputies.c.person_id.in_(ids),
        deputies.c.from_on <= on,
        deputies.c.to_on >= on,
        deputies.c.ended_at.is_(None),
    )
    acting = await read.all(standing_in.order_by(deputies.c.id), Deputy)
    wanted = {*ids, *(one.deputy_id for one in acting)}
    known = await read.all(select(people).where(people.c.id.in_(wanted)), Person)
    reachable = {person.id for person in known if person.is_reachable}
    by_person = {one.person_id: one.deputy_id for one in acting if one.deputy_id in reachable}
    return {one: Rung(Level.OWNER, one, one in reachable, by_person.get(one)) for one in set(ids)}


def _holds(table: Table, on: date) -> ColumnElement[bool]:
    """Whether a post or line of the pairing table holds on a day."""
    return and_(
        or_(table.c.from_on.is_(None), table.c.from_on <= on),
        or_(table.c.to_on.is_(None), table.c.to_on >= on),
    )


def _values(roles: Iterable[Role]) -> list[str]:
    return [role.value for role in roles]
