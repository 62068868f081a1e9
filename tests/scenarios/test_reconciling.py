"""School A's missing child sits at school B: both told, B taps, the register follows."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import select

from bot.importing.pairs import review_list, take_review
from rules.ledgers import Ledger
from rules.model.case import Case, CaseState, Stage
from rules.model.reconciling import DoubtPair, FindingState, FoundLine
from rules.model.school import EnrolmentStatus, Unit
from rules.reconciling.sorting import Kind
from storage.ledgers.every import LEDGERS
from storage.ledgers.scope import Scope
from storage.tables.cases import cases
from storage.tables.reconciling import doubts, findings
from storage.tables.school import units
from tests.support.closing import ELSEWHERE, another_school
from tests.support.county import CHILDREN
from tests.support.lists import (
    NUMBERS,
    REGISTER,
    ROSTER,
    SCHOOL,
    an_id,
    compare,
    hand_in,
    open_kinds,
    registered,
    seated,
)
from tests.support.upper import SEPTEMBER, keys, missing_until, newest, open_card, press
from tests.support.world import World

MONDAY = date(2026, 9, 7)


async def ledger(world: World, name: Ledger) -> list[str]:
    """The names on a ledger of today."""
    now = world.stage.clock.now()
    async with world.stage.database.read() as read:
        table = await LEDGERS[name](read, Scope(now.date(), now + timedelta(minutes=1)))
    at = table.columns.index("name")
    return [str(row[at]) for row in table.rows]


async def three(world: World) -> tuple[list[str], ...]:
    """无学籍, 人在籍不在, 籍在人不在."""
    names = (Ledger.UNREGISTERED, Ledger.PRESENT_ELSEWHERE, Ledger.REGISTERED_NOT_PRESENT)
    return tuple([await ledger(world, name) for name in names])


async def found(world: World) -> list[FoundLine]:
    return await world.all_of(findings, FoundLine)


ELSEWHERE_ROSTER = [
    *ROSTER[1:],
    seated("李一", ELSEWHERE, 班级="1班"),
    seated("新来", ELSEWHERE, 班级="1班"),
]


async def test_missing_here_found_there(either_world: World, tmp_path: Path) -> None:
    world = either_world
    there = await another_school(world)
    await world.to("10:00", MONDAY)
    await world.heard()
    outcome = await hand_in(world, tmp_path, REGISTER, ELSEWHERE_ROSTER)
    assert outcome.new == {"elsewhere": 1, "unregistered": 1}
    heard = await world.heard()
    assert sorted(one.split()[1:] for one in heard if "finding_" in one) == [
        ["clerk", "finding_news"],
        ["clerk2", "finding_card"],
        ["clerk2", "finding_card"],
        ["head", "finding_news"],
    ]
    assert [one.split()[1] for one in heard if "county_compared" in one] == ["section"]
    assert "无学籍 1 人（新增 1）" in newest(world, "section")
    assert await three(world) == (["新来"], ["李一"], ["李一"])

    said = await open_card(world, "clerk2", "attends_here")
    assert "李一" in said
    assert SCHOOL in said
    assert an_id(1) not in said
    assert keys(world, "clerk2")[:2] == ["在我校就读", "不在我校"]
    await world.tap("clerk2", "在我校就读")
    await world.settle()
    assert "确认 李一 在该校就读" in newest(world, "clerk")
    child = await world.child("李一")
    assert (child.school_id, child.status, child.on_roster) == (
        there,
        EnrolmentStatus.ENROLLED,
        True,
    )
    assert await three(world) == (["新来"], ["李一"], [])
    assert "register_transfer" in await open_kinds(world)
    assert await world.all_of(cases, Case) == []


async def test_the_transfer_runs_until_the_register_agrees(world: World, tmp_path: Path) -> None:
    there = await another_school(world)
    await world.to("10:00", MONDAY)
    await hand_in(world, tmp_path, REGISTER, ELSEWHERE_ROSTER)
    await open_card(world, "clerk2", "attends_here")
    await world.tap("clerk2", "在我校就读")
    await world.to("11:00", MONDAY)
    again = await hand_in(world, tmp_path, REGISTER, ELSEWHERE_ROSTER)
    assert (dict(again.new), again.gone) == ({}, 0)
    assert (await world.child("李一")).school_id == there
    assert "register_transfer" in await open_kinds(world)

    await world.to("10:00", date(2026, 9, 14))
    moved = [*REGISTER[1:], registered("李一", ELSEWHERE, 班级="1班")]
    done = await hand_in(world, tmp_path, [*moved, registered("新来", ELSEWHERE, 班级="1班")], ())
    assert (dict(done.new), done.gone) == ({}, 2)
    assert await ledger(world, Ledger.PRESENT_ELSEWHERE) == []
    assert await ledger(world, Ledger.UNREGISTERED) == []
    assert [one.state for one in await found(world)] == [FindingState.ENDED] * 2
    assert not {"register_transfer", "attends_here", "enrol"} & {*await open_kinds(world)}


async def test_the_other_school_says_no_and_the_child_is_looked_for(
    world: World, tmp_path: Path
) -> None:
    await another_school(world)
    await world.to("10:00", MONDAY)
    await hand_in(world, tmp_path, REGISTER, ELSEWHERE_ROSTER[:-1])
    await open_card(world, "clerk2", "attends_here")
    await world.tap("clerk2", "不在我校")
    await world.settle()
    case = await world.case_of("李一")
    assert case is not None
    assert (case.stage, case.first_absent_on) == (Stage.PERSUADE, date(2026, 9, 1))
    assert case.counted == 5
    assert "contact" in await world.open_tasks("李一")
    assert await ledger(world, Ledger.REGISTERED_NOT_PRESENT) == ["李一"]
    again = await compare(world)
    assert dict(again.new) == {}


async def test_whom_nobody_has_is_a_case_and_stays_in_the_roll_call(
    world: World, tmp_path: Path
) -> None:
    await world.to("10:00", MONDAY)
    tried = await hand_in(world, tmp_path, REGISTER, ROSTER[1:])
    assert dict(tried.new) == {"missing": 1}
    case = await world.case_of("李一")
    assert case is not None
    assert case.stage is Stage.PERSUADE
    assert (await world.child("李一")).on_roster
    await hand_in(world, tmp_path, (), ROSTER[1:])
    assert (await world.child("李一")).on_roster
    await world.to("10:00", date(2026, 9, 10))
    assert (await world.child("李一")).status is EnrolmentStatus.SUSPECTED


async def test_a_suspected_child_leaves_the_ledger_with_both_schools_word(
    world: World, tmp_path: Path
) -> None:
    there = await another_school(world)
    await missing_until(world, *SEPTEMBER[:7])
    await world.to("10:00")
    assert await ledger(world, Ledger.SUSPECTED) == ["李一"]
    await hand_in(world, tmp_path, REGISTER, ELSEWHERE_ROSTER[:-1])
    await open_card(world, "clerk2", "attends_here")
    await world.tap("clerk2", "在我校就读")
    await world.settle()
    assert await ledger(world, Ledger.SUSPECTED) == ["李一"]
    await open_card(world, "head", "closing_approval")
    await world.tap("head", "批准")
    await world.settle()
    assert await ledger(world, Ledger.SUSPECTED) == []
    child = await world.child("李一")
    assert (child.school_id, child.status) == (there, EnrolmentStatus.ENROLLED)
    every = await world.all_of(cases, Case)
    assert [one.state for one in every] == [CaseState.CLOSED]


async def test_pairs_are_looked_at_in_chat_or_on_paper(world: World, tmp_path: Path) -> None:
    await another_school(world)
    await world.to("10:00", MONDAY)
    odd = [
        *ROSTER[2:],
        seated("李壹"),
        seated("王二", 身份证号="", 出生日期="2017-05-04", 班级="3班"),
    ]
    odd[-2]["身份证号"] = NUMBERS["李一"]
    outcome = await hand_in(world, tmp_path, REGISTER, odd)
    assert outcome.doubts == 2
    assert await world.all_of(cases, Case) == []
    task = await world.task("list_review")
    await press(world, "clerk", f"task:{task.id}:open")
    said = newest(world, "clerk")
    assert "李壹" in said or "王二" in said
    assert not [one for one in NUMBERS.values() if one in said]
    assert keys(world, "clerk")[:3] == ["是同一人", "不是同一人", "下一对"]
    await world.tap("clerk", "是同一人")
    await on_paper(world, tmp_path / "review.xlsx")
    assert "list_review" not in await open_kinds(world)
    again = await compare(world)
    assert again.doubts == 0
    assert again.counts["matched"] == len(CHILDREN)
    assert [one.kind for one in await found(world)] == [Kind.WRONG_CLASS]


async def on_paper(world: World, path: Path) -> None:
    """The clerk fills the list in; an empty one changes nothing."""
    await asyncio.to_thread(path.write_bytes, await review_list(world.stage.database, "zh"))
    pairs = await world.all_of(doubts, DoubtPair)
    waiting = next(one for one in pairs if one.decided_at is None)
    assert await take_review(world.stage.database, path, world.stage.clock.now()) == 0
    filled(path, waiting.id)
    assert await take_review(world.stage.database, path, world.stage.clock.now()) == 1


def filled(path: Path, number: int) -> None:
    """The clerk has written 是 beside this pair."""
    from python_calamine import CalamineWorkbook

    from papers.sheets import SheetWriter, new_workbook

    rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    with new_workbook(path) as book:
        sheet = SheetWriter(book, "x")
        for row in rows:
            cells = [str(one) for one in row]
            if cells[0].partition(".")[0] == str(number):
                cells[1] = "是"
            sheet.line(cells)


async def test_lists_of_a_school_that_was_merged_are_its_successors(
    world: World, tmp_path: Path
) -> None:
    there = await another_school(world)
    await world.to("10:00", MONDAY)
    await hand_in(world, tmp_path, REGISTER, ROSTER)
    async with world.stage.database.work(world.now) as work:
        unit = await work.one(select(units).where(units.c.id == world.county.school_id), Unit)
        assert unit is not None
        await work.save(units, replace(unit, merged_into_id=there))
    again = await compare(world, is_real=False)
    assert (again.counts, again.doubts) == ({"matched": len(CHILDREN)}, 0)
    renewed = [one | {"学校名称": ELSEWHERE} for one in REGISTER]
    await hand_in(world, tmp_path, renewed, [one | {"学校": ELSEWHERE} for one in ROSTER])
    again = await compare(world, is_real=False)
    assert (again.counts, again.doubts) == ({"matched": len(CHILDREN)}, 0)
