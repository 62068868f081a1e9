"""A term begins: schools are asked for their lists, and grade-6 leavers are looked for."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

from bot.importing.convert import list_line
from papers.reading import Table, read_tables
from papers.tables.register import RegisterEntry
from rules.book import Book
from rules.model.case import Stage, Task, TaskState
from rules.reconciling.lines import Side
from storage.reconciling.lists import Collected, keep_lists, load_lists
from storage.reconciling.term_start import ask_schools
from storage.tables.cases import tasks
from tests.scenarios.test_reconciling import MONDAY
from tests.support.closing import ELSEWHERE, another_school
from tests.support.county import CHILDREN
from tests.support.importing import write_csv
from tests.support.lists import REGISTER, ROSTER, hand_in, open_kinds, registered, seated
from tests.support.upper import keys, newest, press
from tests.support.world import World

GRADE_SIX = {"年级": "六年级", "班级": "1班"}


async def in_june(world: World, folder: Path) -> None:
    """The register of the year before, with two children in grade 6."""
    await hand_in(world, folder, REGISTER, ())
    rows = [registered(name, **GRADE_SIX) for name in CHILDREN[:2]]
    collected = Collected()
    for table in read_tables(write_csv(folder / "june.csv", rows)):
        assert isinstance(table, Table)
        for row in table.rows:
            assert isinstance(row.value, RegisterEntry)
            collected.take(Side.REGISTER, list_line(row.value, world.county.school_id))
    june = world.now - timedelta(days=80)
    await keep_lists(world.stage.database, collected, june, None)


async def test_leavers_arrive_or_are_looked_for(world: World, tmp_path: Path) -> None:
    there = await another_school(world)
    await world.to("09:30", MONDAY)
    await in_june(world, tmp_path)
    await world.to("10:00", MONDAY)
    seven = seated("李一", ELSEWHERE, 年级="七年级", 班级="3班")
    done = await hand_in(world, tmp_path, REGISTER[2:], [*ROSTER[2:], seven])
    assert dict(done.new) == {"leaver_arrived": 1, "leaver_missing": 1}
    case = await world.case_of("王二")
    assert case is not None
    assert (case.stage, case.school_id) == (Stage.PERSUADE, world.county.school_id)

    task = await world.task("arrival_confirm")
    await press(world, "clerk2", f"task:{task.id}:open")
    assert "六年级毕业" in newest(world, "clerk2")
    assert keys(world, "clerk2") == ["已报到", "没来报到"]
    await world.tap("clerk2", "已报到")
    assert (await world.child("李一")).school_id == there
    assert "register_transfer" not in await open_kinds(world)
    again = await hand_in(world, tmp_path, REGISTER[2:], [*ROSTER[2:], seven])
    assert (dict(again.new), again.gone) == ({}, 0)


async def test_schools_are_asked_once_and_done_with_their_rosters(
    world: World, tmp_path: Path
) -> None:
    means = world.stage.means
    async with world.stage.database.read() as read:
        book = Book(means.policy, await means.calendars.current(read))
    first = book.calendar.at_local(date(2026, 9, 2), "05:00")
    assert await asked(world, book, first) == 1
    assert await asked(world, book, first + timedelta(days=1)) == 0
    assert await asked(world, book, book.calendar.at_local(MONDAY, "05:00")) == 0
    task = await world.task("reconciliation")
    assert task.owner_id == world.county.people["clerk"]
    assert task.due_at == book.calendar.at_local(date(2026, 9, 8), "16:00")
    await world.to("10:00", MONDAY)
    await hand_in(world, tmp_path, [*REGISTER, registered("吴六", 班级="4班")], ROSTER)
    assert "reconciliation" in await open_kinds(world)
    await hand_in(world, tmp_path, REGISTER, ROSTER)
    every = await world.all_of(tasks, Task, kind="reconciliation")
    assert [(one.state, one.outcome) for one in every] == [(TaskState.DONE, "compared")]


async def asked(world: World, book: Book, now: datetime) -> int:
    async with world.stage.database.work(now) as work:
        return await ask_schools(work, book)


async def test_the_morning_compares_what_came_in_between(world: World, tmp_path: Path) -> None:
    await world.to("10:00", MONDAY)
    await hand_in(world, tmp_path, REGISTER, ())
    assert await world.case_of("李一") is None
    collected = Collected()
    async with world.stage.database.read() as read:
        lists = await load_lists(read, None)
    for one in lists.register[1:]:
        collected.take(Side.ROSTER, one)
    await keep_lists(world.stage.database, collected, world.now + timedelta(minutes=5), None)
    await world.to("04:59", date(2026, 9, 8))
    assert await world.case_of("李一") is None
    await world.to("05:01", date(2026, 9, 8))
    assert await world.case_of("李一") is not None
