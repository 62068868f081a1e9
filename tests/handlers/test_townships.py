"""A township's contact in the chat: the list, the pop-ups, the log, and what stays closed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from rules.model.case import Contact
from rules.model.ladder import ReferralState
from rules.model.people import Deputy, Invite, Post, Role
from rules.model.school import Student
from storage.access_log import Look
from storage.database import Database
from storage.lookups import code_hash
from storage.tables.cases import contacts
from storage.tables.people import deputies, invites, posts
from storage.tables.plumbing import access_log
from storage.tables.school import students
from tests.scenarios.test_townships import at_the_township, the_lines
from tests.support.county import add_person
from tests.support.databases import KEYS
from tests.support.upper import CHILD, keys, newest, open_card, press, says
from tests.support.world import World, a_world

OTHERS = "这一步由别人来办。"


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    """李一's case is at the township, whose contact has not answered."""
    database = await Database.open(sqlite_url, KEYS)
    async with a_world(database) as found:
        async with database.work(found.stage.clock.now()) as work:
            query = select(students).where(students.c.id == found.county.children[CHILD])
            child = await work.one(query, Student)
            assert child is not None
            await work.save(students, replace(child, address="青石乡河口村3号"))
        await at_the_township(found)
        yield found
    await database.close()


async def test_the_list_names_state_and_next_due_and_opens_the_card(world: World) -> None:
    assert ["我的个案"] in world.phone("township").keyboard
    await world.press_menu("township", "我的个案")
    text = newest(world, "township")
    assert CHILD in text
    assert "乡镇接收" in text
    assert "9月14日" in text
    await world.press_menu("township", "/cases")
    assert newest(world, "township") == text
    await world.tap("township", f"处理·{CHILD}")
    assert "〔接收〕" in newest(world, "township")

    await world.press_menu("teacher", "/cases")
    assert newest(world, "teacher") != text


async def test_the_card_says_what_and_by_when_and_no_more_than_it_must(world: World) -> None:
    text = await open_card(world, "township", "township_acceptance")
    lines = [line for line in text.splitlines() if line]
    assert lines[1].startswith("县教体局把这个孩子的劝返工作通报给青石乡")
    assert "请在 9月14日" in lines[1]
    assert "三(2)班" in text
    assert "没联系上" in text
    assert "河口村" not in text
    assert "139" not in text
    assert {"接收", "不属本乡镇", "显示地址", "显示号码", "请学校同去"} <= set(
        keys(world, "township")
    )


async def test_number_and_address_are_pop_ups_and_each_look_is_on_record(world: World) -> None:
    await open_card(world, "township", "township_acceptance")
    assert "河口村3号" in await world.tap("township", "显示地址")
    await world.tap("township", "显示号码")
    looks = await world.all_of(access_log, Look, person_id=world.county.people["township"])
    assert {"address", "phone"} <= {one.what for one in looks}
    assert "河口村" not in newest(world, "township")


@pytest.mark.parametrize("act", ["open", "more", "arrived", "correct", "files"])
async def test_what_the_school_knows_stays_closed(world: World, act: str) -> None:
    child = world.county.children[CHILD]
    assert await press(world, "township", f"child:{child}:{act}") == OTHERS


async def test_a_name_is_needed_and_a_reason_is_needed(world: World) -> None:
    await open_card(world, "township", "township_acceptance")
    await world.tap("township", "接收")
    assert "负责人" in await says(world, "township", "   ")
    (line,) = await the_lines(world)
    assert line.state is ReferralState.SENT
    await says(world, "township", "赵强，副乡长")
    (line,) = await the_lines(world)
    assert (line.state, line.responsible) == (ReferralState.ACCEPTED, "赵强，副乡长")


async def test_an_answered_card_is_too_late_for_another_answer(world: World) -> None:
    task = await world.task("township_acceptance", CHILD)
    await open_card(world, "township", "township_acceptance")
    await world.tap("township", "接收")
    await says(world, "township", "赵强")
    assert "township何" in await press(world, "township", f"township:{task.id}:decline")
    (line,) = await the_lines(world)
    assert line.state is ReferralState.ACCEPTED


async def test_nobody_else_answers_for_the_township(world: World) -> None:
    task = await world.task("township_acceptance", CHILD)
    for who in ("teacher", "head", "section"):
        await press(world, who, f"township:{task.id}:accept")
        await says(world, who, "赵强")
    (line,) = await the_lines(world)
    assert line.state is ReferralState.SENT


async def test_a_deputy_logs_in_the_contacts_place(world: World) -> None:
    await open_card(world, "township", "township_acceptance")
    await world.tap("township", "接收")
    await says(world, "township", "赵强")
    absent, today = world.county.people["township"], world.now.date()
    async with world.stage.database.work(world.stage.clock.now()) as work:
        deputy = await add_person(work, world.county, "deputy", "吴平")
        await work.insert(posts, Post(0, deputy, Role.TOWNSHIP, world.county.township_id))
        await work.insert(deputies, Deputy(0, absent, deputy, today, today, absent))
    await world.meet("deputy")
    first = await world.task("joint_contact", CHILD)
    await open_card(world, "deputy", "joint_contact")
    await world.tap("deputy", "记录劝返")
    await world.tap("deputy", "没打通")

    logged = (await world.all_of(contacts, Contact))[-1]
    assert (logged.by, logged.acting_for) == (deputy, absent)
    assert (await world.task("joint_contact", CHILD)).id != first.id
    (line,) = await the_lines(world)
    assert line.last_contact_at == logged.at


async def test_a_code_opens_the_bot_with_the_key_of_the_township(world: World) -> None:
    database, code = world.stage.database, "a-code-of-22-characters"
    async with database.work(world.stage.clock.now()) as work:
        person = await add_person(work, world.county, "new", "吴敏", is_bound=False)
        await work.insert(posts, Post(0, person, Role.TOWNSHIP, world.county.township_id))
        hashed, until = code_hash(database.vault, code), work.now + timedelta(days=14)
        await work.insert(invites, Invite(0, hashed, person, None, work.now, until))
    phone = world.stage.api.person("吴敏的手机")
    phone.start(code)
    await world.settle()

    assert "青石乡 乡镇联系人" in phone.newest.text
    assert ["我的个案"] in phone.keyboard
    assert "cases" in {one["command"] for one in phone.commands}
