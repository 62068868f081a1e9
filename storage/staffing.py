"""Leavers, lost phones and successors: what `guixiao person` does."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Table, or_, select

from rules.decision import Entry
from rules.model.case import Task, TaskState
from rules.model.people import (
    Guardianship,
    GuardianState,
    Invite,
    Pairing,
    Person,
    Post,
)
from storage.links import keep_state
from storage.lookups import phone_hash
from storage.tables.cases import tasks
from storage.tables.people import guardianships, invites, pairings, people, posts
from storage.tables.school import units
from storage.work import Reading, Work

_LINKED = (GuardianState.BOUND, GuardianState.CLAIMED)


@dataclass(frozen=True)
class Listed:
    """A line of `guixiao person list`."""

    id: int
    name: str
    role: str
    unit: str
    is_bound: bool


async def staff(read: Reading, unit_id: int | None, roles: tuple[str, ...]) -> list[Listed]:
    """Everybody who holds a post now, one line for each post."""
    query = (
        select(people.c.id, people.c.name, posts.c.role, units.c.name, people.c.chat_id)
        .join(posts, posts.c.person_id == people.c.id)
        .join(units, units.c.id == posts.c.unit_id)
        .where(posts.c.to_on.is_(None), people.c.left_on.is_(None))
        .order_by(units.c.id, people.c.id)
    )
    if unit_id is not None:
        query = query.where(posts.c.unit_id == unit_id)
    if roles:
        query = query.where(posts.c.role.in_(roles))
    rows = (await read.execute(query)).rows
    return [Listed(row[0], row[1], row[2], row[3], row[4] is not None) for row in rows]


async def person_of(read: Reading, person_id: int) -> Person | None:
    """The person with this number."""
    return await read.one(select(people).where(people.c.id == person_id), Person)


async def unbind(
    work: Work, person: Person, left_on: date | None = None, by: int | None = None
) -> Person:
    """The chat is not theirs any more; codes that are still out are revoked."""
    free = replace(person, chat_id=None, bound_at=None, blocked_at=None)
    saved = await work.save(people, replace(free, left_on=left_on or person.left_on))
    query = select(guardianships).where(guardianships.c.person_id == person.id)
    for one in await work.all(query, Guardianship):
        if one.state in _LINKED:
            loose = replace(one, state=GuardianState.UNBOUND, confirmed_by=None, confirmed_at=None)
            await keep_state(work, loose)
            await work.save(guardianships, loose)
    await revoke(work, person.id)
    work.journal(Entry("unbound", f"person:{person.id}", by, {"left": bool(left_on)}))
    return saved


async def revoke(work: Work, person_id: int) -> int:
    """Codes of this person that nobody has used are good for nothing; how many."""
    query = select(invites).where(
        invites.c.person_id == person_id,
        invites.c.used_at.is_(None),
        invites.c.revoked_at.is_(None),
    )
    found = await work.all(query, Invite)
    for one in found:
        await work.save(invites, replace(one, revoked_at=work.now))
    if found:
        work.journal(Entry("codes_revoked", f"person:{person_id}", public={"codes": len(found)}))
    return len(found)


async def hire(work: Work, name: str, phone: str | None) -> Person:
    """Somebody new."""
    mark = phone_hash(work.vault, phone) if phone else None
    return await work.save(people, Person(0, name, phone, mark))


async def succeed(work: Work, old: Person, new: Person, from_on: date) -> dict[str, int]:
    """`new` takes over posts and pairings from a day, and open tasks at once; `old` has left.

    The old lines end the day before, so that history keeps who was responsible when.
    """
    taken = {
        "posts": await _take_posts(work, old, new, from_on),
        "pairings": await _take_pairings(work, old, new, from_on),
        "tasks": await _take_tasks(work, old, new),
    }
    await unbind(work, old, left_on=from_on)
    public = {"by": new.id, "from": from_on.isoformat(), **taken}
    work.journal(Entry("replaced", f"person:{old.id}", public=public))
    return taken


async def _take_posts(work: Work, old: Person, new: Person, from_on: date) -> int:
    """A post that the successor holds already is not doubled."""
    query = select(posts).where(posts.c.person_id.in_((old.id, new.id)), _runs(posts, from_on))
    found = await work.all(query.order_by(posts.c.id), Post)
    known = {(one.role, one.unit_id, one.class_id) for one in found if one.person_id == new.id}
    held = [one for one in found if one.person_id == old.id]
    for post in held:
        await work.save(posts, replace(post, to_on=from_on - timedelta(days=1)))
        if (post.role, post.unit_id, post.class_id) not in known:
            await work.insert(posts, replace(post, id=0, person_id=new.id, from_on=from_on))
    return len(held)


async def _take_pairings(work: Work, old: Person, new: Person, from_on: date) -> int:
    query = select(pairings).where(
        pairings.c.person_id.in_((old.id, new.id)), _runs(pairings, from_on)
    )
    found = await work.all(query.order_by(pairings.c.id), Pairing)
    known = {(one.scope, one.scope_id, one.level) for one in found if one.person_id == new.id}
    held = [one for one in found if one.person_id == old.id]
    for line in held:
        await work.save(pairings, replace(line, to_on=from_on - timedelta(days=1)))
        if (line.scope, line.scope_id, line.level) not in known:
            await work.insert(pairings, replace(line, id=0, person_id=new.id, from_on=from_on))
    return len(held)


def _runs(table: Table, on: date) -> ColumnElement[bool]:
    """Not over on this day; what begins later is taken over too."""
    return or_(table.c.to_on.is_(None), table.c.to_on >= on)


async def _take_tasks(work: Work, old: Person, new: Person) -> int:
    query = select(tasks).where(tasks.c.owner_id == old.id, tasks.c.state == TaskState.OPEN.value)
    held = await work.all(query, Task)
    for task in held:
        await work.save(tasks, replace(task, owner_id=new.id))
    return len(held)
