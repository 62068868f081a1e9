from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from rules.model.people import GuardianState
from storage.database import Database
from tests.support.families import HANDLERS, School, texts
from tests.support.updates import a_stage

TEACHER, MOTHER, FATHER = -6, -8, -9
MOTHERS, FATHERS = -13, -15
WRONG = "这个邀请码用不了。可能抄错了、过期了，或者已经用过。\n请向学校要一张新的邀请单。"


@pytest.fixture
async def school(database: Database) -> AsyncIterator[School]:
    async with a_stage(database, HANDLERS) as stage:
        yield await School(stage).open()


@pytest.mark.parametrize("kind", ["unknown", "expired", "revoked", "used elsewhere"])
async def test_wrong_codes_are_answered_alike_whatever_was_wrong(
    school: School, kind: str
) -> None:
    changes: dict[str, dict[str, object]] = {
        "unknown": {},
        "expired": {"expires_at": school.now},
        "revoked": {"revoked_at": school.now},
        "used elsewhere": {"used_at": school.now, "used_by_chat": 1},
    }
    code = await school.code(MOTHER, MOTHERS, **changes[kind])
    phone = await school.phone("王芳", "x" * 22 if kind == "unknown" else code)

    assert texts(phone) == [WRONG]
    assert (await school.link(MOTHERS)).state is GuardianState.UNBOUND


async def test_after_five_wrong_codes_even_a_good_one_waits_for_tomorrow(school: School) -> None:
    good = await school.code(MOTHER, MOTHERS)
    phone = await school.phone("王芳", "wrong-1")
    for number in range(4):
        await school.say(phone, f"/start wrong-2{number}")
    await school.say(phone, f"/start {good}")
    assert "明天再试" in phone.newest.text
    school.stage.clock.move(school.now + timedelta(days=1))
    await school.say(phone, f"/start {good}")

    assert "什么人" in phone.newest.text


async def test_codes_in_forged_taps_are_counted_like_any_other(school: School) -> None:
    good = await school.code(MOTHER, MOTHERS)
    phone = await school.phone("王芳", good)
    shown = phone.newest
    for number in range(5):
        await school.say(phone, f"/start wrong-{number}")
    tap = phone.touch("我是母亲", shown)
    await school.stage.serve()
    await tap.popup(5)

    assert "明天再试" in phone.newest.text


async def test_a_code_that_was_used_here_gets_a_friendly_word(school: School) -> None:
    teacher = await school.teacher()
    code = await school.code(MOTHER, MOTHERS)
    phone = await school.claim(code)
    before = await school.everything()
    await school.say(phone, f"/start {code}")
    assert "老师确认后" in phone.newest.text
    assert await school.everything() == before
    await school.tap(teacher, "是本人")
    await school.say(phone, f"/start {code}")

    assert "已经接通了" in phone.newest.text


async def test_a_forwarded_code_is_worth_nothing_to_a_second_person(school: School) -> None:
    code = await school.code(MOTHER, MOTHERS)
    phone = await school.claim(code)
    outsider = await school.phone("路人", code)

    assert texts(outsider) == [WRONG]
    assert (await school.person(MOTHER)).chat_id == phone.chat_id


async def test_an_older_code_for_another_child_does_not_move_the_chat(school: School) -> None:
    older = await school.code(MOTHER, -14)
    phone = await school.claim(await school.code(MOTHER, MOTHERS))
    outsider = await school.phone("路人", older)

    assert texts(outsider) == [WRONG]
    assert (await school.person(MOTHER)).chat_id == phone.chat_id


async def test_whoever_is_invited_anew_moves_and_is_confirmed_again(school: School) -> None:
    teacher = await school.teacher()
    await school.claim(await school.code(MOTHER, MOTHERS))
    await school.tap(teacher, "是本人")
    school.stage.clock.move(school.now + timedelta(hours=1))
    new = await school.claim(await school.code(MOTHER, -14), name="新手机")

    person = await school.person(MOTHER)
    assert person.chat_id == new.chat_id
    assert (await school.link(MOTHERS)).state is GuardianState.CLAIMED
    assert "您家孩子" not in "\n".join(texts(new))


async def test_a_childs_invite_never_moves_a_colleague(school: School) -> None:
    teacher = await school.teacher()
    link = await school.link(MOTHERS)
    await school.add(
        *[type(link)(-20, link.student_id, (await school.person(TEACHER)).id, position=4)]
    )
    school.stage.clock.move(school.now + timedelta(hours=1))
    pupil = await school.phone("学生", await school.code(TEACHER, -20))

    assert texts(pupil) == [WRONG]
    assert (await school.person(TEACHER)).chat_id == teacher.chat_id


async def test_two_colleagues_do_not_share_a_chat(school: School) -> None:
    teacher = await school.teacher()
    await school.say(teacher, f"/start {await school.code(-7)}")

    assert teacher.newest.text == WRONG
    assert (await school.person(-7)).chat_id is None


async def test_somebody_unknown_is_told_how_to_get_a_code_and_then_nothing(
    school: School,
) -> None:
    phone = await school.phone("路人")
    for number in range(8):
        await school.say(phone, f"在吗 {number}")
    assert len(texts(phone)) == 5
    assert "邀请单" in phone.newest.text
    await school.say(phone, f"/start {await school.code(MOTHER, MOTHERS)}")

    assert "什么人" in phone.newest.text
