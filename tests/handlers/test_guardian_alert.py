"""A family answers the day's question, tap by tap."""

from __future__ import annotations

from datetime import date

import pytest

from rules.model.attendance import Leave, Question, Reply
from rules.model.people import Guardianship, Person
from storage.database import Database
from storage.tables.attendance import leaves, questions, replies
from storage.tables.people import guardianships, people
from tests.handlers.families import absent, all_of, card, labels
from tests.support.world import a_world

TUESDAY = date(2026, 9, 8)
SIX = ["生病了", "家里有事", "在路上", "已出门上学", "请老师打电话", "其他情况"]


async def test_the_alert_says_who_asks_which_day_and_how_many_days(database: Database) -> None:
    async with a_world(database) as world:
        await world.family("李一", "李爸")
        await absent(world, "李一")

        text = card(world, "李爸")
        assert text == (
            "青石中心小学三(2)班王芳老师：您家孩子9月7日没到校，本学期共缺课1天。请问孩子怎么了？"
        )
        assert len(text) <= world.stage.means.policy.alerts.text_at_most_characters
        assert labels(world, "李爸") == SIX
        assert "李一" not in text


async def test_an_illness_is_kept_at_the_first_tap_and_refined_by_the_second(
    database: Database,
) -> None:
    async with a_world(database) as world:
        await world.family("李一", "李爸")
        await absent(world, "李一")

        assert await world.tap("李爸", "生病了") == "已记下"
        (reply,) = await all_of(world, replies, Reply)
        (leave,) = await all_of(world, leaves, Leave)
        assert (reply.kind, reply.detail, leave.back_on) == ("sick", None, None)
        assert "哪天能来上学" in card(world, "李爸")
        assert labels(world, "李爸") == ["明天来", "后天来", "下周来", "还不确定", "改一下"]

        await world.tap("李爸", "明天来")
        (reply,) = await all_of(world, replies, Reply)
        (leave,) = await all_of(world, leaves, Leave)
        assert (reply.detail, leave.back_on) == ("2026-09-08", TUESDAY)
        assert "9月8日（周二）来上学" in card(world, "李爸")
        assert labels(world, "李爸") == ["改一下"]
        assert "call" not in await world.open_tasks("李一")


async def test_two_quick_taps_are_one_answer(database: Database) -> None:
    async with a_world(database) as world:
        await world.family("李一", "李爸")
        await absent(world, "李一")
        first = world.phone("李爸").touch("生病了")
        second = world.phone("李爸").touch("生病了")
        await world.settle()

        assert [(await tap.popup(1)).text for tap in (first, second)] == ["已记下"] * 2
        assert len(await all_of(world, replies, Reply)) == 1
        assert len(await all_of(world, leaves, Leave)) == 1


async def test_on_friday_the_next_days_have_names(database: Database) -> None:
    async with a_world(database, on=date(2026, 9, 11)) as world:
        await world.family("李一", "李爸")
        await absent(world, "李一")
        await world.tap("李爸", "家里有事")

        assert labels(world, "李爸")[:4] == ["周一来", "周二来", "下周来", "还不确定"]


async def test_the_latest_answer_stands_and_takes_the_leave_back(database: Database) -> None:
    async with a_world(database) as world:
        await world.family("李一", "李爸")
        await absent(world, "李一")
        await world.tap("李爸", "生病了")
        await world.tap("李爸", "改一下")
        assert labels(world, "李爸") == SIX
        await world.tap("李爸", "在路上")

        (question,) = await all_of(world, questions, Question)
        (leave,) = await all_of(world, leaves, Leave)
        assert question.answer == "on_the_way"
        assert question.confirm_at is not None
        assert leave.from_on == leave.back_on
        assert len(await all_of(world, replies, Reply)) == 2
        assert "leave_decision" not in await world.open_tasks("李一")


async def test_other_answers_stand_on_a_second_page(database: Database) -> None:
    async with a_world(database) as world:
        await world.family("李一", "李爸")
        await absent(world, "李一")
        await world.tap("李爸", "其他情况")
        assert labels(world, "李爸") == [
            "不想上学",
            "已转学",
            "跟父母在外地",
            "我不清楚",
            "发错人了",
            "返回",
        ]
        await world.tap("李爸", "返回")

        assert labels(world, "李爸") == SIX
        assert await all_of(world, replies, Reply) == []


async def test_who_does_not_want_to_go_chooses_whom_to_talk_to(database: Database) -> None:
    async with a_world(database) as world:
        await world.family("李一", "李爸")
        await absent(world, "李一")
        await world.tap("李爸", "其他情况")
        await world.tap("李爸", "不想上学")
        assert labels(world, "李爸") == ["班主任", "校领导", "改一下"]
        await world.tap("李爸", "校领导")

        assert "校领导会给您打电话" in card(world, "李爸")
        assert "callback" in await world.open_tasks("李一")
        case = await world.case_of("李一")
        assert case is not None
        assert case.stage == "persuade"


async def test_a_school_elsewhere_is_asked_for_and_its_proof(database: Database) -> None:
    async with a_world(database) as world:
        await world.family("李一", "李爸")
        await absent(world, "李一")
        await world.tap("李爸", "其他情况")
        await world.tap("李爸", "跟父母在外地")
        assert labels(world, "李爸")[:2] == ["在那边上学", "没有上学"]
        world.phone("李爸").say("在广州白云区读三年级")
        await world.settle()
        kept = (await all_of(world, replies, Reply))[-1]
        assert (kept.kind, kept.body) == ("text", "在广州白云区读三年级")
        assert kept.student_id == world.county.children["李一"]

        await world.tap("李爸", "没有上学")
        assert "transfer_verify" not in await world.open_tasks("李一")


async def test_the_wrong_person_is_unbound_after_a_question(database: Database) -> None:
    async with a_world(database) as world:
        await world.family("李一", "李爸", "李妈")
        await absent(world, "李一")
        await world.tap("李爸", "其他情况")
        await world.tap("李爸", "发错人了")
        assert labels(world, "李爸") == ["确定", "点错了"]
        await world.tap("李爸", "点错了")
        assert labels(world, "李爸") == SIX
        await world.tap("李爸", "其他情况")
        await world.tap("李爸", "发错人了")
        await world.tap("李爸", "确定")

        links = {one.person_id: one for one in await all_of(world, guardianships, Guardianship)}
        persons = {one.id: one for one in await all_of(world, people, Person)}
        father = world.county.people["李爸"]
        assert links[father].state == "wrong_person"
        assert persons[father].chat_id is None
        assert "contact_repair" in await world.open_tasks("李一")
        assert not any("9月7日" in one.text for one in world.phone("李爸").messages)
        (question,) = await all_of(world, questions, Question)
        assert question.answered_at is None
        assert labels(world, "李妈") == SIX


async def test_the_other_guardian_hears_that_the_teacher_knows(database: Database) -> None:
    async with a_world(database) as world:
        await world.family("李一", "李爸", "李妈")
        await absent(world, "李一")
        await world.tap("李爸", "家里有事")

        assert "老师已了解情况，谢谢" in card(world, "李妈")
        assert labels(world, "李妈") == ["已出门上学", "发错人了"]


async def test_siblings_share_a_message_with_named_keys(database: Database) -> None:
    async with a_world(database) as world:
        await world.family("李一", "李爸")
        await world.family("王二", "李爸")
        await absent(world, "李一", "王二")

        assert len([one for one in world.phone("李爸").messages if "9月7日" in one.text]) == 1
        assert "生病了·李一" in labels(world, "李爸")
        assert "生病了·王二" in labels(world, "李爸")
        await world.tap("李爸", "生病了·李一")
        assert "明天来·李一" in labels(world, "李爸")
        assert "生病了·王二" in labels(world, "李爸")
        (reply,) = await all_of(world, replies, Reply)
        assert reply.student_id == world.county.children["李一"]


async def test_a_card_of_yesterday_belongs_to_yesterday(database: Database) -> None:
    async with a_world(database) as world:
        await world.family("李一", "李爸")
        await absent(world, "李一")
        alert = world.phone("李爸").newest
        await world.to("08:12", TUESDAY)
        await world.tap("teacher", "见到了·李一")
        await world.tap("teacher", "全到齐了")
        await world.to("10:00", TUESDAY)
        tap = world.phone("李爸").touch("已出门上学", on=world.phone("李爸").current(alert))
        await world.settle()

        assert (await tap.popup(1)).text == "已记下"
        (reply,) = await all_of(world, replies, Reply)
        assert reply.kind == "left_home"
        assert "9月7日的事已经过去了" in world.phone("李爸").current(alert).text  # type: ignore[union-attr]
        assert "【紧急】" not in card(world, "teacher")


async def test_a_late_answer_about_a_child_still_unseen_counts_from_that_day(
    database: Database,
) -> None:
    async with a_world(database) as world:
        await world.family("李一", "李爸")
        await absent(world, "李一")
        await world.to("07:30", TUESDAY)
        await world.tap("李爸", "生病了")

        (leave,) = await all_of(world, leaves, Leave)
        (question,) = await all_of(world, questions, Question)
        assert (leave.from_on, leave.back_on) == (date(2026, 9, 7), None)
        assert question.answer == "sick"
        assert labels(world, "李爸")[:2] == ["明天来", "后天来"]


async def test_outsiders_taps_change_nothing(database: Database) -> None:
    async with a_world(database) as world:
        await world.family("李一", "李爸")
        await world.family("王二", "王妈")
        await absent(world, "李一")
        outsider = world.phone("王妈")
        shown = world.phone("李爸").newest
        data = next(key.data for row in shown.rows for key in row if key.label == "生病了")
        tap = outsider._press(outsider.newest, shown.rows[0][0], str(data))
        await world.settle()

        assert (await tap.popup(1)).text == "没有找到这条记录。"
        assert await all_of(world, replies, Reply) == []


@pytest.mark.parametrize("answer", ["在路上", "已出门上学", "请老师打电话"])
async def test_every_answer_is_noted_with_its_time(database: Database, answer: str) -> None:
    async with a_world(database) as world:
        await world.family("李一", "李爸")
        await absent(world, "李一")
        await world.tap("李爸", answer)

        assert f"08:10 已记下：{answer}" in card(world, "李爸")
        assert labels(world, "李爸") == ["改一下"]
