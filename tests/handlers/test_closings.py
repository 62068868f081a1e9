"""An ending without a return, in the chat: one key in, the record and the answer out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from rules.model.case import CaseState, Stage
from rules.model.ladder import Closing, ClosingReason, ClosingState
from rules.model.people import Deputy, Person
from rules.model.school import EnrolmentStatus, Unit
from storage.access_log import Look
from storage.database import Database
from storage.tables.cases import cases
from storage.tables.ladder import closings
from storage.tables.people import deputies, people
from storage.tables.plumbing import access_log
from storage.tables.school import units
from tests.support.closing import (
    ELSEWHERE,
    another_school,
    asks_to_close,
    hands_in,
    newest_closing,
    opens_more,
    to_the_other_school,
)
from tests.support.databases import KEYS
from tests.support.upper import (
    CHILD,
    SEPTEMBER,
    keys,
    missing_until,
    newest,
    open_card,
    persuading,
    press,
    says,
    sends_photo,
    the_case,
)
from tests.support.world import World, a_world

OLD = "这个按钮已经过期，请打开最新的一条。"


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    database = await Database.open(sqlite_url, KEYS)
    async with a_world(database) as found:
        await persuading(found)
        yield found
    await database.close()


@pytest.fixture
async def either_world(database: Database) -> AsyncIterator[World]:
    async with a_world(database) as found:
        await persuading(found)
        yield found


async def requests(world: World) -> list[Closing]:
    return await world.all_of(closings, Closing)


# Asking


@pytest.mark.parametrize(
    ("label", "reason"),
    [
        ("学籍重复", ClosingReason.DUPLICATE),
        ("不是我校学生", ClosingReason.NOT_OURS),
        ("身份信息错了", ClosingReason.IDENTITY_ERROR),
        ("已转学", ClosingReason.TRANSFERRED),
        ("出国（境）", ClosingReason.ABROAD),
        ("休学", ClosingReason.SUSPENSION),
        ("送教上门", ClosingReason.HOME_TEACHING),
        ("已毕业", ClosingReason.GRADUATED),
        ("已超龄", ClosingReason.OVER_AGE),
        ("孩子去世", ClosingReason.DECEASED),
    ],
)
async def test_every_reason_of_the_list_can_be_asked_for(
    world: World, label: str, reason: ClosingReason
) -> None:
    is_suspension = reason is ClosingReason.SUSPENSION
    await hands_in(world, label, until="2027年1月22日" if is_suspension else None)

    (request,) = await requests(world)
    assert (request.reason, request.state) == (reason, ClosingState.AT_HEAD)
    assert request.proof_file_id is not None
    assert request.asked_by == world.county.people["teacher"]
    assert request.until_on == (date(2027, 1, 22) if is_suspension else None)
    assert "等张敏审批" in newest(world, "teacher")


async def test_a_fault_of_the_register_takes_three_taps_and_a_photo(world: World) -> None:
    await opens_more(world, "teacher")
    await world.tap("teacher", "申请结案")
    assert "名册有误：学籍重复" in newest(world, "teacher")
    await world.tap("teacher", "不是我校学生")
    assert "学籍系统的截图" in newest(world, "teacher")
    await sends_photo(world, "teacher")
    await world.tap("teacher", "提交")
    assert [one.reason for one in await requests(world)] == [ClosingReason.NOT_OURS]


async def test_words_prove_nothing_and_are_asked_for_again(world: World) -> None:
    await asks_to_close(world, "出国（境）")

    assert "请发证明的照片或文件" in await says(world, "teacher", "真的出国了")
    assert "提交" not in keys(world, "teacher")
    assert await press(world, "teacher", "closing:submit:") == OLD
    assert await requests(world) == []

    assert "📎 证明已收到" in await sends_photo(world, "teacher")
    assert "说明：随父亲去了国外" in await says(world, "teacher", "随父亲去了国外")
    await world.tap("teacher", "提交")
    assert (await newest_closing(world)).words == "随父亲去了国外"


async def test_a_suspension_asks_for_its_end_first(world: World) -> None:
    await asks_to_close(world, "休学")

    assert "休学到哪天" in newest(world, "teacher")
    assert "休学到哪天" in await says(world, "teacher", "2026年9月1日")
    assert "休学到哪天" in await sends_photo(world, "teacher")
    assert "请发证明" in await says(world, "teacher", "3月1日")
    await sends_photo(world, "teacher")
    await world.tap("teacher", "提交")
    assert (await newest_closing(world)).until_on == date(2027, 3, 1)


async def test_another_reason_starts_anew_and_not_now_leaves_nothing(world: World) -> None:
    await asks_to_close(world, "休学")
    await says(world, "teacher", "2027年1月22日")
    await press(world, "teacher", "closing:reason:abroad")
    assert "2027" not in newest(world, "teacher")

    await world.tap("teacher", "先不提交")
    assert "没有提交" in newest(world, "teacher")
    assert await requests(world) == []
    assert await press(world, "teacher", "closing:submit:") == OLD


async def test_one_request_at_a_time(world: World) -> None:
    await hands_in(world)

    await opens_more(world, "teacher")
    assert "申请结案" not in keys(world, "teacher")
    child = world.county.children[CHILD]
    toast = await press(world, "teacher", f"askclose:{child}")
    assert toast == "结案申请已经交上去了，正在等批。"
    assert len(await requests(world)) == 1


@pytest.mark.parametrize("who", ["teacher", "clerk", "leader", "head"])
async def test_who_may_ask_finds_it_on_the_case(world: World, who: str) -> None:
    case = await the_case(world)
    await press(world, who, f"case:{case.id}:0")
    assert "申请结案" in keys(world, who)
    await world.tap(who, "申请结案")
    assert "为什么结案" in newest(world, who)


async def test_nobody_else_may(world: World) -> None:
    await another_school(world)
    child = world.county.children[CHILD]
    assert await press(world, "head2", f"askclose:{child}") == "没有找到这条记录。"
    await missing_until(world, *SEPTEMBER[3:6])
    assert await press(world, "section", f"askclose:{child}") == "这一步由别人来办。"
    assert await requests(world) == []


# Deciding


async def test_the_head_sees_reason_and_proof_and_the_case_ends(either_world: World) -> None:
    world = either_world
    await hands_in(world)
    text = newest(world, "head")
    assert "王芳" in text
    assert "重复学籍" in text
    assert {"批准", "退回修改", "查看材料"} <= set(keys(world, "head"))

    await world.tap("head", "查看材料")
    looks = await world.all_of(access_log, Look, what="attachment")
    assert [one.person_id for one in looks] == [world.county.people["head"]]
    await open_card(world, "head", "closing_approval")
    await world.tap("head", "批准")

    assert (await the_case(world)).state is CaseState.CLOSED
    assert (await newest_closing(world)).state is ClosingState.GRANTED
    assert (await world.child(CHILD)).status is EnrolmentStatus.LEFT
    assert "已结案：重复学籍" in newest(world, "teacher")


async def test_sent_back_with_a_comment_it_may_be_asked_again(world: World) -> None:
    await hands_in(world)
    await open_card(world, "head", "closing_approval")
    await world.tap("head", "退回修改")
    await says(world, "head", "截图看不清")

    assert (await newest_closing(world)).comment == "截图看不清"
    assert "已退回：截图看不清" in newest(world, "teacher")
    assert (await the_case(world)).state is CaseState.OPEN
    await hands_in(world)
    assert len(await requests(world)) == 2


async def test_what_the_head_asks_for_the_section_decides(world: World) -> None:
    await hands_in(world, who="head")
    task = await world.task("closing_approval")
    assert task.owner_id == world.county.people["section"]
    assert await press(world, "head", f"approval:{task.id}:approve") in (
        "自己提交的不能自己批，请上一级来批。",
        "这一步由别人来办。",
    )
    await open_card(world, "section", "closing_approval")
    await world.tap("section", "批准")
    assert (await the_case(world)).state is CaseState.CLOSED


async def test_two_persons_on_one_phone_do_not_approve_their_own(world: World) -> None:
    await hands_in(world)
    async with world.stage.database.work(world.stage.clock.now()) as work:
        head = await work.one(
            select(people).where(people.c.id == world.county.people["head"]), Person
        )
        assert head is not None
        await work.save(people, replace(head, chat_id=world.county.chat_of("teacher")))
    task = await world.task("closing_approval")
    await press(world, "teacher", f"approval:{task.id}:approve")
    assert (await newest_closing(world)).state is ClosingState.AT_HEAD


async def test_a_deputy_who_asked_cannot_approve_for_the_head(world: World) -> None:
    await hands_in(world)
    async with world.stage.database.work(world.stage.clock.now()) as work:
        head, teacher = world.county.people["head"], world.county.people["teacher"]
        today = world.now.date()
        await work.insert(deputies, Deputy(0, head, teacher, today, today, head))
    task = await world.task("closing_approval")
    toast = await press(world, "teacher", f"approval:{task.id}:approve")
    assert toast == "自己提交的不能自己批，请上一级来批。"
    assert (await newest_closing(world)).state is ClosingState.AT_HEAD


# The receiving school


async def test_the_receiving_school_is_found_by_a_part_of_its_name(world: World) -> None:
    school_id = await another_school(world)
    await asks_to_close(world, "已转学")
    await world.tap("teacher", "县内学校")
    assert "没找到这所学校" in await says(world, "teacher", "红旗")
    assert "没找到这所学校" in await says(world, "teacher", "青石")  # one's own
    assert "是哪一所" in await says(world, "teacher", "白 石")
    await world.tap("teacher", ELSEWHERE)
    assert "提交后先请白石小学确认" in newest(world, "teacher")
    await world.tap("teacher", "提交")

    request = await newest_closing(world)
    assert (request.state, request.receiving_id) == (ClosingState.AT_RECEIVER, school_id)
    assert request.proof_file_id is None
    task = await world.task("transfer_confirm")
    assert (task.owner_id, task.school_id) == (world.county.people["clerk2"], school_id)


async def test_a_school_that_was_merged_away_is_not_offered(world: World) -> None:
    school_id = await another_school(world)
    async with world.stage.database.work(world.stage.clock.now()) as work:
        school = await work.one(select(units).where(units.c.id == school_id), Unit)
        assert school is not None
        await work.save(units, replace(school, merged_into_id=world.county.school_id))
    await asks_to_close(world, "已转学")
    await world.tap("teacher", "县内学校")
    assert "没找到这所学校" in await says(world, "teacher", "白石")
    toast = await press(world, "teacher", f"closing:school:{school_id}")
    assert toast == OLD


@pytest.mark.parametrize("who", ["clerk2", "head2"])
async def test_clerk_or_head_there_confirm_and_the_head_here_decides(
    either_world: World, who: str
) -> None:
    world = either_world
    await another_school(world)
    await to_the_other_school(world)
    text = newest(world, "clerk2")
    assert "青石中心小学" in text
    assert CHILD in text
    await open_card(world, who, "transfer_confirm")
    assert keys(world, who)[:2] == ["在我校就读", "不在我校"]
    await world.tap(who, "在我校就读")

    request = await newest_closing(world)
    assert (request.state, request.confirmed_by) == (
        ClosingState.AT_HEAD,
        world.county.people[who],
    )
    assert "白石小学" in await open_card(world, "head", "closing_approval")
    assert "查看材料" not in keys(world, "head")
    await world.tap("head", "批准")
    assert (await world.child(CHILD)).status is EnrolmentStatus.TRANSFERRED


async def test_not_there_and_whoever_asked_hears_it(world: World) -> None:
    await another_school(world)
    await to_the_other_school(world)
    task = await world.task("transfer_confirm")
    await open_card(world, "clerk2", "transfer_confirm")
    await world.tap("clerk2", "不在我校")

    assert "白石小学说孩子不在该校" in newest(world, "teacher")
    assert (await newest_closing(world)).state is ClosingState.REFUSED
    assert (await the_case(world)).state is CaseState.OPEN
    await press(world, "head2", f"transfer:{task.id}:here")
    assert (await newest_closing(world)).state is ClosingState.REFUSED


async def test_the_sending_school_cannot_answer_for_the_other(world: World) -> None:
    await another_school(world)
    await to_the_other_school(world)
    task = await world.task("transfer_confirm")
    for who in ("teacher", "head", "clerk", "leader"):
        await press(world, who, f"transfer:{task.id}:here")
    assert (await newest_closing(world)).state is ClosingState.AT_RECEIVER


async def test_without_a_clerk_the_head_there_is_asked(world: World) -> None:
    await another_school(world, with_clerk=False)
    await to_the_other_school(world)
    assert (await world.task("transfer_confirm")).owner_id == world.county.people["head2"]


# Reopening


async def closed(world: World) -> int:
    await hands_in(world)
    await open_card(world, "head", "closing_approval")
    await world.tap("head", "批准")
    return (await the_case(world)).id


async def test_the_head_reopens_with_a_reason(world: World) -> None:
    number = await closed(world)
    await press(world, "head", f"case:{number}:0")
    await world.tap("head", "重新打开")
    assert "为什么重新打开" in newest(world, "head")
    await says(world, "head", "核实后人在村里")

    case = await the_case(world)
    assert (case.id, case.state, case.stage, case.round) == (
        number,
        CaseState.OPEN,
        Stage.PERSUADE,
        2,
    )
    assert "已结案" not in newest(world, "head")


@pytest.mark.parametrize("who", ["teacher", "leader", "clerk"])
async def test_nobody_else_reopens(world: World, who: str) -> None:
    number = await closed(world)
    await press(world, who, f"case:{number}:0")
    assert "重新打开" not in keys(world, who)
    assert await press(world, who, f"reopen:{number}") == "这一步由别人来办。"


async def test_an_open_case_is_not_reopened(world: World) -> None:
    case = await the_case(world)
    await press(world, "head", f"case:{case.id}:0")
    assert "重新打开" not in keys(world, "head")
    assert await press(world, "head", f"reopen:{case.id}") == OLD


async def test_only_the_newest_case_of_a_child_is_reopened(world: World) -> None:
    number = await closed(world)
    case = await the_case(world)
    async with world.stage.database.work(world.stage.clock.now()) as work:
        await work.insert(cases, replace(case, id=0, version=1))
    await press(world, "head", f"case:{number}:0")
    assert "重新打开" not in keys(world, "head")
    assert await press(world, "head", f"reopen:{number}") == OLD
