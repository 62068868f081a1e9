"""A week of zero-reports: opened, contradicted, signed, missing, collected, late, corrected."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

from python_calamine import CalamineWorkbook

from rules.child.rollcall import record_absence
from rules.model.attendance import RollCall, RollCallState
from rules.model.case import Task, TaskState
from rules.model.people import Role
from rules.model.reports import DueState, Report, ReportDue
from storage.journal import verify
from storage.tables.attendance import roll_calls
from storage.tables.cases import tasks
from storage.tables.plumbing import journal
from storage.tables.reports import report_dues, reports
from tests.support.county import add_child
from tests.support.databases import KEYS
from tests.support.reporting import (
    FRIDAY,
    THURSDAY,
    WEEK,
    add_colleague,
    add_monitored,
    add_section,
    owed,
    reporting,
    stands,
)
from tests.support.upper import newest, press, says
from tests.support.world import World


async def take_every_roll_call(world: World) -> None:
    """All that is asked for has been answered: everybody was there."""
    async with world.stage.database.work(world.stage.clock.now()) as work:
        query = roll_calls.select().where(roll_calls.c.state == RollCallState.OPEN.value)
        for one in await work.all(query, RollCall):
            done = replace(one, state=RollCallState.RELEASED, next_at=None)
            await work.save(roll_calls, done)
        open_calls = tasks.select().where(tasks.c.kind == "roll_call", tasks.c.state == "open")
        for task in await work.all(open_calls, Task):
            await work.save(tasks, replace(task, state=TaskState.DONE, next_at=None))


async def to_thursday(world: World, *, taken: bool = True) -> None:
    """The morning on which the weekly report opens; roll calls so far are in."""
    for on in (7, 8, 9):
        await world.to("07:45", date(2026, 9, on))
        await take_every_roll_call(world)
    await world.to("07:59", THURSDAY)
    if taken:
        await take_every_roll_call(world)
    await world.heard()


def reported(heard: list[str]) -> list[str]:
    """Only what is about reports."""
    return [one for one in heard if "report" in one or "weekly" in one]


async def to(world: World, clock: str, on: date = FRIDAY) -> list[str]:
    """On to that moment, with every roll call taken; what was heard about reports."""
    if world.now.date() < on:
        await world.to("08:11", on)
        await take_every_roll_call(world)
    await world.to(clock, on)
    return reported(await world.heard())


def card(world: World, who: str) -> str:
    """The newest report card on this phone, wherever it stands in the chat."""
    said = [one.text for one in world.phone(who).messages if one.from_bot]
    return [one for one in said if "在校生" in one][-1]


async def opened(world: World) -> None:
    """Thursday 08:00: a card each; the village school checks its part."""
    await world.to("08:00", THURSDAY)
    assert await world.heard("head", "柳校长", "何校长") == [
        "08:00 head report_card",
        "08:00 柳校长 report_card",
        "08:00 何校长 report_card",
    ]
    said = card(world, "head")
    assert "请在 9月11日 12:00 前签字。没有也要报零。" in said
    assert "其中脱贫户和监测对象 3" in said
    assert "柳村小学　还没核对" in said
    await world.to("15:00", THURSDAY)
    await world.tap("柳校长", "村小已核对")
    assert "已核对" in card(world, "柳校长")
    assert "柳村小学　9月10日 15:00 已核对" in card(world, "head")


async def signed(world: World) -> None:
    """Friday 10:00: figures as they are, a zero that was signed, and an empty column."""
    await to(world, "10:00")
    await says(world, "head", "周报")
    assert "已签字上报" in await world.tap("head", "签字上报")
    assert "9月11日 10:00 已签字上报" in newest(world, "head")
    due = await owed(world)
    report = await stands(world, due)
    assert (due.state, report.is_late) == (DueState.FILED, False)
    figures = dict(report.figures)
    assert (figures["monitored"], figures["present"], figures["suspected"]) == (3, 3, 0)
    assert figures["home_due"] is None


async def collected(world: World) -> None:
    """12:05: what is missing is missing, in the card and in the table."""
    heard = await to(world, "12:05")
    assert [one for one in heard if "12:05" in one] == [
        "12:05 section weekly_summary",
        "12:05 section weekly_sheet",
        "12:05 主管 weekly_summary",
        "12:05 主管 weekly_sheet",
    ]
    said = newest(world, "section")
    assert "应报 2　已报 1　按时 1　上报率 50.0%　零报告 1" in said
    assert "缺报（不作零计）：城关中学" in said
    assert "应报 2 个单位，已报 1 个" in said
    rows = sheet_of(world, "section")
    assert [row[1] for row in rows[3:6]] == ["城关中学", "青石中心小学", "合计"]
    assert set(rows[3][3:21]) == {"缺报"}
    assert rows[4][3:6] == [6.0, 3.0, 3.0]
    assert rows[4][16] == ""  # home teaching: empty, never a zero
    assert rows[5][3:6] == [6.0, 3.0, 3.0]


async def pressed_and_late(world: World) -> None:
    """One tap; the school signs an hour late."""
    assert await press(world, "section", "reports:202637:press") == "已催 1 所"
    assert "上报周报" in newest(world, "何校长")
    await press(world, "section", "reports:202637:press")
    assert [one for one in await world.heard("何校长") if "nudge" in one] == ["12:05 何校长 nudge"]
    await world.to("13:00", FRIDAY)
    await says(world, "何校长", "周报")
    assert "已过期" in newest(world, "何校长")
    await world.tap("何校长", "签字上报")
    assert "（迟报）" in newest(world, "何校长")
    assert "已报 2　按时 1　上报率 100.0%" in await says(world, "section", "周报收缴")


async def corrected(world: World) -> None:
    """A revision with its reason; the first signature stays in time."""
    await says(world, "head", "周报")
    await world.tap("head", "改一下")
    assert "更正原因" in newest(world, "head")
    await says(world, "head", "漏写了备注")
    assert "第 2 次" in newest(world, "head")
    assert "更正原因：漏写了备注" in newest(world, "head")
    assert "已更正：青石中心小学" in await says(world, "section", "/reports")
    due = await owed(world)
    assert not (await stands(world, due)).is_late
    assert [one.number for one in await world.all_of(reports, Report, due_id=due.id)] == [1, 2]


async def test_a_week_from_thursday_morning_to_the_correction(world: World) -> None:
    await reporting(world)
    await add_section(world, "主管")
    await to_thursday(world)
    for part in (opened, signed, collected, pressed_and_late, corrected):
        await part(world)


def sheet_of(world: World, who: str) -> list[list[object]]:
    """The newest table on this phone."""
    held = [one.file for one in world.phone(who).messages if one.file is not None][-1]
    assert held is not None
    book = CalamineWorkbook.from_filelike(io.BytesIO(held.data))
    return [list(row) for row in book.get_sheet_by_index(0).to_python()]


async def test_contradictions_come_before_the_signature(world: World) -> None:
    """Scenario 43, in chat: nothing can be signed before each is called true."""
    await reporting(world, village=False, other=False)
    await to_thursday(world, taken=False)
    await world.to("10:30", THURSDAY)  # nobody takes Thursday's roll call
    await says(world, "head", "周报")
    card = world.phone("head").newest
    assert "本周有 1 次点名没做" in card.text
    assert card.labels == [["再核对", "情况属实"], ["查看"]]
    due = await owed(world)
    assert "请先点" in await press(world, "head", f"report:{due.id}:0:sign")
    assert (await owed(world)).number == 0

    assert "还有 1 处" in await world.tap("head", "再核对")
    await world.tap("head", "情况属实")
    card = world.phone("head").newest
    assert card.labels == [["签字上报"], ["查看", "改一下"]]
    await world.tap("head", "签字上报")
    assert (await stands(world, due)).doubts == ("untaken:1",)

    await take_every_roll_call(world)
    await says(world, "head", "周报")
    assert "点名没做" not in newest(world, "head")


async def test_two_who_sign_in_the_same_second_make_one_report(world: World) -> None:
    """Scenario 40: one report, the second is told who and when; the rate stays below 100 %."""
    await reporting(world, village=False, other=False)
    await to_thursday(world)
    await world.to("08:30", THURSDAY)
    due = await owed(world)
    first = await press(world, "head", f"report:{due.id}:0:sign")
    second = await press(world, "head", f"report:{due.id}:0:sign")
    assert first == "已签字上报"
    assert second == "张敏 已在 08:30 办过了。"
    assert len(await world.all_of(reports, Report, due_id=due.id)) == 1
    assert "已报 1　按时 1　上报率 100.0%" in await says(world, "section", "周报收缴")


async def a_newcomer(world: World) -> None:
    """One more child of a monitored household, after the signature."""
    async with world.stage.database.work(world.stage.clock.now()) as work:
        await add_child(work, world.county, "新来的")
        await add_monitored(work, world.county, "新来的")


async def test_a_village_school_that_checks_after_the_signature(world: World) -> None:
    """Scenario 39: version 2 of the central school's, both in time by their own deadline."""
    await reporting(world, other=False)
    await to_thursday(world)
    await world.to("08:30", THURSDAY)
    await world.tap("head", "签字上报")
    await a_newcomer(world)
    await take_every_roll_call(world)
    await world.to("15:30", THURSDAY)
    heard = reported(await world.heard("head"))
    assert [one for one in heard if "report_changed" in one] == ["09:00 head report_changed!"]
    await world.tap("柳校长", "村小已核对")
    await to(world, "09:30")
    await says(world, "head", "周报")
    await world.tap("head", "签字上报")
    due = await owed(world)
    report = await stands(world, due)
    assert (report.number, report.is_late) == (2, False)
    (check,) = await world.all_of(report_dues, ReportDue, part_of_id=due.id)
    assert not (await stands(world, check)).is_late
    await to(world, "12:05")
    assert "按时 1" in newest(world, "section")
    assert "已更正：青石中心小学" in newest(world, "section")


async def test_reminders_stop_the_instant_it_is_filed(world: World) -> None:
    """Scenario 42: nothing rings at 11:00 who has signed at 10:59; who has not is rung once."""
    await reporting(world, village=False)
    await to_thursday(world)
    await to(world, "10:59")
    await world.tap("head", "签字上报")
    await world.to("12:30", FRIDAY)
    heard = [one for one in await world.heard() if "deadline_near" in one]
    assert heard == ["11:00 何校长 deadline_near!"]


async def test_start_and_overdue_never_come_together(world: World) -> None:
    """Scenario 42, after an outage from Thursday's opening until Friday afternoon."""
    await reporting(world, village=False, other=False)
    await to_thursday(world)
    await world.down_until("14:00", FRIDAY)
    await world.to("14:05", FRIDAY)
    cards = [one for one in reported(await world.heard("head")) if "report_card" in one]
    assert len(cards) == 1
    assert "已过期" in card(world, "head")
    assert (await owed(world)).state is DueState.MISSING


async def test_the_silence_of_a_head_reaches_the_section(world: World) -> None:
    await reporting(world, village=False, other=False)
    await to_thursday(world)
    await to(world, "12:05")
    task = await world.task("weekly_report")
    assert task.owner_id == world.county.people["head"]
    await world.to("11:59", date(2026, 9, 14))
    assert (await world.task("weekly_report")).level < 3
    await world.to("12:05", date(2026, 9, 14))
    assert (await world.task("weekly_report")).level == 3


async def test_the_journal_keeps_the_digest_and_the_card_its_head(world: World) -> None:
    """privacy D6."""
    await reporting(world, village=False, other=False)
    await to_thursday(world)
    await world.to("09:30", THURSDAY)
    await press(world, "head", f"report:{(await owed(world)).id}:0:sign")
    report = await stands(world, await owed(world))
    async with world.stage.database.read() as read:
        query = journal.select().where(journal.c.kind == "report_signed")
        lines = (await read.execute(query)).rows
    assert len(lines) == 1
    assert report.digest in str(lines[0])
    await to(world, "12:05")
    said = newest(world, "section")
    head = said.rpartition("记录链：")[2].strip()
    async with world.stage.database.read() as read:
        assert (await verify(read, KEYS.journal, head)).is_whole


async def test_nobody_else_can_sign_or_read(world: World) -> None:
    await reporting(world, village=False)
    await to_thursday(world)
    await world.to("08:30", THURSDAY)
    due = await owed(world)
    for who in ("teacher", "leader", "何校长", "李爸", "section"):
        await press(world, who, f"report:{due.id}:0:sign")
        await press(world, who, f"report:{due.id}:0:true")
    assert (await owed(world)).number == 0
    await says(world, "teacher", "/reports")
    assert "周报" not in newest(world, "teacher")
    assert due.period == WEEK


async def test_after_the_deadline_the_card_shows_what_was_signed(world: World) -> None:
    """Life goes on; nobody is asked to sign last week again."""
    await reporting(world, village=False, other=False)
    await to_thursday(world)
    await to(world, "11:00")
    await world.tap("head", "签字上报")
    await world.to("15:00", FRIDAY)
    await a_newcomer(world)
    said = await says(world, "head", "周报")
    assert "其中脱贫户和监测对象 2" in said
    assert "有变化" not in said
    assert "签字上报" not in str(world.phone("head").newest.labels)


async def test_names_stand_behind_the_figures_for_the_school_alone(world: World) -> None:
    """[查看]: the head reads who is absent; the section, to whom nothing has climbed, does not."""
    await reporting(world, village=False, other=False)
    await to_thursday(world)
    await world.to("08:10", THURSDAY)
    await world.decide("王二", lambda draft: record_absence(draft, THURSDAY, "absent", draft.now))
    await world.to("08:30", THURSDAY)
    said = await says(world, "head", "周报")
    assert "无故缺课 1—2 天 1" in said
    await world.tap("head", "查看")
    assert "无故缺课 1—2 天（1）：王二" in newest(world, "head")
    said = await press(world, "section", f"report:{(await owed(world)).id}:0:look")
    assert "由别人来办" in said
    assert "王二" not in newest(world, "section")


async def test_the_clerk_prepares_and_the_head_signs(world: World) -> None:
    await reporting(world, village=False, other=False)
    await add_colleague(world, "填报人", Role.REPORT_CLERK)
    await to_thursday(world)
    await world.to("08:30", THURSDAY)
    due = await owed(world)
    assert "由别人来办" in await press(world, "填报人", f"report:{due.id}:0:sign")
    await world.tap("填报人", "改一下")
    await says(world, "填报人", "两名学生转学手续在办")
    assert "备注：两名学生转学手续在办" in await says(world, "head", "周报")
    await world.tap("head", "签字上报")
    report = await stands(world, due)
    people = world.county.people
    assert (report.filed_by, report.signed_by) == (people["填报人"], people["head"])
    assert report.remark == "两名学生转学手续在办"
