"""[申请结案] in the chat, tap by tap, and a second school of the county."""

from __future__ import annotations

from sqlalchemy import select

from rules.model.ladder import Closing
from rules.model.people import Post, Role
from rules.model.school import SchoolKind, Unit, UnitKind
from storage.tables.ladder import closings
from storage.tables.people import posts
from storage.tables.school import units
from tests.support.county import add_person
from tests.support.upper import CHILD, press, says, sends_photo
from tests.support.world import World

ELSEWHERE = "白石小学"


async def opens_more(world: World, who: str) -> None:
    """The child's card, with what is rarely needed."""
    child = world.county.children[CHILD]
    await press(world, who, f"child:{child}:open")
    await world.tap(who, "更多")


async def asks_to_close(world: World, reason: str, who: str = "teacher") -> None:
    """[申请结案] and the reason."""
    await opens_more(world, who)
    await world.tap(who, "申请结案")
    await world.tap(who, reason)


async def hands_in(
    world: World, reason: str = "学籍重复", who: str = "teacher", until: str | None = None
) -> None:
    """The whole request with its proof."""
    await asks_to_close(world, reason, who)
    if until is not None:
        await says(world, who, until)
    if reason == "已转学":
        await world.tap(who, "县外学校")
    await sends_photo(world, who)
    await world.tap(who, "提交")


async def another_school(world: World, *, with_clerk: bool = True) -> int:
    """白石小学 in another township, with a head and perhaps a register clerk on the phone."""
    async with world.stage.database.work(world.stage.clock.now()) as work:
        place = await work.insert(units, Unit(0, UnitKind.TOWNSHIP, "白石乡"))
        school = Unit(
            0,
            UnitKind.SCHOOL,
            ELSEWHERE,
            school_kind=SchoolKind.CENTRAL_PRIMARY,
            township_id=place,
        )
        school_id = await work.insert(units, school)
        held = {"head2": Role.HEAD, **({"clerk2": Role.REGISTER_CLERK} if with_clerk else {})}
        for who, role in held.items():
            person = await add_person(work, world.county, who, f"{who}林")
            await work.insert(posts, Post(0, person, role, school_id))
    await world.meet(*held)
    return school_id


async def to_the_other_school(world: World, who: str = "teacher") -> None:
    """The child is said to be at 白石小学."""
    await asks_to_close(world, "已转学", who)
    await world.tap(who, "县内学校")
    await says(world, who, "白石")
    await world.tap(who, ELSEWHERE)
    await world.tap(who, "提交")


async def newest_closing(world: World) -> Closing:
    """The last request."""
    async with world.stage.database.read() as read:
        return (await read.all(select(closings).order_by(closings.c.id), Closing))[-1]
