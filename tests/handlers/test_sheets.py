from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from rules.model.attendance import Mark
from storage.database import Database
from storage.sheets import taker
from storage.tables.attendance import marks, questions
from tests.support.world import MONDAY, World, a_world

HEADER = "日期,学校,年级,班级,姓名,出勤"
FRIDAY = date(2026, 9, 4)
TUESDAY = MONDAY + timedelta(days=1)


def a_sheet(*rows: tuple[str, str], on: date = MONDAY, header: str = HEADER) -> bytes:
    lines = [f"{on},青石中心小学,三年级,2班,{name},{says}" for name, says in rows]
    return "\n".join([header, *lines]).encode()


async def send(world: World, who: str, content: bytes, name: str = "出勤.csv") -> None:
    world.phone(who).send_document(name, content)
    await world.settle()


async def marks_of(world: World) -> list[Mark]:
    async with world.stage.database.read() as read:
        return await read.all(select(marks).order_by(marks.c.id), Mark)


async def test_a_sheet_takes_the_way_of_the_taps(database: Database) -> None:
    async with a_world(database) as world:
        await world.family("李一", "李爸")
        await world.to("08:10")
        teacher = world.phone("teacher")
        await teacher.expect("应到 5", within=1)

        await send(world, "teacher", a_sheet(("李一", "缺勤"), ("王二", "到校")))
        checked = await teacher.expect("新的 2 行", within=1)
        assert "到校 1，缺勤 1" in checked.text
        assert await marks_of(world) == []

        await world.tap("teacher", "确认")
        assert teacher.messages[-1].text
        await world.to("08:12")
        world.nothing_unexpected("teacher")
        await world.to("08:13")
        await world.phone("李爸").expect("没到校", within=1)
        assert [mark.kind for mark in await marks_of(world)] == ["absent"]


async def test_the_same_sheet_again_changes_nothing(database: Database) -> None:
    async with a_world(database) as world:
        await world.to("08:10")
        for _ in range(2):
            await send(world, "teacher", a_sheet(("李一", "缺勤"), ("王二", "病假")))
            await world.tap("teacher", "确认")
            await world.to("08:20")
        before = await marks_of(world)
        await send(world, "teacher", a_sheet(("李一", "缺勤"), ("王二", "病假")))

        await world.phone("teacher").expect("新的 0 行，已有的 2 行", within=1)
        await world.tap("teacher", "确认")
        await world.phone("teacher").expect("没有新内容", within=1)
        assert await marks_of(world) == before
        assert [mark.claim for mark in before] == [None, "sick"]


async def test_a_child_added_later_goes_out_and_nobody_is_told_twice(database: Database) -> None:
    async with a_world(database) as world:
        await world.family("李一", "李爸")
        await world.family("王二", "王妈")
        await world.to("08:10")
        await send(world, "teacher", a_sheet(("李一", "缺勤")))
        await world.tap("teacher", "确认")
        await world.to("08:20")
        await world.phone("李爸").expect("没到校", within=1)

        await send(world, "teacher", a_sheet(("李一", "缺勤"), ("王二", "缺勤")))
        await world.tap("teacher", "确认")
        await world.to("08:25")

        await world.phone("王妈").expect("没到校", within=1)
        world.nothing_unexpected("teacher")


async def test_a_past_day_is_recorded_and_nobody_is_alerted(database: Database) -> None:
    async with a_world(database, "09:30", on=TUESDAY) as world:
        await world.family("李一", "李爸")
        await send(world, "teacher", a_sheet(("李一", "缺勤"), on=FRIDAY))
        await world.tap("teacher", "确认")
        await world.settle()

        (mark,) = await marks_of(world)
        assert (mark.on, mark.kind) == (FRIDAY, "absent")
        world.nothing_unexpected("teacher", "leader", "section")
        case = await world.case_of("李一")
        assert case is not None
        assert case.first_absent_on == FRIDAY
        async with database.read() as read:
            assert await read.scalars(select(questions.c.id)) == []


async def test_present_on_a_sheet_never_ends_an_open_episode(database: Database) -> None:
    async with a_world(database) as world:
        await world.to("08:10")
        await send(world, "teacher", a_sheet(("李一", "缺勤")))
        await world.tap("teacher", "确认")
        await world.to("08:10", on=TUESDAY)

        await send(world, "teacher", a_sheet(("李一", "到校"), on=TUESDAY))
        await world.tap("teacher", "确认")
        await world.phone("teacher").expect("要有人见到本人才算", within=1)
        await world.to("08:20", on=TUESDAY)

        case = await world.case_of("李一")
        assert case is not None
        assert (case.state, case.counted) == ("open", 2)
        await world.tap("teacher", "见到了")
        assert (await marks_of(world))[-1].seen_by == world.county.people["teacher"]


async def test_a_late_sheet_does_not_blame_those_followed_since(database: Database) -> None:
    async with a_world(database, "08:10", on=TUESDAY) as world:
        await send(world, "teacher", a_sheet(("李一", "缺勤"), on=TUESDAY))
        await world.tap("teacher", "确认")
        await world.to("08:20", on=TUESDAY)
        await send(world, "teacher", a_sheet(("王二", "缺勤"), on=FRIDAY))
        await world.tap("teacher", "确认")
        await world.settle()

        assert len(await marks_of(world)) == 2


async def test_a_claim_of_a_past_day_is_asked_about(database: Database) -> None:
    async with a_world(database, "09:30", on=TUESDAY) as world:
        await send(world, "teacher", a_sheet(("李一", "病假"), on=FRIDAY))
        await world.tap("teacher", "确认")
        await world.settle()
        await world.tap("teacher", "家长来电·李一")

        assert await world.case_of("李一") is None
        assert [mark.claim for mark in await marks_of(world)] == [None]


async def test_a_register_is_refused_and_taken_out_of_the_chat(database: Database) -> None:
    async with a_world(database) as world:
        teacher = world.phone("teacher")
        await send(
            world, "teacher", "姓名,年级,班级,身份证件号\n李一,三年级,2班,9".encode(), "学籍.csv"
        )

        await teacher.expect("不能在聊天里传", within=1)
        (call,) = world.stage.api.calls.of("deleteMessage")
        assert call.ok


async def test_errors_name_row_and_column(database: Database) -> None:
    async with a_world(database) as world:
        content = a_sheet(("李一", "缺勤"), ("没有他", "缺勤"), ("王二", "旷课吗"))
        await send(world, "teacher", content)

        shown = await world.phone("teacher").expect("有问题的 2 处", within=1)
        assert "第 3 行“姓名”：没有找到这名学生" in shown.text
        assert "第 4 行“出勤”" in shown.text


async def test_other_days_and_other_peoples_classes_are_errors(database: Database) -> None:
    async with a_world(database) as world:
        await send(world, "teacher", a_sheet(("李一", "缺勤"), on=date(2026, 9, 6)))
        await world.phone("teacher").expect("不上课", within=1)
        await send(world, "teacher", a_sheet(("李一", "缺勤"), on=TUESDAY))
        await world.phone("teacher").expect("还没到", within=1)
        await send(world, "section", a_sheet(("李一", "缺勤")))
        await world.phone("section").expect("由别人来办", within=1)


async def test_the_clerk_may_and_cancel_leaves_nothing(database: Database) -> None:
    async with a_world(database) as world:
        await world.to("08:10")
        await send(world, "clerk", a_sheet(("李一", "缺勤")))
        await world.tap("clerk", "取消")
        await world.phone("clerk").expect("没有用", within=1)
        await world.to("08:20")

        assert await marks_of(world) == []


async def test_an_import_takes_the_same_function(database: Database) -> None:
    async with a_world(database, "09:30", on=TUESDAY) as world:
        means, county = world.stage.means, world.county
        take = taker(database, means.calendars, means.policy, means.clock.now())
        rows = [(county.children["李一"], "absent")]

        assert await take(county.class_id, FRIDAY, rows)
        assert not await take(county.class_id, FRIDAY, rows)
