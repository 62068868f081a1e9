from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date

import pytest

from rules.child.rollcall import record_absence
from rules.corrections import ask_for_correction
from rules.model.attendance import MarkKind, RollCall, RollCallState
from rules.model.case import CaseState, Task, TaskState
from rules.model.people import Deputy
from rules.model.school import Confirmation, EnrolmentStatus
from storage.database import Database
from storage.tables.attendance import roll_calls
from storage.tables.cases import tasks
from storage.tables.people import deputies
from tests.support.databases import KEYS
from tests.support.world import MONDAY, World, a_world

TUESDAY, WEDNESDAY = date(2026, 9, 8), date(2026, 9, 9)
CHILD = "李一"


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    database = await Database.open(sqlite_url, KEYS)
    async with a_world(database) as found:
        await found.to("08:10")
        yield found
    await database.close()


def newest(world: World, who: str) -> str:
    return world.phone(who).newest.text


async def absent_today(world: World) -> None:
    """李一 is missing; nobody of the family is bound."""
    await world.absent(CHILD)
    await world.to("08:30")


async def suspected(world: World) -> None:
    """李一 has been missing for six school days."""
    for day in (7, 8, 9, 10, 11, 14):
        await world.to("08:10", date(2026, 9, day))
        await world.decide(
            CHILD,
            lambda draft: record_absence(draft, draft.facts.today, "absent", draft.now),
        )
    await world.to("08:20")


async def test_a_climbed_call_shows_the_child_and_opens_its_card(world: World) -> None:
    await absent_today(world)
    await world.to("10:40")
    text = newest(world, "leader")

    await world.tap("leader", f"处理·{CHILD}")

    assert CHILD in text
    assert "三(2)班" in text
    card = newest(world, "leader")
    assert "联系家长" in card
    assert "王芳" in card
    assert world.phone("leader").newest.labels[0] == ["催一下", "我来办", "换人办"]


async def test_undelayed_tasks_offer_neither_pause_nor_note(world: World) -> None:
    await absent_today(world)
    await world.to("10:40")
    await world.tap("leader", f"处理·{CHILD}")

    labels = [one for row in world.phone("leader").newest.labels for one in row]

    assert not {"暂缓几天", "已阅"} & set(labels)


async def test_a_nudge_reaches_the_teacher(world: World) -> None:
    await absent_today(world)
    await world.to("10:40")
    await world.tap("leader", f"处理·{CHILD}")

    toast = await world.tap("leader", "催一下")

    assert toast == "已催王芳"
    assert "李强请您尽快办一下" in newest(world, "teacher")


async def test_taking_over_makes_it_ones_own(world: World) -> None:
    await absent_today(world)
    await world.to("10:40")
    await world.tap("leader", f"处理·{CHILD}")

    await world.tap("leader", "我来办")

    assert (await world.task("call")).owner_id == world.county.people["leader"]
    assert "记录联系" in world.phone("leader").newest.labels[0]
    assert "现在由李强办" in newest(world, "teacher")


async def test_handing_over_offers_the_schools_staff(world: World) -> None:
    await absent_today(world)
    await world.to("10:40")
    await world.tap("leader", f"处理·{CHILD}")
    await world.tap("leader", "换人办")

    toast = await world.tap("leader", "周静")

    assert toast == "已交给周静"
    assert (await world.task("call")).owner_id == world.county.people["clerk"]


async def test_an_outsider_taps_in_vain(world: World) -> None:
    await absent_today(world)
    await world.family("王二", "王爸")
    task = await world.task("call", CHILD)
    before = await world.all_of(tasks, Task)

    for who in ("section", "王爸"):
        world.phone(who).say("/case 1")
    await world.settle()
    for who in ("section", "王爸"):
        assert "没有找到" in newest(world, who)

    assert await world.all_of(tasks, Task) == before
    assert task.state is TaskState.OPEN


async def test_the_status_card_is_confirmed_by_name(world: World) -> None:
    await suspected(world)
    assert "疑似辍学（待确认）" in newest(world, "leader")

    toast = await world.tap("leader", "确认疑似辍学")

    assert toast == "已确认"
    child = await world.child(CHILD)
    assert child.confirmation is Confirmation.CONFIRMED
    assert "✅" in newest(world, "leader")
    await world.to("09:00")
    case = await world.case_of(CHILD)
    assert case is not None
    world.phone("leader").say(f"/case {case.id}")
    await world.settle()
    assert "已确认：李强" in newest(world, "leader")


async def test_an_objection_goes_to_the_section_with_its_evidence(world: World) -> None:
    await suspected(world)
    await world.tap("leader", "有异议")
    world.phone("leader").say("9月10日在校，有监控")
    await world.settle()

    child = await world.child(CHILD)
    assert (child.status, child.confirmation) == (
        EnrolmentStatus.SUSPECTED,
        Confirmation.OBJECTED,
    )
    assert "9月10日在校，有监控" in newest(world, "section")
    await world.tap("section", "撤回，在校")
    world.phone("section").say("看过监控，属实")
    await world.settle()

    child = await world.child(CHILD)
    assert child.status is EnrolmentStatus.ENROLLED
    case = await world.case_of(CHILD)
    assert case is not None
    assert case.state is CaseState.WATCH
    assert "不再列为疑似辍学" in newest(world, "leader")


async def test_an_objection_may_fail(world: World) -> None:
    await suspected(world)
    await world.tap("leader", "有异议")
    world.phone("leader").say("在校")
    await world.settle()
    await world.tap("section", "维持疑似辍学")
    world.phone("section").say("没有依据")
    await world.settle()

    child = await world.child(CHILD)
    assert child.status is EnrolmentStatus.SUSPECTED
    assert child.confirmation is Confirmation.CONFIRMED


async def asked_correction(world: World) -> None:
    await absent_today(world)
    await world.to("10:00", TUESDAY)

    def ask(draft: object) -> None:
        draft.by = world.county.people["teacher"]  # type: ignore[attr-defined]
        ask_for_correction(draft, MONDAY, MarkKind.PRESENT, "点错人了")  # type: ignore[arg-type]

    await world.decide(CHILD, ask)


async def test_a_correction_is_approved(world: World) -> None:
    await asked_correction(world)
    assert "点错人了" in newest(world, "leader")

    await world.tap("leader", "批准")

    task = await world.task("correction_approval")
    assert (task.state, task.outcome) == (TaskState.DONE, "approved")


async def test_a_correction_goes_back_with_a_comment(world: World) -> None:
    await asked_correction(world)
    await world.tap("leader", "退回修改")
    world.phone("leader").say("写清楚在哪里见到")
    await world.settle()

    task = await world.task("correction_approval")
    assert task.state is TaskState.OPEN
    assert "写清楚在哪里见到" in newest(world, "teacher")


async def test_the_second_of_two_taps_is_told_who_was_faster(world: World) -> None:
    await asked_correction(world)
    async with world.stage.database.work(world.stage.clock.now()) as work:
        me = world.county.people
        line = Deputy(0, me["leader"], me["head"], TUESDAY, TUESDAY, me["leader"])
        await work.insert(deputies, line)
    world.phone("head").say("待我审批")
    await world.settle()
    await world.tap("head", f"处理·{CHILD}")
    await world.tap("leader", "批准")

    toast = await world.tap("head", "批准")

    assert "李强 已在 10:00 办过了" in toast
    assert world.phone("head").newest.labels == [["看经过"]]


async def test_the_history_comes_beside_the_card_and_its_keys_stay(world: World) -> None:
    await asked_correction(world)
    world.phone("head").say("待我审批")
    await world.settle()
    await world.tap("head", f"处理·{CHILD}")
    number = world.phone("head").newest.message_id

    await world.tap("head", "看经过")

    history = world.phone("head").newest
    card = next(one for one in world.phone("head").messages if one.message_id == number)
    assert history.message_id != number
    assert ["看经过"] in card.labels
    assert ["看经过"] not in history.labels


async def test_what_a_deputy_does_is_marked(world: World) -> None:
    await asked_correction(world)
    async with world.stage.database.work(world.stage.clock.now()) as work:
        me = world.county.people
        line = Deputy(0, me["leader"], me["head"], TUESDAY, TUESDAY, me["leader"])
        await work.insert(deputies, line)
    world.phone("head").say("/approvals")
    await world.settle()
    await world.tap("head", f"处理·{CHILD}")
    await world.tap("head", "批准")

    task = await world.task("correction_approval")
    assert (task.done_by, task.acting_for) == (
        world.county.people["head"],
        world.county.people["leader"],
    )


async def test_my_tasks_and_the_school_at_a_glance(world: World) -> None:
    await absent_today(world)
    await world.press_menu("teacher", "我的待办")
    assert "联系家长" in newest(world, "teacher")

    await world.to("11:30")
    await world.press_menu("leader", "今日全校")
    texts = [shown.text for shown in world.phone("leader").messages[-2:]]

    assert any("应到 5" in text and "未到 1" in text for text in texts)
    assert any("王芳" in text for text in texts)


async def test_the_leader_takes_a_missing_roll_call(world: World) -> None:
    await world.to("09:31")
    assert "还没点名" in newest(world, "leader")
    await world.tap("leader", "代点名·三(2)班")

    await world.tap("leader", "全到齐了")
    await world.to("09:40")

    (roll_call,) = await world.all_of(roll_calls, RollCall, on=MONDAY)
    assert roll_call.state is RollCallState.RELEASED
    assert roll_call.submitted_by == world.county.people["leader"]


async def test_the_section_hears_the_day_in_one_line(world: World) -> None:
    await absent_today(world)
    await world.to("17:31")

    line = next(t for t in reversed(world.phone("section").messages) if "今日小结" in t.text)

    assert "点名 1/1" in line.text
    assert "未到 1" in line.text
    assert "记录链" in line.text
