"""A school is merged into another on a morning on which a child is being looked for."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from bot.importing.report import Report
from bot.importing.run import Import, run_import
from rules.model.attendance import RollCall
from rules.model.case import Case
from rules.model.people import Post, Role
from rules.model.school import SchoolKind, Unit, UnitKind
from storage.journal import verify
from storage.meta import Mode, keep_mode
from storage.tables.attendance import roll_calls
from storage.tables.cases import cases
from storage.tables.people import posts
from storage.tables.school import units
from tests.support.county import add_person
from tests.support.databases import KEYS
from tests.support.importing import write_csv
from tests.support.world import World

TUESDAY = date(2026, 9, 8)
NORTH, SOUTH = "2199000001", "2199000002"
BIGGER = "青石第二小学"
TABLE = [
    {"学校标识码": SOUTH, "学校名称": BIGGER, "类别": "局属小学", "乡镇": "青石乡"},
    {"学校标识码": NORTH, "学校名称": BIGGER, "类别": "局属小学", "乡镇": "青石乡"},
]


async def another_school(world: World) -> int:
    """The school that the children will go to, with a head of its own."""
    async with world.stage.database.work(world.stage.clock.now()) as work:
        await keep_mode(work, Mode.REAL)
        kind, place = SchoolKind.COUNTY_PRIMARY, world.county.township_id
        school = Unit(0, UnitKind.SCHOOL, BIGGER, SOUTH, kind, None, place)
        school_id = await work.insert(units, school)
        head = await add_person(work, world.county, "new_head", "黄东")
        await work.insert(posts, Post(0, head, Role.HEAD, school_id))
    await world.meet("new_head")
    return school_id


async def merge(world: World, folder: Path) -> Report:
    """The administrator imports the new table of schools while the bot is running."""
    means = world.stage.means
    now = world.stage.clock.now()
    what = Import(world.stage.database, means.policy, means.calendars, now, "zh", "县教体局")
    report = await run_import(what, [write_csv(folder / "units.csv", TABLE)], is_real=True)
    await world.settle()
    return report


async def test_the_case_goes_on_under_the_new_head(either_world: World, tmp_path: Path) -> None:
    world = either_world
    school_id = await another_school(world)
    await world.to("08:17")
    await world.absent("李一")
    await world.to("10:30")
    heard = await world.heard()
    assert "10:20 leader task_climbed" in heard
    before = await world.all_of(cases, Case)

    report = await merge(world, tmp_path)
    assert (report.plain()["changed"], report.errors) == (1, [])
    assert await world.heard() == []
    await world.to("11:30")
    # the next level is the head of the school where the child now is; the old head is left alone
    assert await world.heard() == ["11:20 new_head task_climbed"]

    (case,) = await world.all_of(cases, Case)
    assert (case.id, case.school_id) == (before[0].id, school_id)
    assert (case.stage, case.first_absent_on) == (before[0].stage, before[0].first_absent_on)
    calls = await world.all_of(roll_calls, RollCall, class_id=world.county.class_id)
    assert [one.school_id for one in calls] == [school_id]


async def test_the_next_morning_the_child_stands_first_again(world: World, tmp_path: Path) -> None:
    await another_school(world)
    await world.to("08:17")
    await world.absent("李一")
    await world.to("10:30")
    await merge(world, tmp_path)
    await world.to("08:12", TUESDAY)
    assert "李一" in world.phone("teacher").newest.text
    await world.heard()

    await world.tap("teacher", "还没来·李一")
    await world.tap("teacher", "全到齐了")
    await world.to("09:01", TUESDAY)

    (case,) = await world.all_of(cases, Case)
    assert case.counted == 2
    heard = [line for line in await world.heard() if "李爸" in line]
    assert len(heard) == 1  # one alert, not two
    async with world.stage.database.read() as read:
        assert (await verify(read, KEYS.journal)).is_whole
