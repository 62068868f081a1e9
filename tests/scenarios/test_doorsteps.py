"""From the age-eligible list to the door: silence climbs, 未入学 is a case, others turn up."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from rules.ledgers import Ledger
from rules.model.case import Case, CaseState, Stage, Task
from rules.model.eligible import Answer, Doorstep, Eligible, Ending
from rules.model.people import Guardianship, Person
from rules.model.school import Student
from rules.policy import Policy
from rules.reconciling.eligible import Standing
from storage.access_log import Look
from storage.database import Database
from storage.ledgers.every import LEDGERS
from storage.ledgers.scope import Scope
from storage.tables.cases import cases, tasks
from storage.tables.eligible import doorsteps, eligible
from storage.tables.people import guardianships, people
from storage.tables.plumbing import access_log
from storage.tables.school import students
from tests.support.closing import ELSEWHERE, another_school
from tests.support.lists import (
    LISTED,
    REGISTER,
    ROSTER,
    SCHOOL,
    an_id,
    brings,
    compare,
    hand_in,
    listed,
    open_kinds,
    registered,
    seated,
)
from tests.support.upper import keys, newest, press, sends_photo
from tests.support.world import World, a_world

MONDAY = date(2026, 9, 21)
AWAY = {"周六": an_id(11), "吴七": an_id(12), "郑八": an_id(13)}
LIST = [*LISTED, *(listed(name, number) for name, number in AWAY.items())]


@pytest.fixture
async def world(sqlite: Database) -> AsyncIterator[World]:
    """The county three weeks after return: every roster could be in."""
    async with a_world(sqlite, "10:00", MONDAY) as found:
        yield found


@pytest.fixture
async def either_world(database: Database) -> AsyncIterator[World]:
    """The same on both databases in turn."""
    async with a_world(database, "10:00", MONDAY) as found:
        yield found


async def lines(world: World) -> dict[str, Doorstep]:
    """The newest line of each child that was sought."""
    return {one.name: one for one in await world.all_of(doorsteps, Doorstep)}


async def at_home(world: World, on: date | None = None) -> list[str]:
    """The names on the ledger of children who are in no school, as of a day."""
    now = world.stage.clock.now()
    upto = now + timedelta(minutes=1)
    if on is not None:
        upto = world._instant("23:59", on)
    async with world.stage.database.read() as read:
        table = await LEDGERS[Ledger.OUT_OF_SCHOOL](read, Scope(on or now.date(), upto))
    at = table.columns.index("name")
    return [str(row[at]) for row in table.rows]


async def list_is_in(world: World, folder: Path) -> None:
    """Register, rosters and the list; three of its children are nowhere."""
    await hand_in(world, folder, REGISTER, ROSTER)
    await brings(world, folder, eligible=LIST)
    await compare(world)


def village_card(world: World, who: str, child: str) -> str:
    """The card on which a child still waits."""
    shown = world.phone(who)._chat.showing(child)
    assert shown is not None
    return shown.text


async def opens(world: World, who: str, child: str) -> str:
    """The village's card, and the child on it."""
    await press(world, who, f"task:{(await world.task('doorstep')).id}:open")
    await world.tap(who, child)
    return newest(world, who)


async def answers(world: World, child: str, label: str, who: str = "leader") -> None:
    """The child, what was found, and the photo."""
    await opens(world, who, child)
    await world.tap(who, label)
    await sends_photo(world, who)


async def test_from_the_list_to_the_door_and_into_a_case(
    either_world: World, tmp_path: Path
) -> None:
    world = either_world
    await hand_in(world, tmp_path, REGISTER, ROSTER)
    await world.heard()
    await brings(world, tmp_path, eligible=LIST)
    outcome = await compare(world)
    assert outcome.listed["listed_new"] == 3
    assert (outcome.listed["listed_due"], outcome.listed["listed_entered"]) == (8, 5)
    heard = [one.split(maxsplit=1)[1] for one in await world.heard()]
    assert sorted(heard) == ["leader doorstep_card", "section county_compared"]
    said = newest(world, "leader")
    assert "青石乡柳湾村" in said
    assert all(name in said for name in AWAY)
    assert "七组" not in said
    assert not [one for one in AWAY.values() if one in said]
    assert "应入学 8 人，已入学 5 人；新增要入户 3 人" in newest(world, "section")

    await _the_address_is_a_pop_up(world)
    await _not_enrolled_is_a_case(world)
    await _another_turns_up(world, tmp_path)


async def _the_address_is_a_pop_up(world: World) -> None:
    await opens(world, "leader", "周六")
    assert await world.tap("leader", "显示地址") == "柳湾村七组"
    look = (await world.all_of(access_log, Look))[-1]
    assert (look.what, look.person_id) == ("address", world.county.people["leader"])


async def _not_enrolled_is_a_case(world: World) -> None:
    await answers(world, "周六", "未入学")
    assert "还有 2 个没问到" in village_card(world, "leader", "吴七")
    (child,) = await world.all_of(students, Student, name="周六")
    (case,) = await world.all_of(cases, Case)
    assert (case.student_id, case.stage, case.first_absent_on) == (
        child.id,
        Stage.PERSUADE,
        date(2026, 9, 1),
    )
    assert (child.school_id, child.on_roster) == (world.county.school_id, True)
    (link,) = await world.all_of(guardianships, Guardianship, student_id=child.id)
    (person,) = await world.all_of(people, Person, id=link.person_id)
    assert person.name == "周六家长"
    assert {"contact", "doorstep"} <= {*await open_kinds(world)}


async def _another_turns_up(world: World, folder: Path) -> None:
    await brings(world, folder, roster=[*ROSTER, seated("吴七", 身份证号=AWAY["吴七"])])
    await world.heard()
    again = await compare(world)
    assert again.listed["listed_gone"] == 1
    assert "leader doorstep_news" in [one.split(maxsplit=1)[1] for one in await world.heard()]
    assert "吴七（柳湾村）在全县的学籍或花名册里找到了" in newest(world, "leader")
    assert (await lines(world))["吴七"].outcome is Ending.FOUND
    assert await at_home(world) == ["周六", "郑八"]


async def test_silence_at_the_door_climbs(world: World, tmp_path: Path) -> None:
    await world.restart(Policy.from_toml('[tasks.doorstep]\ndue = "1 working day"'))
    await list_is_in(world, tmp_path)
    task = await world.task("doorstep")
    assert task.owner_id == world.county.people["leader"]
    assert task.due_at.date() == MONDAY + timedelta(days=1)
    await world.heard()
    await world.to("10:30", MONDAY + timedelta(days=7))  # 25 September is a holiday
    for who in ("head", "section"):
        said = [one.text for one in world.phone(who).messages if "柳湾村" in one.text]
        assert any("入户核查" in one for one in said), who


async def test_proof_of_a_school_elsewhere_is_looked_at_by_another(
    world: World, tmp_path: Path
) -> None:
    await list_is_in(world, tmp_path)
    await answers(world, "周六", "在外地就读")
    task = await world.task("doorstep_check")
    assert task.owner_id == world.county.people["clerk"]
    await press(world, "clerk", f"task:{task.id}:open")
    assert keys(world, "clerk")[:3] == ["属实", "不属实", "看照片"]
    await world.tap("clerk", "看照片")
    assert world.phone("clerk").messages[-1].file is not None
    await press(world, "clerk", f"doorcheck:{task.id}:fails")
    assert "请再去看一看" in "".join(one.text for one in world.phone("leader").messages)
    assert "还有 3 个没问到" in newest(world, "leader")

    await answers(world, "周六", "在外地就读")
    task = await world.task("doorstep_check")
    await press(world, "clerk", f"doorcheck:{task.id}:holds")
    line = (await lines(world))["周六"]
    assert (line.answer, line.outcome, line.holds_until) == (
        Answer.AWAY,
        Ending.CONFIRMED,
        date(2027, 8, 31),
    )
    assert await at_home(world) == ["吴七", "郑八"]
    again = await compare(world)
    assert again.listed["listed_new"] == 0
    assert (again.listed["listed_due"], again.listed["listed_entered"]) == (8, 6)


async def test_the_school_that_is_named_is_asked(world: World, tmp_path: Path) -> None:
    there = await another_school(world)
    await list_is_in(world, tmp_path)
    await opens(world, "leader", "周六")
    await world.tap("leader", "已在校就读")
    assert keys(world, "leader")[:2] == [SCHOOL, ELSEWHERE]
    await world.tap("leader", ELSEWHERE)
    await sends_photo(world, "leader")
    task = await world.task("doorstep_check")
    assert (task.school_id, task.owner_id) == (there, world.county.people["clerk2"])
    await press(world, "clerk2", f"task:{task.id}:open")
    assert keys(world, "clerk2")[:2] == ["在我校就读", "不在我校"]
    await world.tap("clerk2", "在我校就读")
    assert await at_home(world) == ["吴七", "郑八"]


async def test_who_moved_away_or_may_come_later_is_for_the_head(
    world: World, tmp_path: Path
) -> None:
    await list_is_in(world, tmp_path)
    for name, label in zip(AWAY, ("已迁出/查无此人", "残疾不能到校", "延缓入学"), strict=True):
        await answers(world, name, label)
    assert "doorstep" not in await open_kinds(world)
    checks = await world.all_of(tasks, Task, kind="doorstep_check")
    assert {one.owner_id for one in checks} == {world.county.people["head"]}
    placement = await world.task("placement_assessment")
    assert placement.owner_id == world.county.people["head"]
    await press(world, "head", f"task:{placement.id}:open")
    assert "残疾" not in newest(world, "head")
    await world.tap("head", "已做评估")
    for one in checks:
        await press(world, "head", f"doorcheck:{one.id}:holds")
    assert await at_home(world) == ["吴七"]
    assert (await compare(world)).listed["listed_due"] == 6
    assert await at_home(world, MONDAY - timedelta(days=1)) == []


async def test_a_case_at_home_ends_where_another_school_has_the_child(
    world: World, tmp_path: Path
) -> None:
    there = await another_school(world)
    await list_is_in(world, tmp_path)
    await answers(world, "周六", "未入学")
    seat = seated("周六", ELSEWHERE, 班级="1班", 身份证号=AWAY["周六"])
    await brings(world, tmp_path, roster=[*ROSTER, seat])
    await compare(world)
    (case,) = await world.all_of(cases, Case)
    assert case.state is CaseState.OPEN
    task = await world.task("doorstep_check")
    assert task.owner_id == world.county.people["clerk2"]
    await press(world, "clerk2", f"task:{task.id}:open")
    await world.tap("clerk2", "在我校就读")
    approval = await world.task("closing_approval")
    await press(world, "head", f"task:{approval.id}:open")
    await world.tap("head", "批准")
    (case,) = await world.all_of(cases, Case)
    assert case.state is CaseState.CLOSED
    (child,) = await world.all_of(students, Student, name="周六")
    assert child.school_id == there
    assert await at_home(world) == ["吴七", "郑八"]


async def test_near_ones_are_looked_at_before_anybody_goes(world: World, tmp_path: Path) -> None:
    await hand_in(world, tmp_path, REGISTER, ROSTER)
    typo = listed("李一", an_id(1)[:-1] + ("0" if an_id(1)[-1] != "0" else "1"))
    await brings(world, tmp_path, eligible=[typo | {"出生日期": "2017-05-04"}, *LISTED[1:]])
    outcome = await compare(world)
    assert (outcome.doubts, outcome.listed["listed_new"]) == (1, 0)
    task = await world.task("list_review")
    await press(world, "clerk", f"task:{task.id}:open")
    said = newest(world, "clerk")
    assert "底册" in said
    assert "青石乡柳湾村" in said
    await world.tap("clerk", "不是同一人")
    await compare(world)
    (line,) = await world.all_of(doorsteps, Doorstep)
    assert (line.name, line.ended_at) == ("李一", None)
    first, *_ = await world.all_of(eligible, Eligible)
    assert first.standing is Standing.SOUGHT


async def test_the_morning_compares_where_a_list_has_come(world: World, tmp_path: Path) -> None:
    await hand_in(world, tmp_path, REGISTER, ROSTER)
    await world.to("11:00", MONDAY)
    await brings(world, tmp_path, eligible=LIST)
    await world.to("07:00", MONDAY + timedelta(days=1))
    assert "doorstep" in await open_kinds(world)
    await brings(
        world, tmp_path, register=[*REGISTER, registered("周六", 身份证件号=AWAY["周六"])]
    )
    await world.to("07:00", MONDAY + timedelta(days=2))
    assert (await lines(world))["周六"].outcome is Ending.FOUND
    async with world.stage.database.read() as read:
        assert await read.scalar(select(doorsteps.c.id).limit(1)) is not None
