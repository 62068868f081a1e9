"""A child in danger, and contact flags: who may see what, and who must not (privacy D18)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from rules.danger import Danger
from rules.model.case import Task
from rules.model.people import ContactFlag, Deputy, Guardianship
from storage.database import Database
from storage.tables.cases import tasks
from storage.tables.danger import dangers
from storage.tables.people import deputies, guardianships
from storage.tables.plumbing import journal
from templates.presses_safety import FlagsPress
from templates.presses_teacher import ChildPress
from tests.support.county import add_person
from tests.support.databases import KEYS
from tests.support.upper import a_png
from tests.support.world import World, a_world

SEEN = "手臂上有新伤，说不敢回家"


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    database = await Database.open(sqlite_url, KEYS)
    async with a_world(database) as found:
        await found.family("李一", "李爸")
        yield found
    await database.close()


async def press(world: World, who: str, data: str) -> str:
    """Press a key that stands on a card elsewhere."""
    phone = world.phone(who)
    shown = next(one for one in reversed(phone.messages) if one.rows)
    tap = phone._press(shown, shown.rows[0][0], data)
    await world.settle()
    return (await tap.popup(1.0)).text


async def report(world: World) -> None:
    child = world.county.children["李一"]
    await world.to("08:10")
    await press(world, "teacher", ChildPress(child, "danger").spell())
    await world.tap("teacher", "确定，我来写")
    world.phone("teacher").say(SEEN)
    await world.settle()


async def record_of(world: World) -> Danger | None:
    async with world.stage.database.read() as read:
        return await read.one(select(dangers), Danger)


def says(world: World, who: str, words: str) -> bool:
    """Whether the bot has said this to the person at any time."""
    return any(words in one.shown.text for one in world.phone(who).arrivals)


async def test_the_head_and_the_section_person_alone_read_it(world: World) -> None:
    await report(world)

    for who in ("head", "section"):
        assert world.phone(who).newest.text.startswith("【紧急】")
        assert SEEN in world.phone(who).newest.text
        assert "第十一条" in world.phone(who).newest.text
    for who in ("leader", "bureau", "clerk", "admin", "李爸", "teacher"):
        assert not says(world, who, SEEN)
    assert "已转交" in world.phone("teacher").newest.text
    assert "李一" not in world.phone("teacher").newest.text


async def test_a_slip_of_the_finger_reports_nothing(world: World) -> None:
    await world.to("08:10")
    child = world.county.children["李一"]
    await press(world, "teacher", ChildPress(child, "danger").spell())
    await world.tap("teacher", "点错了")

    assert await record_of(world) is None
    assert not says(world, "head", "【紧急】")


async def test_neither_tasks_nor_the_journal_name_the_child_or_the_reporter(
    world: World,
) -> None:
    await report(world)
    async with world.stage.database.read() as read:
        held = await read.all(select(tasks).where(tasks.c.kind == "danger"), Task)
        lines = (await read.execute(select(journal).where(journal.c.kind.contains("danger")))).rows

    people = world.county.people
    assert [task.owner_id for task in held] == [people["head"], people["section"]]
    assert {(task.student_id, task.school_id, task.case_id) for task in held} == {
        (None, None, None)
    }
    assert [(line.by, line.public) for line in lines] == [(None, "{}")]


async def test_the_receipt_ends_both_tasks_and_the_other_hears(world: World) -> None:
    await report(world)
    await world.tap("section", "已报警，上传回执")
    world.phone("section").say("青公受字〔2026〕12号")
    await world.settle()
    found = await record_of(world)
    async with world.stage.database.read() as read:
        held = await read.all(select(tasks).where(tasks.c.kind == "danger"), Task)

    assert found is not None
    assert (found.state, found.receipt) == ("reported", "青公受字〔2026〕12号")
    assert {task.state for task in held} == {"done"}
    assert "青公受字" in world.phone("head").newest.text
    assert not says(world, "teacher", "青公受字")


@pytest.mark.parametrize("who", ["leader", "teacher", "李爸", "stand_in"])
async def test_nobody_else_opens_it_by_a_key_not_even_a_deputy(world: World, who: str) -> None:
    await report(world)
    async with world.stage.database.work(world.stage.clock.now()) as work:
        stand_in = await add_person(work, world.county, "stand_in", "马丽")
        head, today = world.county.people["head"], world.now.date()
        await work.insert(deputies, Deputy(0, head, stand_in, today, today, head))
    await world.meet("stand_in")
    head_card = world.phone("head").newest
    tap = world.phone(who).touch("已报警，上传回执", on=head_card)
    await world.settle()
    await tap.popup(1.0)
    world.phone(who).say("收到")
    await world.settle()
    found = await record_of(world)

    assert found is not None
    assert found.state == "open"
    assert not says(world, who, "回执")
    world.phone(who).say("/tasks")
    await world.settle()
    assert not says(world, who, "保护孩子")


async def link_of(world: World) -> Guardianship:
    async with world.stage.database.read() as read:
        found = await read.one(select(guardianships), Guardianship)
    assert found is not None
    return found


async def open_flags(world: World) -> None:
    await world.to("08:10")
    await press(world, "teacher", FlagsPress(world.county.children["李一"]).spell())


async def test_no_contact_holds_at_once_and_the_leader_confirms(world: World) -> None:
    await open_flags(world)
    said = await world.tap("teacher", "不联系（安全）·李爸")

    assert "停发" in said
    link = await link_of(world)
    assert (link.flag, link.flag_pending) == (ContactFlag.NO_CONTACT, ContactFlag.NO_CONTACT)
    await world.tap("leader", "确认")
    link = await link_of(world)
    assert (link.flag, link.flag_pending) == (ContactFlag.NO_CONTACT, None)
    assert "已确认" in world.phone("teacher").newest.text
    assert not says(world, "李爸", "联系")


async def test_left_as_it_was_puts_back_the_flag_before(world: World) -> None:
    await open_flags(world)
    await world.tap("teacher", "不联系（安全）·李爸")
    await world.tap("leader", "不改")
    link = await link_of(world)

    assert (link.flag, link.flag_pending) == (ContactFlag.NORMAL, None)


async def test_no_alert_reaches_who_waits_for_no_contact(world: World) -> None:
    await open_flags(world)
    await world.tap("teacher", "不联系（安全）·李爸")
    world.phone("李爸").see_all()
    await world.tap("teacher", "有人没到")
    await world.tap("teacher", "李一")
    await world.tap("teacher", "提交：1人没到")
    await world.tap("teacher", "现在通知")
    await world.to("08:30")

    assert world.phone("李爸").unexpected() == []


async def test_a_changed_mind_takes_the_request_back(world: World) -> None:
    await open_flags(world)
    await world.tap("teacher", "只限紧急·李爸")
    assert (await link_of(world)).flag is ContactFlag.NORMAL
    await world.tap("teacher", "正常·李爸")
    link = await link_of(world)

    assert (link.flag, link.flag_pending) == (ContactFlag.NORMAL, None)
    assert "correction_approval" not in await world.open_tasks("李一")


async def test_neither_the_family_nor_a_leader_sets_a_flag(world: World) -> None:
    await open_flags(world)
    card = world.phone("teacher").newest
    for who in ("leader", "李爸"):
        tap = world.phone(who).touch("不联系（安全）·李爸", on=card)
        await world.settle()
        await tap.popup(1.0)

    assert (await link_of(world)).flag_pending is None


async def test_the_receipts_picture_opens_again_for_both_readers_and_nobody_else(
    world: World,
) -> None:
    await report(world)
    await world.tap("section", "已报警，上传回执")
    world.phone("section").send_photo(a_png(3))
    await world.settle()

    for who in ("section", "head"):
        await world.tap(who, "看回执")
        shown = world.phone(who).newest
        assert shown.file is not None
        assert shown.file.data == a_png(3)
        assert shown.protected
        assert "请勿外传" in shown.text
    tap = world.phone("leader").touch(
        "看回执", on=next(one for one in world.phone("head").messages if one.button("看回执"))
    )
    await world.settle()
    await tap.popup(1.0)
    assert all(one.file is None for one in world.phone("leader").messages)
