"""Notice, report, issue and delivery in the chat: one key in, the record and the answer out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date

import pytest

from rules.model.case import Stage, Task
from rules.model.ladder import Paper, PaperState, Referral, ReferralState, Service, ServiceWay
from rules.model.people import Deputy
from storage.access_log import Look
from storage.database import Database
from storage.tables.cases import tasks
from storage.tables.ladder import papers, referrals, services
from storage.tables.people import deputies
from storage.tables.plumbing import access_log
from tests.support.databases import KEYS
from tests.support.upper import (
    CHILD,
    SEPTEMBER,
    contacted,
    keys,
    newest,
    open_card,
    persuading,
    press,
    ready_for_notice,
    says,
    sends_photo,
    shown_last,
    the_case,
)
from tests.support.world import World, a_world


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    database = await Database.open(sqlite_url, KEYS)
    async with a_world(database) as found:
        yield found
    await database.close()


@pytest.fixture
async def either_world(database: Database) -> AsyncIterator[World]:
    async with a_world(database) as found:
        yield found


async def asked(world: World, words: str | None = None) -> None:
    """The teacher has asked for a notice."""
    await ready_for_notice(world)
    await open_card(world, "teacher", "contact")
    await world.tap("teacher", "申请发通知书")
    if words is None:
        await world.tap("teacher", "不用补充")
    else:
        await says(world, "teacher", words)
    await world.tap("teacher", "确认提交")


async def approved(world: World) -> None:
    """The head has approved it."""
    await asked(world)
    await open_card(world, "head", "notice_approval")
    await world.tap("head", "批准")


async def stamped(world: World) -> None:
    """Its stamped copy is there."""
    await approved(world)
    await open_card(world, "teacher", "notice_service")
    await world.tap("teacher", "上传盖章件")
    await sends_photo(world, "teacher")


async def reported(world: World) -> None:
    """Nobody can be reached, and the teacher has asked to report."""
    await persuading(world)
    await contacted(world)
    await contacted(world, means="visit")
    await open_card(world, "teacher", "contact")
    await world.tap("teacher", "申请上报")
    await world.tap("teacher", "不用补充")
    await world.tap("teacher", "确认提交")


async def signed(world: World) -> None:
    """The head has signed the report."""
    await reported(world)
    await open_card(world, "head", "report_signature")
    await world.tap("head", "批准")


async def acknowledged(world: World) -> None:
    """The section has acknowledged it."""
    await signed(world)
    await open_card(world, "section", "report_acknowledgement")
    await world.tap("section", "签收")


async def issued(world: World) -> None:
    """The bureau leader has issued the papers."""
    await acknowledged(world)
    await open_card(world, "bureau", "joint_issue")
    await world.tap("bureau", "签发")


async def paper(world: World, kind: str) -> Paper:
    return (await world.all_of(papers, Paper, kind=kind))[-1]


# Asking


async def test_the_card_says_what_is_missing_and_offers_nothing_before(world: World) -> None:
    await persuading(world)

    text = await open_card(world, "teacher", "contact")

    assert "申请发通知书还差：联系家长一次；上门家访一次" in text
    assert "申请上报还差：" in text
    assert not {"申请发通知书", "申请上报"} & set(keys(world, "teacher"))


async def test_the_childs_card_offers_it_under_more(world: World) -> None:
    await ready_for_notice(world)
    child = world.county.children[CHILD]
    await press(world, "teacher", f"child:{child}:open")
    assert "申请发通知书" not in keys(world, "teacher")

    await world.tap("teacher", "更多")

    assert "申请发通知书" in keys(world, "teacher")


async def test_only_who_persuades_may_ask(world: World) -> None:
    await ready_for_notice(world)
    child = world.county.children[CHILD]

    toast = await press(world, "leader", f"askstage:{child}:notice")

    assert toast == "这一步由别人来办。"
    assert (await the_case(world)).stage is Stage.PERSUADE


async def test_a_forged_key_is_refused_with_what_is_missing(world: World) -> None:
    await persuading(world)
    child = world.county.children[CHILD]

    assert "还差：联系家长一次" in await press(world, "teacher", f"askstage:{child}:notice")
    assert "还差：" in await press(world, "teacher", f"askstage:{child}:report")
    assert await press(world, "teacher", f"askstage:{child}:other") != ""
    assert (await the_case(world)).stage is Stage.PERSUADE


async def test_asking_says_what_follows_and_hands_it_to_the_head(either_world: World) -> None:
    world = either_world
    await ready_for_notice(world)
    await open_card(world, "teacher", "contact")
    await world.tap("teacher", "申请发通知书")

    confirm = await says(world, "teacher", "家里说要去打工")
    assert "补充说明：家里说要去打工" in confirm
    assert "交校长审批" in confirm
    toast = await world.tap("teacher", "确认提交")

    assert toast == "已交上"
    assert (await the_case(world)).stage is Stage.NOTICE
    notice = await paper(world, "notice")
    assert (notice.words, notice.prepared_by) == (
        "家里说要去打工",
        world.county.people["teacher"],
    )
    assert "等张敏办" in world.phone("teacher").messages[-2].text + newest(world, "teacher")
    head = newest(world, "head")
    for words in ("劝返通知书审批", CHILD, "青石中心小学三(2)班", "9月7日起没到校", "联系 1 次"):
        assert words in head
    assert {"批准", "退回修改", "查看材料"} <= set(keys(world, "head"))


async def test_leaving_the_request_leaves_the_stage(world: World) -> None:
    await ready_for_notice(world)
    await open_card(world, "teacher", "contact")
    await world.tap("teacher", "申请发通知书")

    toast = await world.tap("teacher", "先不提交")

    assert toast == "好，没有提交"
    assert "没有提交" in newest(world, "teacher")
    assert (await the_case(world)).stage is Stage.PERSUADE


async def test_a_request_pressed_twice_has_one_effect(world: World) -> None:
    await ready_for_notice(world)
    await open_card(world, "teacher", "contact")
    await world.tap("teacher", "申请发通知书")
    await world.tap("teacher", "不用补充")
    card = shown_last(world, "teacher")

    for _ in range(2):
        world.phone("teacher").touch("确认提交", on=card)
    await world.settle()

    assert len(await world.all_of(papers, Paper, kind="notice")) == 1
    assert len(await world.all_of(tasks, Task, kind="notice_approval")) == 1


async def test_cancel_leaves_the_flow(world: World) -> None:
    await ready_for_notice(world)
    await open_card(world, "teacher", "contact")
    await world.tap("teacher", "申请发通知书")
    card = shown_last(world, "teacher")
    await says(world, "teacher", "/cancel")

    tap = world.phone("teacher").touch("不用补充", on=card)
    await world.settle()

    assert "过期" in (await tap.popup(1)).text


# Approving


async def test_approving_before_the_draft_is_written_asks_for_patience(world: World) -> None:
    await asked(world)
    notice, task = await paper(world, "notice"), await world.task("notice_approval")
    async with world.stage.database.work(world.stage.clock.now()) as work:
        await work.save(papers, replace(notice, content=None))

    toast = await press(world, "head", f"approval:{task.id}:approve")

    assert toast == "稿子正在生成，过几秒再点。"
    assert (await paper(world, "notice")).state is PaperState.SUBMITTED


async def test_approving_numbers_the_notice_and_asks_the_teacher_to_serve(world: World) -> None:
    await approved(world)

    notice = await paper(world, "notice")
    assert (notice.state, notice.number, notice.approved_by) == (
        PaperState.APPROVED,
        1,
        world.county.people["head"],
    )
    text = await open_card(world, "teacher", "notice_service")
    assert "聊天" not in text
    assert "盖章" in text
    assert "上传盖章件" in keys(world, "teacher")
    assert "当面签收" not in keys(world, "teacher")


async def test_nobody_approves_what_they_prepared(world: World) -> None:
    await asked(world)
    task = await world.task("notice_approval")
    teacher = world.county.people["teacher"]
    async with world.stage.database.work(world.stage.clock.now()) as work:
        await work.save(tasks, replace(task, owner_id=teacher))

    for act in ("approve", "return"):
        assert "自己提交的不能自己批" in await press(world, "teacher", f"approval:{task.id}:{act}")


async def test_somebody_elses_paper_is_not_ones_to_approve(world: World) -> None:
    await asked(world)
    task = await world.task("notice_approval")

    assert await press(world, "clerk", f"approval:{task.id}:approve") == "这一步由别人来办。"
    assert (await paper(world, "notice")).state is PaperState.SUBMITTED


async def test_a_returned_notice_comes_back_with_its_comment_and_goes_up_again(
    world: World,
) -> None:
    await asked(world)
    await open_card(world, "head", "notice_approval")
    await world.tap("head", "退回修改")
    await says(world, "head", "请写明家访日期")

    text = newest(world, "teacher")
    assert "第 1 次退回：请写明家访日期" in text
    assert keys(world, "teacher")[0] == "交校长审批"
    task = await world.task("notice_approval")
    assert "退回" in await press(world, "head", f"approval:{task.id}:approve")
    assert "等王芳改好重新提交" in await open_card(world, "head", "notice_approval")

    await open_card(world, "teacher", "notice_approval")
    await world.tap("teacher", "交校长审批")
    await says(world, "teacher", "9月9日家访过")
    await world.tap("teacher", "确认提交")

    notice = await paper(world, "notice")
    assert (notice.state, notice.returns, notice.words) == (
        PaperState.SUBMITTED,
        1,
        "9月9日家访过",
    )
    assert {"批准", "退回修改"} <= set(keys(world, "head"))


async def test_a_return_needs_words(world: World) -> None:
    await asked(world)
    await open_card(world, "head", "notice_approval")
    await world.tap("head", "退回修改")

    assert "请用一句话写明要改什么" in await sends_photo(world, "head")
    assert (await paper(world, "notice")).state is PaperState.SUBMITTED
    await says(world, "head", "补家访")
    assert (await paper(world, "notice")).state is PaperState.RETURNED


async def test_what_is_underway_is_not_handed_in_again(world: World) -> None:
    await asked(world)
    task = await world.task("notice_approval")

    assert await press(world, "teacher", f"paper:{task.id}:submit") == "这一步由别人来办。"


async def test_two_approvals_race_and_the_loser_hears_who_and_when(either_world: World) -> None:
    world = either_world
    await asked(world)
    await open_card(world, "head", "notice_approval")
    card = shown_last(world, "head")

    first = world.phone("head").touch("批准", on=card)
    second = world.phone("head").touch("批准", on=card)
    await world.settle()

    answers = {(await tap.popup(1)).text for tap in (first, second)}
    assert "张敏 已在 10:00 办过了。" in answers
    assert (await paper(world, "notice")).number == 1
    assert "✅" in newest(world, "head") or "✅" in world.phone("head").messages[-2].text


async def test_the_section_stands_in_one_working_day_after_the_due_time(world: World) -> None:
    await asked(world)
    task = await world.task("notice_approval")
    await world.to("09:59", date(2026, 9, 11))
    assert "代批" not in keys(world, "section")
    toast = await press(world, "section", f"approval:{task.id}:approve")
    assert toast in ("这一步由别人来办。", "没有找到这条记录。")

    await world.to("10:01")
    await open_card(world, "section", "notice_approval")
    await world.tap("section", "代批")

    notice = await paper(world, "notice")
    assert notice.approved_by == world.county.people["section"]
    assert notice.acting_for == world.county.people["head"]


async def test_looking_at_the_papers_is_logged(world: World) -> None:
    await stamped(world)
    await open_card(world, "teacher", "notice_service")
    before = len(await world.all_of(access_log, Look, what="attachment"))

    await world.tap("teacher", "查看材料")

    looks = await world.all_of(access_log, Look, what="attachment")
    assert len(looks) > before
    assert looks[-1].person_id == world.county.people["teacher"]


async def test_a_deputy_of_the_head_approves_in_the_heads_place(world: World) -> None:
    await asked(world)
    county = world.county
    absent, deputy = county.people["head"], county.people["clerk"]
    line = Deputy(0, absent, deputy, SEPTEMBER[2], SEPTEMBER[3], named_by=absent)
    async with world.stage.database.work(world.stage.clock.now()) as work:
        await work.insert(deputies, line)
    await open_card(world, "clerk", "notice_approval")

    await world.tap("clerk", "批准")

    notice = await paper(world, "notice")
    assert (notice.approved_by, notice.acting_for) == (
        county.people["clerk"],
        county.people["head"],
    )


async def test_a_deputy_is_sent_the_card_and_the_draft(world: World) -> None:
    """Both get approvals while the head is away (rules.md 6, Away)."""
    await ready_for_notice(world)
    county = world.county
    absent, deputy = county.people["head"], county.people["clerk"]
    line = Deputy(0, absent, deputy, SEPTEMBER[2], SEPTEMBER[3], named_by=absent)
    async with world.stage.database.work(world.stage.clock.now()) as work:
        await work.insert(deputies, line)
    await world.heard()

    await open_card(world, "teacher", "contact")
    await world.tap("teacher", "申请发通知书")
    await world.tap("teacher", "不用补充")
    await world.tap("teacher", "确认提交")

    await world.hours(0.1)
    told = [one for one in await world.heard() if one.split()[1] in {"head", "clerk"}]
    assert sorted(one.split(maxsplit=1)[1] for one in told) == [
        "clerk paper_card",
        "clerk paper_file",
        "head paper_card",
        "head paper_file",
    ]
    await open_card(world, "clerk", "notice_approval")
    await world.tap("clerk", "批准")
    assert (await paper(world, "notice")).acting_for == absent


# Stamping and serving


async def test_words_instead_of_the_stamped_copy_are_asked_again(world: World) -> None:
    await approved(world)
    await open_card(world, "teacher", "notice_service")
    await world.tap("teacher", "上传盖章件")

    assert "请发盖章后的通知书" in await says(world, "teacher", "盖好了")
    assert (await paper(world, "notice")).stamped_file_id is None

    await sends_photo(world, "teacher")
    assert (await paper(world, "notice")).stamped_file_id is not None
    assert {"当面签收", "拒收见证", "邮寄送达"} <= set(keys(world, "teacher"))


async def test_without_the_stamped_copy_nothing_is_served(world: World) -> None:
    await approved(world)
    task = await world.task("notice_service")

    assert "请先上传盖章件" in await press(world, "teacher", f"paper:{task.id}:signed")


async def test_a_notice_that_was_signed_for(either_world: World) -> None:
    world = either_world
    await stamped(world)
    await world.tap("teacher", "当面签收")
    await world.tap("teacher", "今天")
    assert "谁签收的" in newest(world, "teacher")
    await says(world, "teacher", "李大山，父亲")
    assert "保存" not in keys(world, "teacher")
    ready = await sends_photo(world, "teacher", 2)
    for words in ("当面签收", "9月9日", "李大山，父亲", "送达回证已收到"):
        assert words in ready

    assert await world.tap("teacher", "保存") == "送达已记下"

    (service,) = await world.all_of(services, Service)
    assert (service.way, service.on, service.receiver, service.witnesses) == (
        ServiceWay.SIGNED,
        SEPTEMBER[2],
        "李大山，父亲",
        None,
    )
    case = await the_case(world)
    assert (case.served_on, case.notice_until) == (SEPTEMBER[2], date(2026, 9, 16))
    assert "劝返期限到 9月16日" in newest(world, "teacher")


async def test_a_refusal_needs_two_witnesses(world: World) -> None:
    await stamped(world)
    await world.tap("teacher", "拒收见证")
    await world.tap("teacher", "今天")

    again = await says(world, "teacher", "村主任刘强")
    assert "请写两位见证人" in again
    assert "9月9日" in again
    await says(world, "teacher", "刘强、马丽")
    await sends_photo(world, "teacher", 2)
    await world.tap("teacher", "保存")

    (service,) = await world.all_of(services, Service)
    assert (service.way, service.witnesses) == (ServiceWay.REFUSED, "刘强、马丽")


async def test_a_day_outside_approval_and_today_is_asked_again(world: World) -> None:
    await stamped(world)
    await world.tap("teacher", "邮寄送达")

    for wrong in ("9月8日", "9月30日", "不知道"):
        assert "送达日期应在批准当天到今天之间" in await says(world, "teacher", wrong)
    await world.tap("teacher", "昨天")
    assert "送达日期应在批准当天到今天之间" in newest(world, "teacher")
    await world.tap("teacher", "选日期")
    assert keys(world, "teacher")[0] == "9月9日 周三"
    await world.tap("teacher", "9月9日 周三")

    assert "收件人和快递单号" in newest(world, "teacher")


async def test_the_answers_survive_a_restart_and_a_wrong_answer(world: World) -> None:
    await stamped(world)
    await world.tap("teacher", "当面签收")
    assert "送达日期" in await sends_photo(world, "teacher", 2)
    await says(world, "teacher", "今天")
    await world.restart()
    await says(world, "teacher", "李大山，父亲")
    assert "请发送达回证" in await says(world, "teacher", "在路上")
    world.phone("teacher").send_document("x.exe", b"MZ" + b"\0" * 64)
    await world.settle()
    assert "这种文件收不了" in newest(world, "teacher")

    ready = await sends_photo(world, "teacher", 2)

    for words in ("9月9日", "李大山，父亲"):
        assert words in ready


async def test_leaving_the_service_records_nothing(world: World) -> None:
    await stamped(world)
    await world.tap("teacher", "当面签收")
    await world.tap("teacher", "今天")

    assert await world.tap("teacher", "不记了") == "好，没有提交"

    assert await world.all_of(services, Service) == []
    assert "送达没有记下" in newest(world, "teacher")


async def test_saving_twice_serves_once(world: World) -> None:
    await stamped(world)
    await world.tap("teacher", "当面签收")
    await world.tap("teacher", "今天")
    await says(world, "teacher", "李大山，父亲")
    await sends_photo(world, "teacher", 2)
    card = shown_last(world, "teacher")

    for _ in range(2):
        world.phone("teacher").touch("保存", on=card)
    await world.settle()

    assert len(await world.all_of(services, Service)) == 1


async def test_somebody_else_serves_nothing(world: World) -> None:
    await stamped(world)
    task = await world.task("notice_service")

    for act in ("signed", "stamp"):
        assert await press(world, "clerk", f"paper:{task.id}:{act}") == "这一步由别人来办。"
    assert await press(world, "teacher", f"paper:{task.id}:nonsense") != ""


# The report


async def test_the_report_goes_to_head_section_and_bureau(world: World) -> None:
    await reported(world)
    assert (await the_case(world)).stage is Stage.REPORT
    assert "书面报告待签字" in newest(world, "head")
    await open_card(world, "head", "report_signature")
    await world.tap("head", "批准")
    assert (await paper(world, "report")).state is PaperState.APPROVED

    text = newest(world, "section")
    for words in ("书面报告待签收", "青石中心小学", "家访：去过", "没联系上"):
        assert words in text
    assert keys(world, "section")[:2] == ["签收", "退回补充"]
    await open_card(world, "section", "report_acknowledgement")
    assert await world.tap("section", "签收") == "已签收，转入联动劝返"

    assert (await the_case(world)).stage is Stage.JOINT
    assert "联动劝返材料待签发" in newest(world, "bureau")


async def test_the_section_sends_the_report_back_and_the_teacher_completes_it(
    world: World,
) -> None:
    await signed(world)
    await open_card(world, "section", "report_acknowledgement")
    await world.tap("section", "退回补充")
    await says(world, "section", "缺家访照片")

    assert "缺家访照片" in newest(world, "head")
    assert "批准" not in keys(world, "head")
    assert keys(world, "teacher")[0] == "交校长审批"
    await world.tap("teacher", "交校长审批")
    await world.tap("teacher", "不用补充")
    await world.tap("teacher", "确认提交")
    await open_card(world, "head", "report_signature")
    await world.tap("head", "批准")

    assert {"签收", "退回补充"} <= set(keys(world, "section"))
    assert (await paper(world, "report")).returns == 1


async def test_the_section_has_its_list(world: World) -> None:
    await signed(world)

    assert "书面报告待签收" in await says(world, "section", "待签收")
    assert keys(world, "section") == [f"处理·{CHILD}"]
    assert "没有等您签收的" not in newest(world, "section")


async def test_the_head_has_the_papers_among_the_approvals(world: World) -> None:
    await asked(world)

    assert "劝返通知书审批" in await says(world, "head", "待我审批")


async def test_my_tasks_name_the_new_kinds(world: World) -> None:
    await approved(world)

    assert "送达劝返通知书" in await says(world, "teacher", "/tasks")


# Issue and delivery


async def test_issued_papers_are_the_sections_to_deliver(either_world: World) -> None:
    world = either_world
    await issued(world)

    assert {one.state for one in await world.all_of(papers, Paper)} == {PaperState.APPROVED}
    text = await open_card(world, "section", "township_delivery")
    assert "送往：青石乡" in text
    await world.tap("section", "已送乡镇")
    assert "请发回执" in await says(world, "section", "送了")
    await sends_photo(world, "section", 3)
    (referral,) = await world.all_of(referrals, Referral)
    assert (referral.state, referral.sent_by) == (
        ReferralState.SENT,
        world.county.people["section"],
    )
    assert referral.receipt_file_id is not None

    await open_card(world, "section", "county_delivery")
    await world.tap("section", "已报县政府")
    await sends_photo(world, "section", 4)
    assert (await paper(world, "county")).stamped_file_id is not None
    assert (await world.task("county_delivery")).outcome == "sent"


async def test_the_bureau_leader_sends_back_and_the_section_hands_in_again(world: World) -> None:
    await acknowledged(world)
    await open_card(world, "bureau", "joint_issue")
    await world.tap("bureau", "退回修改")
    await says(world, "bureau", "请写明法律依据")

    assert keys(world, "section")[0] == "重新提交"
    task = await world.task("joint_issue")
    assert "退回" in await press(world, "bureau", f"approval:{task.id}:approve")
    await open_card(world, "section", "joint_issue")
    await world.tap("section", "重新提交")
    await says(world, "section", "已补义务教育法第十一条")
    await world.tap("section", "确认提交")
    await open_card(world, "bureau", "joint_issue")
    await world.tap("bureau", "签发")

    assert {one.state for one in await world.all_of(papers, Paper)} == {PaperState.APPROVED}


async def test_only_the_section_delivers(world: World) -> None:
    await issued(world)
    task = await world.task("township_delivery")

    assert await press(world, "head", f"paper:{task.id}:sent") == "这一步由别人来办。"
    assert await press(world, "section", f"paper:{task.id}:stamp") != ""


async def test_a_card_of_a_task_that_has_ended_shows_the_present(world: World) -> None:
    await asked(world)
    await open_card(world, "head", "notice_approval")
    card = shown_last(world, "head")
    await open_card(world, "head", "notice_approval")
    await world.tap("head", "批准")

    tap = world.phone("head").touch("退回修改", on=card)
    await world.settle()

    assert "张敏 已在" in (await tap.popup(1)).text
    shown = next(one for one in world.phone("head").messages if one.message_id == card.message_id)
    assert "✅" in shown.text
    assert "批准" not in [one for row in shown.labels for one in row]


# Where the case stands


async def test_the_leader_reads_where_the_case_stands_and_whose_turn_it_is(world: World) -> None:
    await asked(world)

    lines = [one.text for one in world.phone("leader").messages if "到了〔" in one.text]

    assert "李一（三(2)班）" in lines[-1]
    assert "〔劝返通知书〕" in lines[-1]
    assert "王芳提交" in lines[-1]
    assert "劝返通知书审批（张敏" in lines[-1]


async def test_the_history_names_what_happened_on_paper(world: World) -> None:
    await approved(world)
    case = await the_case(world)

    text = await says(world, "head", f"/case {case.id}")

    assert "批准并编号：劝返通知书　张敏" in text
    assert "进入下一阶段：劝返通知书　王芳" in text
