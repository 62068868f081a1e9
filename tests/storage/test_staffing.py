"""A successor takes over from a day; history keeps who was responsible when."""

from __future__ import annotations

from datetime import timedelta

from rules.model.case import Task
from rules.model.people import Pairing, Person, Post, Role
from storage import staffing
from storage.database import Database
from storage.facts.duties import duties_of_class
from storage.tables.cases import tasks
from storage.tables.people import pairings, people, posts
from tests.support.county import add_person, found_county
from tests.support.databases import NOW
from tests.support.world import MONDAY

SUNDAY = MONDAY - timedelta(days=1)


async def test_posts_pairings_and_tasks_move_and_the_past_stays(database: Database) -> None:
    async with database.work(NOW) as work:
        county = await found_county(work)
        old, new = county.people["teacher"], await add_person(work, county, "new", "马丽")
        task = Task(0, "call", "child:1", old, NOW, due_at=NOW, class_id=county.class_id)
        await work.insert(tasks, task)
        persons = {
            one.id: one for one in await work.all(people.select(), Person) if one.id in (old, new)
        }
        taken = await staffing.succeed(work, persons[old], persons[new], MONDAY)

    async with database.read() as read:
        held = await read.all(posts.select().order_by(posts.c.id), Post)
        lines = await read.all(pairings.select().order_by(pairings.c.id), Pairing)
        (moved,) = await read.all(tasks.select(), Task)
        before = await duties_of_class(read, county.class_id, SUNDAY)
        after = await duties_of_class(read, county.class_id, MONDAY)
    dates = [(one.person_id, one.from_on, one.to_on) for one in held]
    assert (old, None, SUNDAY) in dates
    assert (new, MONDAY, None) in dates
    assert taken["posts"] == 1
    assert taken["pairings"] == sum(one.person_id == new for one in lines)
    assert (moved.owner_id, moved.due_at) == (new, NOW)
    assert after.class_teacher_id == after.paired_teacher_id == new
    assert before.class_teacher_id is None  # has left: nobody is told in their place


async def test_a_post_that_the_successor_holds_is_not_doubled(database: Database) -> None:
    async with database.work(NOW) as work:
        county = await found_county(work)
        new = await add_person(work, county, "new", "马丽")
        await work.insert(posts, Post(0, new, Role.LEADER, county.school_id))
        persons = {one.id: one for one in await work.all(people.select(), Person)}
        await staffing.succeed(work, persons[county.people["leader"]], persons[new], MONDAY)
        found = await work.all(posts.select().where(posts.c.person_id == new), Post)

    assert [(one.role, one.to_on) for one in found] == [(Role.LEADER, None)]
