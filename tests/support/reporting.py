"""A county whose schools report: a central school with a village school, and a school alone."""

from __future__ import annotations

from datetime import date

from rules.model.people import Post, Role
from rules.model.reports import Report, ReportDue
from rules.model.school import (
    Category,
    CategoryKind,
    SchoolClass,
    SchoolKind,
    Student,
    Unit,
    UnitKind,
)
from storage.facts.reports import last_reports
from storage.tables.ladder import categories
from storage.tables.people import posts
from storage.tables.reports import report_dues
from storage.tables.school import classes, students, units
from storage.work import Work
from tests.support.county import County, add_person, package_filed
from tests.support.world import World

THURSDAY, FRIDAY = date(2026, 9, 10), date(2026, 9, 11)
WEEK = "2026-W37"
VILLAGE_CHILD, OTHER_CHILD = "周六", "吴七"


async def add_monitored(work: Work, county: County, *children: str) -> None:
    """These children belong to monitored households."""
    for child in children:
        kind = CategoryKind.MONITORED
        await work.insert(categories, Category(0, county.children[child], kind))


async def add_school(
    work: Work, county: County, name: str, head: str, child: str, parent_id: int | None = None
) -> int:
    """A school of the township with one class and one child of a monitored household."""
    is_village = parent_id is not None
    unit = Unit(
        0,
        UnitKind.SCHOOL,
        name,
        school_kind=SchoolKind.VILLAGE_PRIMARY if is_village else SchoolKind.TOWNSHIP_JUNIOR,
        township_id=county.township_id,
        parent_id=parent_id,
    )
    school = await work.insert(units, unit)
    room = await work.insert(classes, SchoolClass(0, school, 7 if not is_village else 2, 1))
    await add_person(work, county, head, head)
    await work.insert(posts, Post(0, county.people[head], Role.HEAD, school))
    pupil = Student(0, school, room, child, birth_on=date(2015, 1, 1))
    county.children[child] = await work.insert(students, pupil)
    await add_monitored(work, county, child)
    if not is_village:
        await package_filed(work, school)
    return school


async def reporting(world: World, *, village: bool = True, other: bool = True) -> None:
    """Two children of the central school are monitored; more schools stand beside it."""
    county = world.county
    async with world.stage.database.work(world.stage.clock.now()) as work:
        await add_monitored(work, county, "李一", "王二")
        if village:
            await add_school(work, county, "柳村小学", "柳校长", VILLAGE_CHILD, county.school_id)
        if other:
            await add_school(work, county, "城关中学", "何校长", OTHER_CHILD)
    await world.meet(*(who for who in ("柳校长", "何校长") if who in county.people))


async def add_colleague(world: World, who: str, role: Role) -> None:
    """Somebody else at the central school."""
    async with world.stage.database.work(world.stage.clock.now()) as work:
        person = await add_person(work, world.county, who, who)
        await work.insert(posts, Post(0, person, role, world.county.school_id))
    await world.meet(who)


async def add_section(world: World, who: str) -> None:
    """Somebody of the education section, who sees the whole county."""
    async with world.stage.database.work(world.stage.clock.now()) as work:
        person = await add_person(work, world.county, who, who)
        unit = world.county.section_id
        await work.insert(posts, Post(0, person, Role.EDUCATION_SECTION, unit))
    await world.meet(who)


async def owed(world: World, unit: int | None = None, period: str = WEEK) -> ReportDue:
    """The central school's report of the week, or another unit's."""
    wanted = unit or world.county.school_id
    (found,) = await world.all_of(report_dues, ReportDue, unit_id=wanted, period=period)
    return found


async def stands(world: World, due: ReportDue) -> Report:
    """The signature that stands."""
    async with world.stage.database.read() as read:
        return (await last_reports(read, [due.id]))[due.id]
