from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from playground.people import Person as Phone
from rules.model.attendance import Answer, Mark, MarkKind, Reply, Session
from rules.model.case import Case, CaseState, Stage
from rules.model.people import GuardianState, Post, Role
from rules.policy import Policy
from storage.database import Database
from storage.tables.cases import cases
from storage.tables.people import guardianships
from tests.support.families import CHILD, HANDLERS, School, texts
from tests.support.updates import a_stage

TEACHER, MOTHER, FATHER = -6, -8, -9
MOTHERS, FATHERS = -13, -15


@pytest.fixture
async def school(database: Database) -> AsyncIterator[School]:
    async with a_stage(database, HANDLERS) as stage:
        yield await School(stage).open()


async def a_bound_mother(school: School) -> tuple[Phone, Phone]:
    """The teacher's phone and the phone of a confirmed mother."""
    teacher = await school.teacher()
    phone = await school.claim(await school.code(MOTHER, MOTHERS))
    await school.tap(teacher, "是本人")
    return teacher, phone


async def test_stopping_is_asked_once_and_a_slip_stops_nothing(school: School) -> None:
    _, phone = await a_bound_mother(school)
    before = await school.everything()
    await school.say(phone, "/stop")
    await school.tap(phone, "点错了")

    assert await school.everything() == before
    assert "没有停用" in phone.newest.text


async def test_stopping_takes_the_link_and_the_consent_back(school: School) -> None:
    teacher, phone = await a_bound_mother(school)
    await school.say(phone, "/stop")
    await school.tap(phone, "确定")

    link, person = await school.link(MOTHERS), await school.person(MOTHER)
    (consent,) = await school.consents()
    assert link.state is GuardianState.STOPPED
    assert (person.chat_id, person.stopped_at) == (None, school.now)
    assert consent.withdrawn_at == school.now
    assert phone.keyboard == []
    await school.say(teacher, "本班")
    assert f"停用了的：{CHILD}" in teacher.newest.text


async def test_stopping_before_the_teacher_confirmed_takes_the_task_back(school: School) -> None:
    await school.teacher()
    phone = await school.claim(await school.code(MOTHER, MOTHERS))
    await school.say(phone, "/stop")
    await school.tap(phone, "确定")

    assert [task.outcome for task in await school.tasks()] == ["stopped"]


async def test_start_in_the_same_chat_brings_back_the_state_before(school: School) -> None:
    _, phone = await a_bound_mother(school)
    await school.say(phone, "/stop")
    await school.tap(phone, "确定")
    await school.say(phone, "/start")
    assert "停用过" in phone.newest.text
    await school.tap(phone, "同意，接收通知")

    link, person = await school.link(MOTHERS), await school.person(MOTHER)
    assert link.state is GuardianState.BOUND
    assert (person.chat_id, person.stopped_at, person.blocked_at) == (phone.chat_id, None, None)
    assert [one.withdrawn_at is None for one in await school.consents()] == [False, True]
    assert len(await school.tasks()) == 1


async def test_a_new_code_in_the_same_chat_brings_it_back_too(school: School) -> None:
    _, phone = await a_bound_mother(school)
    await school.say(phone, "/stop")
    await school.tap(phone, "确定")
    await school.say(phone, f"/start {await school.code(MOTHER, MOTHERS)}")
    await school.tap(phone, "我是母亲")
    await school.tap(phone, "同意，接收通知")

    assert (await school.link(MOTHERS)).state is GuardianState.BOUND


async def test_a_new_code_on_another_phone_has_to_be_confirmed(school: School) -> None:
    _, phone = await a_bound_mother(school)
    await school.say(phone, "/stop")
    await school.tap(phone, "确定")
    await school.claim(await school.code(MOTHER, MOTHERS), name="新手机")

    assert (await school.link(MOTHERS)).state is GuardianState.CLAIMED


async def test_nobody_comes_back_by_the_tap_of_somebody_else(school: School) -> None:
    _, phone = await a_bound_mother(school)
    await school.say(phone, "/stop")
    await school.tap(phone, "确定")
    await school.say(phone, "/start")
    offer = phone.newest
    outsider = await school.phone("路人")
    before = await school.everything()
    tap = outsider.touch("同意，接收通知", offer)
    await school.stage.serve()
    assert (await tap.popup(5)).text

    assert await school.everything() == before


async def test_a_colleague_who_is_a_parent_keeps_the_chat_for_the_work(school: School) -> None:
    _, phone = await a_bound_mother(school)
    person = await school.person(MOTHER)
    await school.add(Post(-20, person.id, Role.TEACHER, school.ids["-1"]))
    await school.say(phone, "/stop")
    await school.tap(phone, "确定")

    person = await school.person(MOTHER)
    assert (await school.link(MOTHERS)).state is GuardianState.STOPPED
    assert (person.chat_id, person.blocked_at) == (phone.chat_id, None)
    assert phone.keyboard == [["我的待办", "我包保的"]]


async def test_staff_do_not_stop_their_work_account_here(school: School) -> None:
    teacher = await school.teacher()
    await school.say(teacher, "/stop")

    assert "工作账号" in teacher.newest.text


async def test_mydata_shows_the_fixed_list_and_nothing_of_others(school: School) -> None:
    _, phone = await a_bound_mother(school)
    child, mother, father = (school.ids[one] for one in ("-4", "-8", "-9"))
    day = date(2026, 9, 3)
    await school.add(
        Mark(-30, child, day, Session.MORNING, MarkKind.ABSENT, None, school.now),
        Reply(-31, child, mother, None, None, Answer.TEXT, school.now, "她发烧了"),
        Reply(-32, child, father, None, None, Answer.TEXT, school.now, "父亲的话"),
    )
    await school.say(phone, "/mydata")

    said = phone.newest.text
    assert "9月3日 没到校" in said
    assert "她发烧了" in said
    assert "138****5678" in said
    assert "13800005678" not in said
    assert "父亲的话" not in said


async def test_mydata_of_an_unconfirmed_guardian_holds_no_child(school: School) -> None:
    await school.teacher()
    phone = await school.claim(await school.code(MOTHER, MOTHERS))
    await school.say(phone, "/mydata")

    assert "还等老师确认" in phone.newest.text
    assert "没有缺课" not in phone.newest.text


async def test_a_flag_for_safety_hides_the_child_from_mydata_without_a_word(
    school: School,
) -> None:
    _, phone = await a_bound_mother(school)
    link = await school.link(MOTHERS)
    async with school.stage.database.work(school.now) as work:
        await work.save(guardianships, replace(link, flag=type(link.flag)("no_contact")))
    await school.say(phone, "/mydata")

    assert "三(2)班" not in phone.newest.text


async def test_guardians_keys_ask_for_patience_until_the_teacher_has_confirmed(
    school: School,
) -> None:
    await school.teacher()
    phone = await school.claim(await school.code(MOTHER, MOTHERS))
    phone.press("孩子情况")
    await school.stage.serve()

    assert "还没确认" in phone.newest.text


async def test_the_language_changes_words_and_keys(school: School) -> None:
    teacher = await school.teacher()
    await school.say(teacher, "/language")
    await school.tap(teacher, "English")

    assert (await school.person(TEACHER)).language == "en"
    assert teacher.keyboard == [["Roll call", "My tasks"], ["My class", "My children"]]
    await school.say(teacher, "My class")
    assert "Class 3(2) · linked families" in teacher.newest.text


async def test_everybody_may_read_how_data_are_used(school: School) -> None:
    outsider = await school.phone("路人")
    await school.say(outsider, "/privacy")
    assert "谁在用" in outsider.newest.text
    teacher = await school.teacher()
    await school.say(teacher, "/privacy")

    assert "工作用的信息" in teacher.newest.text


async def test_cancel_says_whether_there_was_something_to_leave(school: School) -> None:
    teacher = await school.teacher()
    await school.say(teacher, "/cancel")

    assert "没有正在填的内容" in teacher.newest.text


async def test_guardians_never_read_the_words_of_the_trade(school: School) -> None:
    _, phone = await a_bound_mother(school)
    for words in ("/help", "/privacy", "/mydata", "/stop"):
        await school.say(phone, words)

    said = "\n".join(texts(phone))
    assert not re.search("监护人|劝返|个案", said)


async def test_a_rejected_claim_is_told_by_day_only(school: School) -> None:
    teacher = await school.teacher()
    pupil = await school.claim(await school.code(MOTHER, MOTHERS))
    school.stage.clock.move(school.now + timedelta(hours=12))
    before = pupil.newest
    await school.tap(teacher, "不是，作废")
    assert pupil.newest == before
    school.stage.clock.move(school.now + timedelta(hours=9))
    await school.stage.serve()

    assert "没有接通" in pupil.newest.text


@pytest.mark.parametrize("is_colleague", [False, True])
async def test_an_open_question_is_looked_at_again_when_the_family_stops(
    school: School, is_colleague: bool
) -> None:
    _, phone = await a_bound_mother(school)
    case = Case(
        -40,
        school.ids["-4"],
        school.ids["-1"],
        Stage.VERIFY,
        CaseState.OPEN,
        school.now,
        school.now.date(),
        Policy().to_json(),
    )
    await school.add(case)
    if is_colleague:
        mother, here = school.ids["-8"], school.ids["-1"]
        await school.add(Post(-20, mother, Role.TEACHER, here))
    await school.say(phone, "/stop")
    await school.tap(phone, "确定")
    async with school.stage.database.read() as read:
        reviewed = await read.scalar(select(cases.c.review_at))

    assert reviewed == school.now


async def test_a_tap_on_stop_by_somebody_with_nothing_to_stop_stops_nothing(
    school: School,
) -> None:
    teacher, phone = await a_bound_mother(school)
    await school.say(phone, "/stop")
    tap = teacher.touch("确定", phone.newest)
    await school.stage.serve()
    assert (await tap.popup(5)).text

    assert not any("已停用" in text for text in texts(teacher))
    assert (await school.link(MOTHERS)).state is GuardianState.BOUND
