"""Who took what along, and who asked for what was not theirs (scenario 49, privacy D5)."""

from __future__ import annotations

from sqlalchemy import select

from rules.model.people import Post, Role
from rules.model.school import SchoolClass, Student
from storage.tables.people import posts
from storage.tables.plumbing import access_log
from storage.tables.school import classes, students
from tests.support.county import add_person
from tests.support.upper import newest, press, says
from tests.support.world import World


async def looks(world: World) -> list[tuple[int | None, str, str | None]]:
    query = select(access_log.c.person_id, access_log.c.what, access_log.c.why)
    async with world.stage.database.read() as read:
        rows = (await read.execute(query.order_by(access_log.c.id))).rows
    return [(row[0], row[1], row[2]) for row in rows]


async def another_class(world: World) -> tuple[int, int]:
    """A child of a class next door, with a teacher of its own; class and child."""
    async with world.stage.database.work(world.now) as work:
        room = await work.insert(classes, SchoolClass(0, world.county.school_id, 4, 1))
        person = await add_person(work, world.county, "邻班", "吴老师")
        post = Post(0, person, Role.CLASS_TEACHER, world.county.school_id, room)
        await work.insert(posts, post)
        child = await work.insert(students, Student(0, world.county.school_id, room, "隔壁的"))
    return room, child


async def test_an_export_is_logged_and_a_look_at_another_class_refused_and_logged(
    world: World,
) -> None:
    room, child = await another_class(world)
    people = world.county.people
    await says(world, "section", "台账")
    await world.tap("section", "疑似辍学")
    assert (people["section"], "ledger", "suspected:2026-09-07") in await looks(world)

    for asked in (f"child:{child}:open", f"reach:{room}", f"myclass:{room}"):
        await press(world, "teacher", asked)
        assert "隔壁的" not in newest(world, "teacher")
    await says(world, "teacher", "/ledger 疑似辍学")
    refused = [one for one in await looks(world) if one[1] == "refused"]
    assert [one[0] for one in refused] == [people["teacher"]] * len(refused)
    assert [one[2] for one in refused][-3:] == [f"reach:{room}", f"myclass:{room}", "/ledger"]


async def test_strangers_and_what_they_write_are_not_logged(world: World) -> None:
    stranger = world.stage.api.person("路人", chat_id=42)
    stranger.start()
    await world.settle()
    stranger.say("/ledger 疑似辍学")
    await world.settle()
    assert [one for one in await looks(world) if one[1] == "refused"] == []
