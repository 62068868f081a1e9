"""What the tables say about the people of some places on a day: pairings, posts, deputies.

The one set of queries behind chains and duties.  However many places are asked about, it takes the
same few queries: lines of the pairing table, posts, people with their deputies.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select

from rules.chain import Rung
from rules.model.people import Level, Pairing, PairingScope, Post, Role
from rules.model.school import SchoolKind
from storage.facts.rungs import Found, Place
from storage.held import acts_on, holds_on
from storage.tables.people import deputies, pairings, people, posts
from storage.tables.school import units
from storage.work import Reading

IN_SCHOOL = (Role.HEAD, Role.LEADER, Role.REGISTER_CLERK)
IN_BUREAU = (Role.ADMIN, Role.EDUCATION_SECTION, Role.BUREAU_LEADER)
#: What a place is read from, after its child and its class.
UNIT = (units.c.id, units.c.township_id, units.c.parent_id, units.c.school_kind)


async def places_in(read: Reading, query: Select[Any]) -> list[Place]:
    """Rows of child, class, school, township, central school and kind, as places."""
    outcome = await read.execute(query)
    return [
        Place(student, class_id, school, township, parent, kind == SchoolKind.VILLAGE_PRIMARY)
        for student, class_id, school, township, parent, kind in outcome.rows
    ]


async def found_at(read: Reading, places: Sequence[Place], on: date) -> Found:
    """Everybody who answers for these places on this day."""
    lines = await _lines(read, places, on)
    held = await _posts(read, places, on)
    ids = {one.person_id for one in lines} | {one.person_id for one in held}
    return Found(tuple(lines), tuple(held), await rungs_of(read, ids, on))


async def rungs_of(read: Reading, ids: Collection[int], on: date) -> dict[int, Rung]:
    """Each person as a rung: whether a message arrives, and which deputy acts on this day."""
    acting = and_(deputies.c.person_id == people.c.id, acts_on(on))
    stand_in = people.alias("stand_in")
    arrives = _is_reachable(stand_in)
    query = (
        select(people.c.id, _is_reachable(people), stand_in.c.id, arrives)
        .select_from(
            people.outerjoin(deputies, acting).outerjoin(
                stand_in, stand_in.c.id == deputies.c.deputy_id
            )
        )
        .where(people.c.id.in_(ids))
        .order_by(deputies.c.id)
    )
    known = {one: Rung(Level.OWNER, one) for one in ids}
    for person, is_reachable, deputy, does_arrive in (await read.execute(query)).rows:
        acts = deputy if does_arrive else known[person].deputy_id
        known[person] = Rung(Level.OWNER, person, bool(is_reachable), acts)
    return known


def _is_reachable(who: Any) -> ColumnElement[bool]:
    return and_(who.c.chat_id.is_not(None), who.c.blocked_at.is_(None), who.c.left_on.is_(None))


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
        .where(or_(*covers), people.c.left_on.is_(None), holds_on(pairings, on))
    )
    return await read.all(query.order_by(pairings.c.id), Pairing)


async def _posts(read: Reading, places: Sequence[Place], on: date) -> list[Post]:
    """Class teachers of the classes, who leads the schools, and the offices of the bureau."""
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
            holds_on(posts, on),
        )
    )
    return await read.all(query.order_by(posts.c.id), Post)


def _values(roles: Iterable[Role]) -> list[str]:
    return [role.value for role in roles]
