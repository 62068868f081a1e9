"""Who is away and who may stand in: what `/away` looks at (rules.md 6, Away)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from sqlalchemy import select

from rules.away import BELOW, OFFICE, may_arrange, may_stand_in
from rules.model.people import Deputy, Person, Post
from storage.access import schools_of
from storage.actors import Actor
from storage.facts.overdue import deputies_around, posts_of_people, staff_of
from storage.held import holds_on
from storage.tables.people import people, posts
from storage.work import Reading


async def lines_of(read: Reading, person_id: int, on: date) -> list[Deputy]:
    """The lines of this person that hold now or later."""
    found = await deputies_around(read, [person_id], on)
    return [one for one in found if one.person_id == person_id]


async def is_below(read: Reading, actor: Actor, person_id: int, on: date) -> bool:
    """Whether somebody on this chat is the next level of this person."""
    theirs = await posts_of_people(read, [person_id], on)
    mine = await _own_posts(read, actor, on)
    return may_arrange(mine, theirs, await schools_of(read, actor, on))


async def people_below(read: Reading, actor: Actor, on: date) -> list[Person]:
    """Those for whom somebody on this chat may arrange, by name."""
    mine = await _own_posts(read, actor, on)
    roles = {role.value for post in mine for role in BELOW.get(post.role, ())}
    if not roles:
        return []
    schools = await schools_of(read, actor, on)
    held = await _holders(read, roles, on)
    wanted = [one for one, theirs in held.items() if may_arrange(mine, theirs, schools)]
    query = select(people).where(people.c.id.in_(wanted), people.c.left_on.is_(None))
    found = await read.all(query.order_by(people.c.name, people.c.id), Person)
    return [one for one in found if one.id not in actor.person_ids]


async def stand_ins(read: Reading, actor: Actor, person_id: int, on: date) -> list[Person]:
    """Who may stand in: for oneself the same role; the next level chooses from the whole unit,
    or from all sections of the bureau."""
    theirs = await posts_of_people(read, [person_id], on)
    units = {post.unit_id for post in theirs}
    if any(post.role in OFFICE for post in theirs):
        held = await _holders(read, OFFICE, on)
        units |= {post.unit_id for found in held.values() for post in found}
    staff = await staff_of(read, units, on)
    others = [one for one in staff if one.id != person_id]
    if person_id != actor.primary_id:
        return others
    known = _by_person(await posts_of_people(read, [one.id for one in others], on))
    return [
        one
        for one in others
        if one.id not in actor.person_ids and may_stand_in(theirs, known[one.id])
    ]


async def _own_posts(read: Reading, actor: Actor, on: date) -> list[Post]:
    return await posts_of_people(read, {*actor.person_ids, *actor.acts_for}, on)


async def _holders(read: Reading, roles: Collection[str], on: date) -> dict[int, list[Post]]:
    query = select(posts).where(posts.c.role.in_(roles), holds_on(posts, on))
    return _by_person(await read.all(query.order_by(posts.c.id), Post))


def _by_person(held: Iterable[Post]) -> dict[int, list[Post]]:
    found: dict[int, list[Post]] = defaultdict(list)
    for post in held:
        found[post.person_id].append(post)
    return found
