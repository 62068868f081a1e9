"""What the tables say about the people of some places on a day: pairings, posts, deputies.

The one set of queries behind chains and duties.  However many places are asked about, it takes the
same few queries: lines of the pairing table, posts, people with their deputies.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    Select,
    and_,
    bindparam,
    or_,
    select,
    union_all,
)

from rules.chain import Rung
from rules.model.people import Level, Pairing, PairingScope, Post, Role
from rules.model.school import SchoolKind
from storage.asking import Question
from storage.facts.rungs import Found, Place
from storage.held import acts_on, holds_on
from storage.prepared import Prepared
from storage.tables.people import deputies, pairings, people, posts
from storage.tables.school import units
from storage.work import Reading

IN_SCHOOL = (Role.HEAD, Role.LEADER, Role.REGISTER_CLERK)
IN_BUREAU = (Role.ADMIN, Role.EDUCATION_SECTION, Role.BUREAU_LEADER)
#: What a place is read from, after its child and its class.
UNIT = (units.c.id, units.c.township_id, units.c.parent_id, units.c.school_kind)


def _is_reachable(who: Any) -> ColumnElement[bool]:
    return and_(who.c.chat_id.is_not(None), who.c.blocked_at.is_(None), who.c.left_on.is_(None))


def _values(roles: Iterable[Role]) -> list[str]:
    return [role.value for role in roles]


def _among(name: str) -> BindParameter[Any]:
    return bindparam(name, expanding=True)


_ON = bindparam("on", type_=Date)
_stand_in = people.alias("stand_in")
_RUNGS = Prepared(
    select(people.c.id, _is_reachable(people), _stand_in.c.id, _is_reachable(_stand_in))
    .select_from(
        people.outerjoin(
            deputies, and_(deputies.c.person_id == people.c.id, acts_on(_ON))
        ).outerjoin(_stand_in, _stand_in.c.id == deputies.c.deputy_id)
    )
    .where(people.c.id.in_(_among("ids")))
    .order_by(deputies.c.id)
)
_LINES = Question(
    select(pairings)
    .join(people, people.c.id == pairings.c.person_id)
    .where(
        or_(
            *(
                and_(pairings.c.scope == one.value, pairings.c.scope_id.in_(_among(one.value)))
                for one in PairingScope
            )
        ),
        people.c.left_on.is_(None),
        holds_on(pairings, _ON),
    )
    .order_by(pairings.c.id),
    Pairing,
)
_TEACHES = and_(posts.c.class_id.in_(_among("taught")), posts.c.role == Role.CLASS_TEACHER.value)
_LEADS = and_(posts.c.unit_id.in_(_among("led")), posts.c.role.in_(_values(IN_SCHOOL)))


def _held(which: ColumnElement[bool]) -> Select[Any]:
    held = select(posts).join(people, people.c.id == posts.c.person_id)
    return held.where(which, people.c.left_on.is_(None), holds_on(posts, _ON))


#: In two parts, so that each goes by an index: those of the places, and the few of the bureau.
_here = union_all(
    _held(or_(_TEACHES, _LEADS)), _held(posts.c.role.in_(_values(IN_BUREAU)))
).subquery()
_POSTS = Question(select(_here).order_by(_here.c.id), Post)


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
    known = {one: Rung(Level.OWNER, one) for one in ids}
    rows = (await read.execute(_RUNGS, {"ids": list(ids), "on": on})).rows
    for person, is_reachable, deputy, does_arrive in rows:
        acts = deputy if does_arrive else known[person].deputy_id
        known[person] = Rung(Level.OWNER, person, bool(is_reachable), acts)
    return known


async def _lines(read: Reading, places: Sequence[Place], on: date) -> list[Pairing]:
    scopes: dict[PairingScope, set[int]] = {}
    for place in places:
        for scope, scope_id in place.scopes.items():
            scopes.setdefault(scope, set()).add(scope_id)
    asked = {scope.value: list(scopes.get(scope, ())) for scope in PairingScope}
    return await read.ask(_LINES, on=on, **asked) if scopes else []


async def _posts(read: Reading, places: Sequence[Place], on: date) -> list[Post]:
    """Class teachers of the classes, who leads the schools, and the offices of the bureau."""
    taught = {place.class_id for place in places if place.class_id}
    led = {unit for place in places for unit in (place.school_id, place.parent_id) if unit}
    return await read.ask(_POSTS, taught=list(taught), led=list(led), on=on)
