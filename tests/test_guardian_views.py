"""The messages that families hear after the first one, and when they are not sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from rules.messages.base import Message
from rules.messages.guardians import (
    RepliesMayBeMissing,
    StillIll,
    TeacherVisited,
    WeeklyTotal,
)
from rules.model.attendance import Leave, Mark, Question, Reply
from rules.model.people import ContactFlag, Guardianship, Person
from storage.database import Database
from storage.outbox import State
from storage.tables.attendance import leaves, marks, questions, replies
from storage.tables.people import guardianships, people
from tests.handlers.families import absent, all_of, card, labels
from tests.support.world import World, a_world

TUESDAY, WEDNESDAY = date(2026, 9, 8), date(2026, 9, 9)
SIX = ["生病了", "家里有事", "在路上", "已出门上学", "请老师打电话", "其他情况"]
FORBIDDEN = ("监护人", "劝返", "个案")


async def post(world: World, *messages: Message) -> None:
    await world.stage.post(*messages)
    await world.settle()


async def family_of_one(world: World) -> None:
    await world.family("李一", "李爸")
    await absent(world, "李一")


async def test_an_hour_later_the_same_keys_and_a_shorter_text(database: Database) -> None:
    async with a_world(database) as world:
        await family_of_one(world)
        first = card(world, "李爸")
        await world.to("09:11")

        assert "老师再问一声" in card(world, "李爸")
        assert "9月7日没到校" in card(world, "李爸")
        assert len(card(world, "李爸")) < len(first)
        assert labels(world, "李爸") == SIX


async def test_words_of_the_family_make_the_second_alert_needless(database: Database) -> None:
    async with a_world(database) as world:
        await family_of_one(world)
        world.phone("李爸").say("发烧了")
        await world.to("10:30")

        assert not any("再问一声" in one.text for one in world.phone("李爸").messages)


async def test_a_family_that_was_alerted_hears_of_the_arrival(database: Database) -> None:
    async with a_world(database) as world:
        await family_of_one(world)
        await world.tap("teacher", "已到校·李一")

        assert card(world, "李爸") == "9月7日：您家孩子已经到校，请放心。"


async def test_the_welcome_can_be_contradicted_for_one_school_day(database: Database) -> None:
    async with a_world(database) as world:
        await family_of_one(world)
        await world.to("08:12", TUESDAY)
        await world.tap("teacher", "见到了·李一")
        await world.tap("teacher", "全到齐了")
        await world.to("08:20", TUESDAY)
        assert card(world, "李爸") == "您家孩子9月8日到校了，欢迎回来！"
        assert labels(world, "李爸") == ["孩子没去"]
        await world.tap("李爸", "孩子没去")

        newest = (await all_of(world, marks, Mark))[-1]
        assert newest.void
        assert "没去学校" in card(world, "李爸")
        assert any("【紧急】" in one.text for one in world.phone("teacher").messages)


async def test_a_welcome_of_long_ago_contradicts_nothing(database: Database) -> None:
    async with a_world(database) as world:
        await family_of_one(world)
        await world.to("08:12", TUESDAY)
        await world.tap("teacher", "见到了·李一")
        await world.tap("teacher", "全到齐了")
        await world.to("12:00", WEDNESDAY)
        before = await all_of(world, marks, Mark)

        assert "过期" in await world.tap("李爸", "孩子没去")
        assert await all_of(world, marks, Mark) == before


async def test_a_granted_leave_is_told(database: Database) -> None:
    async with a_world(database) as world:
        await family_of_one(world)
        await world.tap("李爸", "生病了")
        await world.tap("李爸", "明天来")
        await world.tap("teacher", "准假·李一")

        assert card(world, "李爸") == "老师准假了：您家孩子9月7日起请假，9月8日（周二）来上学。"


async def test_a_running_illness_is_asked_about(database: Database) -> None:
    async with a_world(database) as world:
        await family_of_one(world)
        await world.tap("李爸", "生病了")
        await world.tap("李爸", "还不确定")
        (leave,) = await all_of(world, leaves, Leave)
        await world.to("08:05", WEDNESDAY)
        father = world.county.people["李爸"]
        child = world.county.children["李一"]
        await post(
            world,
            StillIll(to=father, item=leave.id, round=WEDNESDAY.isoformat(), student_id=child),
        )
        assert labels(world, "李爸") == ["今天能来", "还没好", "请老师打电话"]
        await world.tap("李爸", "还没好")
        assert labels(world, "李爸") == ["明天来", "后天来", "下周来", "还不确定"]
        await world.tap("李爸", "后天来")

        (leave,) = await all_of(world, leaves, Leave)
        assert leave.back_on == date(2026, 9, 11)
        assert "9月11日（周五）来上学" in card(world, "李爸")


async def test_who_is_better_comes_today(database: Database) -> None:
    async with a_world(database) as world:
        await family_of_one(world)
        await world.tap("李爸", "生病了")
        (leave,) = await all_of(world, leaves, Leave)
        await world.to("07:30", WEDNESDAY)
        father = world.county.people["李爸"]
        await post(world, StillIll(to=father, item=leave.id, round=WEDNESDAY.isoformat()))
        await world.tap("李爸", "今天能来")

        (leave,) = await all_of(world, leaves, Leave)
        assert leave.back_on == WEDNESDAY
        assert (await all_of(world, replies, Reply))[-1].kind == "comes_today"


async def test_the_carer_is_asked_when_somebody_else_does_not_know(database: Database) -> None:
    async with a_world(database) as world:
        await world.family("李一", "李爸", "奶奶", carer="奶奶")
        await absent(world, "李一")
        await world.tap("李爸", "其他情况")
        await world.tap("李爸", "我不清楚")

        assert "您知道孩子在哪里吗" in card(world, "奶奶")
        assert "【紧急】" not in card(world, "teacher")
        await world.tap("奶奶", "已出门上学")
        assert "【紧急】" in card(world, "teacher")


async def test_the_end_of_a_search_is_told(database: Database) -> None:
    async with a_world(database) as world:
        await family_of_one(world)
        await world.tap("李爸", "已出门上学")
        await world.tap("teacher", "在教室，点错了")

        assert any("在学校，平安" in one.text for one in world.phone("李爸").messages)


async def test_whether_the_teacher_came_is_asked(database: Database) -> None:
    async with a_world(database) as world:
        await family_of_one(world)
        case = await world.case_of("李一")
        assert case is not None
        message = TeacherVisited(
            to=world.county.people["李爸"], item=case.id, round="2026-09-07", case_id=case.id
        )
        await post(world, message)
        assert labels(world, "李爸") == ["来过", "没来过"]
        await world.tap("李爸", "没来过")

        assert "老师没来过" in card(world, "李爸")
        assert "visit_confirmed" in await world.stage.journal()


async def test_the_friday_line_has_the_total_and_one_sentence(database: Database) -> None:
    async with a_world(database) as world:
        await family_of_one(world)
        child = world.county.children["李一"]
        message = WeeklyTotal(
            to=world.county.people["李爸"],
            item=child,
            round="2026-09-11",
            student_id=child,
            more={"sentence": "同学们都想他。"},
        )
        await post(world, message)

        assert "到9月11日，您家孩子本学期共缺课1天。\n同学们都想他。" in card(world, "李爸")


async def test_after_an_outage_an_open_question_is_asked_again(database: Database) -> None:
    async with a_world(database) as world:
        await family_of_one(world)
        (question,) = await all_of(world, questions, Question)
        again = RepliesMayBeMissing(to=world.county.people["李爸"], item=question.id, round="1")
        await post(world, again)
        assert "麻烦再点一次" in card(world, "李爸")
        assert labels(world, "李爸") == SIX
        await world.tap("李爸", "请老师打电话")
        await post(world, replace(again, round="2"))

        assert (State.DROPPED, "answered") in await world.stage.fates()


@pytest.mark.parametrize("flag", [ContactFlag.NO_CONTACT, ContactFlag.EMERGENCIES])
async def test_flags_are_obeyed_by_the_alert(database: Database, flag: ContactFlag) -> None:
    async with a_world(database) as world:
        await world.family("李一", "李爸")
        (link,) = await all_of(world, guardianships, Guardianship)
        async with database.work(world.stage.clock.now()) as work:
            await work.save(guardianships, replace(link, flag=flag))
        await absent(world, "李一")

        assert not any("9月7日" in one.text for one in world.phone("李爸").messages)


async def test_no_contact_sees_nothing_of_the_child(database: Database) -> None:
    async with a_world(database) as world:
        await world.family("李一", "李爸")
        (link,) = await all_of(world, guardianships, Guardianship)
        async with database.work(world.stage.clock.now()) as work:
            await work.save(guardianships, replace(link, flag=ContactFlag.NO_CONTACT))
        await world.press_menu("李爸", "孩子情况")

        assert "青石中心小学" not in card(world, "李爸")


async def test_the_alert_in_english(database: Database) -> None:
    async with a_world(database) as world:
        await world.family("李一", "Dad")
        father = next(one for one in await all_of(world, people, Person) if one.name == "Dad")
        async with database.work(world.stage.clock.now()) as work:
            await work.save(people, replace(father, language="en"))
        await absent(world, "李一")

        assert "your child was not at school on 7 Sep, days missed this term: 1" in card(
            world, "Dad"
        )
        assert labels(world, "Dad")[0] == "Ill"
