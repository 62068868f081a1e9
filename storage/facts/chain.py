"""The pairing chain of a child, a class or a person, resolved when it is used (rules.md 6).

However many children are asked about, it takes the same few queries (storage/facts/found.py).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import null, select

from rules.chain import Chain, Rung
from rules.model.case import Task
from rules.model.people import Level, PairingScope, Post
from rules.model.school import UnitKind
from storage.facts.found import UNIT, found_at, places_in, rungs_of
from storage.facts.rungs import Place, build_chain
from storage.held import holds_on
from storage.tables.people import pairings, posts
from storage.tables.school import classes, students, units
from storage.work import Reading

#: Tasks that a township owns.
OF_TOWNSHIP = ("township_acceptance", "joint_contact")
#: Tasks of another school than the child's; they climb where their owner works.
OF_OTHER_SCHOOL = ("transfer_confirm", "attends_here", "arrival_confirm")


async def chain_of_student(read: Reading, student_id: int, on: date) -> Chain:
    """Who answers for this child on this day, level by level; empty for an unknown child."""
    return (await chains_of_students(read, (student_id,), on)).get(student_id, Chain(()))


async def chains_of_students(
    read: Reading, student_ids: Collection[int], on: date
) -> dict[int, Chain]:
    """The same for many children at once, in a fixed number of queries."""
    query = (
        select(students.c.id, students.c.class_id, *UNIT)
        .join(units, units.c.id == students.c.school_id)
        .where(students.c.id.in_(student_ids))
    )
    places = await places_in(read, query)
    found = await found_at(read, places, on)
    return {place.student_id: build_chain(place, found) for place in places if place.student_id}


async def chain_of_class(read: Reading, class_id: int, on: date) -> Chain:
    """Who answers for this class on this day; its owner is the paired or the class teacher."""
    query = (
        select(null(), classes.c.id, *UNIT)
        .join(units, units.c.id == classes.c.school_id)
        .where(classes.c.id == class_id)
    )
    return await _only(read, await places_in(read, query), on)


async def chain_of_person(read: Reading, person_id: int, on: date) -> Chain:
    """Who stands above this person: by the class, else the school, else the bureau."""
    query = select(posts).where(posts.c.person_id == person_id, holds_on(posts, on))
    held = await read.all(query.order_by(posts.c.id), Post)
    taught = [post.class_id for post in held if post.class_id is not None]
    if taught:
        chain = await chain_of_class(read, taught[0], on)
    else:
        chain = await _only(read, await _places_of_staff(read, held, person_id, on), on)
    return chain.owned_by(await rung_of(read, person_id, on))


async def chain_of_task(read: Reading, task: Task, on: date) -> Chain:
    """The chain that a task climbs today, from its owner on."""
    if task.kind in OF_OTHER_SCHOOL:
        chain = await chain_of_person(read, task.owner_id, on)
    elif task.student_id is not None:
        chain = await chain_of_student(read, task.student_id, on)
    elif task.class_id is not None:
        chain = await chain_of_class(read, task.class_id, on)
    else:
        chain = await chain_of_person(read, task.owner_id, on)
    if task.kind in OF_TOWNSHIP:
        chain = above_school(chain)
    owner = await rung_of(read, task.owner_id, on)
    return chain.owned_by(replace(owner, unit_id=task.school_id))


def above_school(chain: Chain) -> Chain:
    """Nobody of the school stands above a township: its silence goes to the section."""
    return replace(chain, rungs=tuple(one for one in chain.rungs if one.level >= Level.SECTION))


async def rung_of(read: Reading, person_id: int, on: date) -> Rung:
    """One person as the owner of something: reachable or not, with a deputy or without."""
    known = await rungs_of(read, {person_id}, on)
    return known.get(person_id, Rung(Level.OWNER, person_id))


async def _places_of_staff(
    read: Reading, held: Sequence[Post], person_id: int, on: date
) -> list[Place]:
    """The school of somebody who holds a post there; else a township paired to this person."""
    unit_ids = [post.unit_id for post in held]
    query = select(null(), null(), *UNIT).where(
        units.c.id.in_(unit_ids), units.c.kind == UnitKind.SCHOOL.value
    )
    schools = await places_in(read, query.order_by(units.c.id))
    if schools or not held:
        return schools[:1]
    paired = select(pairings.c.scope_id).where(
        pairings.c.person_id == person_id,
        pairings.c.scope == PairingScope.TOWNSHIP.value,
        holds_on(pairings, on),
    )
    return [Place(township_id=await read.scalar(paired.order_by(pairings.c.id)))]


async def _only(read: Reading, places: Sequence[Place], on: date) -> Chain:
    if not places:
        return Chain(())
    return build_chain(places[0], await found_at(read, places[:1], on))
