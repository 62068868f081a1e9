from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from playground.people import Person as Phone
from rules.model.case import Task, TaskState
from rules.model.people import Deputy, GuardianState, Person, Post, Relation, Role
from storage.database import Database
from templates.presses_binding import ConfirmPress
from tests.support.families import CHILD, HANDLERS, SISTER, School, texts
from tests.support.updates import a_stage

TEACHER, OTHER_TEACHER, MOTHER, FATHER, GRANNY = -6, -7, -8, -9, -10
MOTHERS, SISTERS, FATHERS, GRANNYS = -13, -14, -15, -16


@pytest.fixture
async def school(database: Database) -> AsyncIterator[School]:
    async with a_stage(database, HANDLERS) as stage:
        yield await School(stage).open()


async def test_staff_are_bound_by_the_code_alone_and_see_their_posts_and_keys(
    school: School,
) -> None:
    teacher = await school.teacher()

    bound = await school.person(TEACHER)
    assert bound.chat_id == teacher.chat_id
    assert "陈老师" in teacher.newest.text
    assert "三(2)班" in teacher.newest.text
    assert "上课日 08:10 会来点名卡，09:00 前点完。" in teacher.newest.text
    assert teacher.keyboard == [["点名", "我的待办"], ["本班", "我包保的"]]


async def test_a_guardian_says_who_they_are_and_reads_what_they_agree_to(school: School) -> None:
    phone = await school.phone("王芳", await school.code(MOTHER, MOTHERS))
    assert phone.newest.labels == [["我是父亲", "我是母亲"], ["我是照看人"]]
    await school.tap(phone, "我是母亲")

    for word in ("谁", "做什么", "留什么", "留多久", "您可以", "不用也行"):
        assert word in phone.newest.text


async def test_agreeing_is_a_claim_that_waits_for_the_class_teacher(school: School) -> None:
    teacher = await school.teacher()
    phone = await school.claim(await school.code(MOTHER, MOTHERS))

    link, person = await school.link(MOTHERS), await school.person(MOTHER)
    (consent,) = await school.consents()
    (task,) = await school.tasks()
    assert link.state is GuardianState.CLAIMED
    assert person.chat_id == phone.chat_id
    assert (consent.agreed, consent.way, consent.chat_id) == (True, "chat", phone.chat_id)
    assert consent.text_version == "2026-11-zh"
    assert (task.kind, task.owner_id) == ("binding", school.ids[str(TEACHER)])
    assert CHILD in teacher.newest.text
    assert teacher.newest.silent


async def test_no_name_of_a_child_is_said_before_the_teacher_confirms(school: School) -> None:
    phone = await school.claim(await school.code(MOTHER, MOTHERS))

    said = "\n".join(texts(phone) + [one.shown.text for one in phone.arrivals])
    assert "城关小学" in said
    assert "小明" not in said
    assert "小红" not in said


async def test_the_teacher_says_it_is_them_and_the_guardian_hears_it(school: School) -> None:
    teacher = await school.teacher()
    phone = await school.claim(await school.code(MOTHER, MOTHERS))
    toast = await school.tap(teacher, "是本人")

    link = await school.link(MOTHERS)
    (task,) = await school.tasks()
    assert toast == "已确认是本人"
    assert link.state is GuardianState.BOUND
    assert link.confirmed_by == school.ids[str(TEACHER)]
    assert task.state is TaskState.DONE
    assert "接通了" in phone.newest.text
    assert "您家孩子" in phone.newest.text
    assert "已确认是本人" in teacher.newest.text
    assert not teacher.newest.labels


async def test_a_second_tap_on_the_card_has_no_effect_and_says_so(school: School) -> None:
    teacher = await school.teacher()
    await school.claim(await school.code(MOTHER, MOTHERS))
    card = teacher.newest
    await school.tap(teacher, "是本人")
    before = await school.everything()
    tap = teacher.touch("不是，作废", card)
    await school.stage.serve()

    assert (await tap.popup(5)).text == "这一条已经办过了"
    assert await school.everything() == before


async def test_a_pupil_who_scanned_the_paper_is_sent_away(school: School) -> None:
    teacher = await school.teacher()
    code = await school.code(MOTHER, MOTHERS)
    pupil = await school.claim(code, "我是父亲", "李小明")
    assert "和登记的不一样" in teacher.newest.text
    await school.tap(teacher, "不是，作废")

    link, person = await school.link(MOTHERS), await school.person(MOTHER)
    (consent,) = await school.consents()
    assert (link.state, link.relation) == (GuardianState.UNBOUND, Relation.MOTHER)
    assert person.chat_id is None
    assert consent.withdrawn_at is not None
    assert "没有接通" in pupil.newest.text
    assert pupil.keyboard == []
    assert "发新的邀请单" in teacher.newest.text
    pupil.start(code)
    await school.stage.serve()
    assert "用不了" in pupil.newest.text


async def test_a_strangers_tap_changes_nothing(school: School) -> None:
    teacher = await school.teacher()
    await school.claim(await school.code(MOTHER, MOTHERS))
    card = teacher.newest
    other = await school.teacher(OTHER_TEACHER)
    outsider = await school.phone("路人")
    before = await school.everything()
    for phone in (other, outsider):
        for label in ("是本人", "不是，作废"):
            tap = phone.touch(label, card)
            await school.stage.serve()
            assert (await tap.popup(5)).text

    assert await school.everything() == before


async def test_a_carer_waits_until_a_parent_has_agreed_on_paper(school: School) -> None:
    teacher = await school.teacher()
    await school.claim(await school.code(GRANNY, GRANNYS), "我是照看人")
    assert "家长同意：未记录" in teacher.newest.text
    refusal = await school.tap(teacher, "是本人")
    assert "父母同意" in refusal
    assert (await school.link(GRANNYS)).state is GuardianState.CLAIMED
    await school.tap(teacher, "家长已同意（纸质）")
    assert "已记录（纸质）" in teacher.newest.text
    await school.tap(teacher, "是本人")

    link = await school.link(GRANNYS)
    assert (link.state, link.parent_consent) == (GuardianState.BOUND, True)
    assert [one.way for one in await school.consents()] == ["chat", "paper"]


async def a_bound_parent(school: School) -> tuple[Phone, Phone]:
    """The teacher, and the mother, who is linked."""
    teacher = await school.teacher()
    phone = await school.claim(await school.code(MOTHER, MOTHERS))
    await school.tap(teacher, "是本人")
    return teacher, phone


async def test_a_bound_parent_is_asked_in_chat_and_the_answer_is_recorded(school: School) -> None:
    teacher, mother = await a_bound_parent(school)
    granny = await school.claim(await school.code(GRANNY, GRANNYS), "我是照看人")

    assert "您同意吗" in mother.newest.text
    assert "等回复" in teacher.newest.text
    assert "父母同意" in await school.tap(teacher, "是本人")
    await school.tap(mother, "同意")
    assert "已同意" in mother.newest.text
    assert "已记录（在聊天里）" in teacher.newest.text
    assert (await school.link(GRANNYS)).state is GuardianState.CLAIMED
    assert not any("接通了" in text for text in texts(granny))
    await school.tap(teacher, "是本人")

    link = await school.link(GRANNYS)
    assert (link.state, link.parent_consent) == (GuardianState.BOUND, True)
    last = (await school.consents())[-1]
    assert (last.way, last.agreed, last.guardianship_id) == ("parent_chat", True, link.id)
    assert last.person_id == (await school.link(MOTHERS)).person_id
    assert last.text_version
    assert last.at == school.now


async def test_a_parent_who_does_not_agree_keeps_the_carer_out(school: School) -> None:
    teacher, mother = await a_bound_parent(school)
    await school.claim(await school.code(GRANNY, GRANNYS), "我是照看人")
    await school.tap(mother, "不同意")

    assert "不同意" in teacher.newest.text
    assert "父母同意" in await school.tap(teacher, "是本人")
    assert (await school.link(GRANNYS)).state is GuardianState.CLAIMED
    assert (await school.consents())[-1].agreed is False


async def test_within_the_meeting_who_taps_is_confirmed_at_once(school: School) -> None:
    teacher = await school.teacher()
    await school.say(teacher, "本班")
    assert await school.tap(teacher, "现场绑定") == "现场绑定开到 11:00"
    phone = await school.claim(await school.code(MOTHER, MOTHERS))

    link = await school.link(MOTHERS)
    assert (link.state, link.confirmed_by) == (GuardianState.BOUND, school.ids[str(TEACHER)])
    assert await school.tasks() == []
    assert any("接通了" in text for text in texts(phone))
    assert phone.keyboard == [["孩子情况", "我要请假"], ["找老师"]]


async def test_after_the_hour_the_teacher_is_asked_again(school: School) -> None:
    teacher = await school.teacher()
    await school.say(teacher, "本班")
    await school.tap(teacher, "现场绑定")
    school.stage.clock.move(school.now + timedelta(hours=1))
    await school.claim(await school.code(MOTHER, MOTHERS))

    assert (await school.link(MOTHERS)).state is GuardianState.CLAIMED


async def test_a_carer_without_a_parents_consent_is_not_confirmed_by_the_meeting(
    school: School,
) -> None:
    teacher = await school.teacher()
    await school.say(teacher, "本班")
    await school.tap(teacher, "现场绑定")
    await school.claim(await school.code(GRANNY, GRANNYS), "我是照看人")

    assert (await school.link(GRANNYS)).state is GuardianState.CLAIMED


async def test_the_other_children_come_with_the_same_consent(school: School) -> None:
    await school.teacher()
    other = await school.teacher(OTHER_TEACHER)
    phone = await school.claim(await school.code(MOTHER, MOTHERS))
    assert "五(1)班" in phone.newest.text
    assert "小红" not in phone.newest.text
    await school.tap(phone, "一起接通")

    link = await school.link(SISTERS)
    assert link.state is GuardianState.CLAIMED
    assert len(await school.consents()) == 2
    assert SISTER in other.newest.text
    await school.tap(other, "是本人")
    assert (await school.link(SISTERS)).state is GuardianState.BOUND
    assert (await school.link(MOTHERS)).state is GuardianState.CLAIMED


async def test_who_would_rather_be_phoned_is_not_asked_again(school: School) -> None:
    teacher = await school.teacher()
    phone = await school.phone("王芳", await school.code(MOTHER, MOTHERS))
    await school.tap(phone, "我是母亲")
    await school.tap(phone, "不用，打电话")
    await school.say(teacher, "本班")

    link, person = await school.link(MOTHERS), await school.person(MOTHER)
    (consent,) = await school.consents()
    assert (link.state, person.chat_id) == (GuardianState.PHONE_ONLY, None)
    assert (consent.agreed, consent.chat_id) == (False, None)
    assert f"家长要打电话的：{CHILD}" in teacher.newest.text


async def test_father_and_mother_may_share_a_phone(school: School) -> None:
    teacher = await school.teacher()
    phone = await school.claim(await school.code(MOTHER, MOTHERS))
    phone.start(await school.code(FATHER, FATHERS))
    await school.stage.serve()
    await school.tap(phone, "我是父亲")
    await school.tap(phone, "同意，接收通知")
    await school.say(teacher, "本班")

    persons = [await school.person(MOTHER), await school.person(FATHER)]
    assert [one.chat_id for one in persons] == [phone.chat_id, phone.chat_id]
    assert "等您确认" in teacher.newest.text


async def test_my_class_says_who_is_linked_and_names_the_others_children(school: School) -> None:
    teacher = await school.teacher()
    await school.claim(await school.code(MOTHER, MOTHERS))
    await school.tap(teacher, "是本人")
    await school.say(teacher, "本班")

    assert "已接通 1 位家长，共 3 位（33%）" in teacher.newest.text
    assert f"{CHILD}（母亲）" in teacher.newest.text


async def test_a_rejected_father_on_a_shared_phone_costs_the_mother_nothing(
    school: School,
) -> None:
    teacher = await school.teacher()
    phone = await school.claim(await school.code(MOTHER, MOTHERS))
    await school.tap(teacher, "是本人")
    await school.say(phone, f"/start {await school.code(FATHER, FATHERS)}")
    await school.tap(phone, "我是父亲")
    await school.tap(phone, "同意，接收通知")
    await school.tap(teacher, "不是，作废")

    assert (await school.person(FATHER)).chat_id is None
    assert (await school.person(MOTHER)).chat_id == phone.chat_id
    assert "原来收的消息不变" in phone.newest.text
    assert phone.keyboard == [["孩子情况", "我要请假"], ["找老师"]]


async def test_a_false_carer_is_undone_in_the_register(school: School) -> None:
    teacher = await school.teacher()
    await school.claim(await school.code(FATHER, FATHERS), "我是照看人")
    await school.tap(teacher, "不是，作废")

    link = await school.link(FATHERS)
    assert (link.is_carer, link.relation) == (False, Relation.FATHER)


async def test_a_deputy_confirms_for_the_absent_teacher(school: School) -> None:
    today = school.now.date()
    ids = school.ids
    deputy = await school.teacher(OTHER_TEACHER)
    await school.add(Deputy(-20, ids["-6"], ids["-7"], today, today, named_by=ids["-6"]))
    await school.claim(await school.code(MOTHER, MOTHERS))
    await school.say(deputy, "本班")
    await school.tap(deputy, "三(2)班")
    await school.tap(deputy, "处理·李小明")
    await school.tap(deputy, "是本人")

    (task,) = await school.tasks()
    assert (await school.link(MOTHERS)).state is GuardianState.BOUND
    assert (task.done_by, task.acting_for) == (ids["-7"], ids["-6"])


async def test_who_chose_the_phone_may_still_use_the_same_invite(school: School) -> None:
    code = await school.code(MOTHER, MOTHERS)
    phone = await school.phone("王芳", code)
    await school.tap(phone, "我是母亲")
    await school.tap(phone, "不用，打电话")
    await school.say(phone, f"/start {code}")
    await school.tap(phone, "我是母亲")
    await school.tap(phone, "同意，接收通知")

    assert (await school.link(MOTHERS)).state is GuardianState.CLAIMED


async def test_the_meeting_can_be_ended_early(school: School) -> None:
    teacher = await school.teacher()
    await school.say(teacher, "本班")
    await school.tap(teacher, "现场绑定")
    assert await school.tap(teacher, "现场结束") == "现场绑定已结束"
    await school.claim(await school.code(MOTHER, MOTHERS))

    assert (await school.link(MOTHERS)).state is GuardianState.CLAIMED


async def test_a_teacher_of_another_class_holds_no_meeting_here(school: School) -> None:
    teacher = await school.teacher()
    other = await school.teacher(OTHER_TEACHER)
    await school.say(teacher, "本班")
    tap = other.touch("现场绑定", teacher.newest)
    await school.stage.serve()
    assert (await tap.popup(5)).text
    await school.claim(await school.code(MOTHER, MOTHERS))

    assert (await school.link(MOTHERS)).state is GuardianState.CLAIMED


async def test_a_forged_tap_about_another_sort_of_task_changes_nothing(school: School) -> None:
    teacher = await school.teacher()
    await school.claim(await school.code(MOTHER, MOTHERS))
    other = Task(
        -30,
        "call",
        f"child:{school.ids[str(MOTHERS)]}",
        school.ids[str(TEACHER)],
        school.now,
        school.now,
        student_id=school.ids["-4"],
    )
    await school.add(other)
    before = await school.everything()
    button = replace(teacher.newest.rows[0][0], data=ConfirmPress(school.ids["-30"]).spell())
    tap = teacher.touch(button.label, replace(teacher.newest, rows=((button,),)))
    await school.stage.serve()
    assert (await tap.popup(5)).text

    assert await school.everything() == before


async def test_a_parents_signature_outlives_a_rejected_claim(school: School) -> None:
    teacher = await school.teacher()
    await school.claim(await school.code(GRANNY, GRANNYS), "我是照看人")
    await school.tap(teacher, "家长已同意（纸质）")
    await school.tap(teacher, "不是，作废")

    link = await school.link(GRANNYS)
    assert (link.state, link.parent_consent) == (GuardianState.UNBOUND, True)


async def test_a_clerk_who_sees_the_child_does_not_say_who_the_guardian_is(
    school: School,
) -> None:
    teacher = await school.teacher()
    await school.add(
        Person(-50, "周会计"),
        Post(-51, -50, Role.REPORT_CLERK, school.ids["-1"]),
    )
    clerk = await school.phone("周会计", await school.code(-50))
    await school.claim(await school.code(MOTHER, MOTHERS))
    before = await school.everything()
    tap = clerk.touch("是本人", teacher.newest)
    await school.stage.serve()
    assert (await tap.popup(5)).text

    assert await school.everything() == before


async def test_nobody_agrees_for_the_children_of_somebody_else(school: School) -> None:
    await school.teacher(OTHER_TEACHER)
    phone = await school.claim(await school.code(MOTHER, MOTHERS))
    outsider = await school.phone("路人")
    before = await school.everything()
    tap = outsider.touch("一起接通", phone.newest)
    await school.stage.serve()
    assert (await tap.popup(5)).text

    assert await school.everything() == before
