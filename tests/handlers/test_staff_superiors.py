from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from rules.decision import Decision
from rules.messages.staff import BulkHeld, OverdueCard, TaskClimbed
from rules.model.attendance import RollCall, RollCallState
from rules.model.case import Task, TaskState
from storage.carrying import carry_out
from storage.database import Database
from storage.tables.attendance import roll_calls
from storage.tables.cases import tasks
from tests.support.databases import KEYS
from tests.support.world import MONDAY, World, a_world

CHILD = "李一"
FRIDAY = date(2026, 9, 11)


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    database = await Database.open(sqlite_url, KEYS)
    async with a_world(database, "10:00", FRIDAY) as found:
        yield found
    await database.close()


async def a_late_task(world: World, kind: str = "watch", **changes: object) -> Task:
    """Due yesterday, told to the leader, who has [处理] under it."""
    now = world.stage.clock.now()
    county = world.county
    task = Task(
        -1,
        kind,
        f"{kind}:1",
        county.people["teacher"],
        now - timedelta(days=2),
        now - timedelta(days=1),
        student_id=county.children[CHILD],
        school_id=county.school_id,
        class_id=county.class_id,
        level=1,
    )
    task = replace(task, **changes)  # type: ignore[arg-type]
    async with world.stage.database.work(now) as work:
        (stored,) = await carry_out(work, Decision((task,)))
    assert isinstance(stored, Task)
    await world.stage.post(TaskClimbed(to=county.people["leader"], item=stored.id))
    await world.settle()
    return stored


async def test_a_pause_asks_for_days_and_a_reason(world: World) -> None:
    await a_late_task(world)
    await world.tap("leader", f"处理·{CHILD}")
    await world.tap("leader", "暂缓几天")
    await world.tap("leader", "2 天")
    assert "请发一句话写明理由" in world.phone("leader").newest.text
    world.phone("leader").say("孩子在外地看病")
    await world.settle()

    task = await world.task("watch")
    assert task.paused_levels == (1,)
    assert task.shift_s == 2 * 86_400
    labels = [one for row in world.phone("leader").newest.labels for one in row]
    assert "暂缓几天" not in labels
    assert "已阅" in labels


async def test_noting_delays_once(world: World) -> None:
    await a_late_task(world)
    await world.tap("leader", f"处理·{CHILD}")

    toast = await world.tap("leader", "已阅")

    assert toast == "已阅"
    assert (await world.task("watch")).noted_levels == (1,)


async def test_nudging_all_reaches_everybody_who_is_late(world: World) -> None:
    await a_late_task(world)
    card = OverdueCard(to=world.county.people["leader"], item=world.county.school_id, round="x")
    await world.stage.post(card)
    await world.settle()

    toast = await world.tap("leader", "全部催一下")

    assert toast == "已催 1 位老师"
    assert "李强请您尽快办一下" in world.phone("teacher").newest.text


async def test_the_overdue_card_opens_one_teachers_tasks(world: World) -> None:
    await a_late_task(world)
    await world.press_menu("leader", "今日全校")
    await world.tap("leader", "王芳　2 项")

    assert [f"催一下·{CHILD}", f"处理·{CHILD}"] in world.phone("leader").newest.labels


async def test_the_bureau_leader_instructs(world: World) -> None:
    task = await a_late_task(world, level=4)
    bureau = world.county.people["bureau"]
    await world.stage.post(TaskClimbed(to=bureau, item=task.id, more={"level": 4}))
    await world.settle()
    assert "青石中心小学" in world.phone("bureau").newest.text
    await world.tap("bureau", f"处理·{CHILD}")
    await world.tap("bureau", "批示")
    world.phone("bureau").say("今天上门")
    await world.settle()
    assert "instructed" in await world.stage.journal()

    await world.to("16:01")
    heard = [shown.text for shown in world.phone("teacher").messages if shown.from_bot]
    assert any("赵刚批示：今天上门" in text for text in heard)


async def test_one_whom_it_has_not_reached_may_not_press(world: World) -> None:
    task = await a_late_task(world)
    await world.stage.post(TaskClimbed(to=world.county.people["bureau"], item=task.id))
    await world.settle()

    toast = await world.tap("bureau", f"处理·{CHILD}")

    assert "没有找到" in toast


async def test_a_plain_task_ends_with_a_tap(world: World) -> None:
    await a_late_task(world)
    await world.press_menu("teacher", "我的待办")
    await world.tap("teacher", f"处理·{CHILD}")
    await world.tap("teacher", "已办好")

    task = await world.task("watch")
    assert (task.state, task.done_by) == (TaskState.DONE, world.county.people["teacher"])
    await world.press_menu("teacher", "我的待办")
    toast = await world.tap("leader", f"处理·{CHILD}")
    assert toast == ""
    assert "✅" in world.phone("leader").newest.text


async def held(world: World) -> RollCall:
    async with world.stage.database.work(world.stage.clock.now()) as work:
        query = select(roll_calls).where(roll_calls.c.on == FRIDAY)
        found = await work.one(query, RollCall)
        assert found is not None
        await work.execute(
            update(tasks).where(tasks.c.kind == "roll_call").values(state="done", next_at=None)
        )
        await work.execute(update(roll_calls).values(state="held", next_at=None))
    await world.stage.post(BulkHeld(to=world.county.people["leader"], item=found.id))
    await world.settle()
    return found


async def test_so_many_are_really_missing(world: World) -> None:
    await held(world)

    await world.tap("leader", "确实缺这么多·三(2)班")

    (roll_call,) = await world.all_of(roll_calls, RollCall)
    assert roll_call.state is RollCallState.RELEASED


async def test_the_teacher_checks_again_and_nobody_is_told(world: World) -> None:
    await held(world)
    before = len(await world.all_of(tasks, Task, kind="roll_call", state="open"))

    await world.tap("leader", "先别通知，再核对·三(2)班")

    (roll_call,) = await world.all_of(roll_calls, RollCall)
    assert roll_call.state is RollCallState.OPEN
    assert before == 0
    assert (await world.task("roll_call")).state is TaskState.OPEN


async def test_a_roll_call_handed_back_late_climbs_as_much_later(world: World) -> None:
    """Handed back at 10:00, an hour after its time: it climbs at 10:30, not at once."""
    roll_call = await held(world)
    late = world.now - roll_call.due_at
    assert late == timedelta(hours=1)

    await world.tap("leader", "先别通知，再核对·三(2)班")

    task = await world.task("roll_call")
    assert (task.due_at, task.shift_s) == (world.now, late.total_seconds())
    await world.to("10:29")
    assert (await world.task("roll_call")).level == 0
    await world.to("10:31")
    assert (await world.task("roll_call")).level == 1


async def test_case_without_a_number_is_explained(world: World) -> None:
    world.phone("leader").say("/case 十二")
    await world.settle()

    assert "/case 12" in world.phone("leader").newest.text
    assert world.now.date() > MONDAY
