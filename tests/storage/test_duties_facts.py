"""The duties of a child say the same as its chain (rules.md 6, The chain)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import update

from rules.model.people import Deputy, PairingLevel, Post, Role
from rules.model.school import Student
from storage.database import Database
from storage.facts.chain import chain_of_student
from storage.facts.duties import duties_of, duties_of_class
from storage.tables.people import deputies, pairings, people, posts
from storage.tables.school import students
from storage.work import Work
from tests.support.county import County, add_person, found_county
from tests.support.databases import NOW
from tests.support.world import MONDAY

SCHOOL_LEVELS = (PairingLevel.TEACHER.value, PairingLevel.LEADER.value)


async def the_child(work: Work, county: County) -> Student:
    query = students.select().where(students.c.id == county.children["李一"])
    found = await work.one(query, Student)
    assert found is not None
    return found


async def test_every_duty_has_its_person(database: Database) -> None:
    async with database.work(NOW) as work:
        county = await found_county(work)
        duties = await duties_of(work, await the_child(work, county), MONDAY)
        chain = await chain_of_student(work, county.children["李一"], MONDAY)

    assert duties.class_teacher_id == duties.paired_teacher_id == county.people["teacher"]
    assert duties.register_clerk_id == county.people["clerk"]
    assert duties.above == tuple(rung.person_id for rung in chain.rungs[1:])
    assert not duties.deputies
    assert not duties.unreachable


async def test_without_a_clerk_the_head_keeps_the_register(database: Database) -> None:
    async with database.work(NOW) as work:
        county = await found_county(work)
        await work.execute(posts.delete().where(posts.c.role == Role.REGISTER_CLERK.value))
        duties = await duties_of_class(work, county.class_id, MONDAY)

    assert duties.register_clerk_id == county.people["head"]


@pytest.mark.parametrize("does_arrive", [True, False])
async def test_only_a_deputy_who_can_be_reached_stands_in(
    database: Database, *, does_arrive: bool
) -> None:
    async with database.work(NOW) as work:
        county = await found_county(work)
        other = await add_person(work, county, "other", "冯雪", is_bound=does_arrive)
        leader = county.people["leader"]
        await work.insert(deputies, Deputy(0, leader, other, MONDAY, MONDAY, leader))
        await work.execute(update(people).where(people.c.id == leader).values(chat_id=None))
        duties = await duties_of(work, await the_child(work, county), MONDAY)

    assert duties.deputies == ({leader: other} if does_arrive else {})
    assert duties.unreachable == {leader}


async def test_a_class_without_a_teacher_has_none(database: Database) -> None:
    async with database.work(NOW) as work:
        county = await found_county(work)
        await work.execute(pairings.delete().where(pairings.c.level.in_(SCHOOL_LEVELS)))
        held = await work.one(
            posts.select().where(posts.c.person_id == county.people["teacher"]), Post
        )
        assert held is not None
        await work.save(posts, replace(held, from_on=MONDAY.replace(day=8)))
        duties = await duties_of(work, await the_child(work, county), MONDAY)

    assert duties.class_teacher_id is None
    assert duties.leader_id is None
    assert duties.first == county.people["head"]
