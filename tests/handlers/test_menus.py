from __future__ import annotations

import json

from playground import faults
from storage.database import Database
from storage.outbox import State
from tests.handlers.test_binding import MOTHER, MOTHERS, school
from tests.support.families import School
from tests.support.world import a_world

__all__ = ["school"]


async def test_the_commands_of_a_chat_are_those_that_something_acts_on(database: Database) -> None:
    async with a_world(database) as world:
        teacher = world.phone("teacher")
        await world.press_menu("teacher", "/help")

        names = [one["command"] for one in teacher.commands]
        assert {"rollcall", "myclass", "help", "language", "privacy", "cancel"} <= set(names)
        assert "nonsense" not in names
        registered = world.stage.api.calls.of("setMyCommands")
        scopes = [json.loads(call.params["scope"]) for call in registered]
        assert {"type": "chat", "chat_id": teacher.chat_id} in scopes

        await world.press_menu("teacher", "/help")
        assert len(world.stage.api.calls.of("setMyCommands")) == len(registered)


async def test_commands_that_fail_are_tried_again_and_hold_nothing_up(database: Database) -> None:
    async with a_world(database) as world:
        teacher = world.phone("teacher")
        world.stage.api.faults.plan(faults.bad_gateway(), method="setMyCommands")
        await world.press_menu("teacher", "/language")
        await world.tap("teacher", "English")
        await teacher.expect("Roll call", within=1)

        row = [
            row
            for row in await world.stage.rows()
            if row.kind == "commands" and row.chat_id == teacher.chat_id
        ][-1]
        assert (row.state, row.cause) == (State.LATER, "server_error")
        assert not world.stage.delivery.is_unreachable


async def test_the_keyboard_comes_with_the_confirmation(school: School) -> None:
    teacher = await school.teacher()
    phone = await school.claim(await school.code(MOTHER, MOTHERS))
    await school.tap(teacher, "是本人")

    (call,) = school.stage.api.calls.of("sendMessage", phone.chat_id, "老师已确认")
    assert "孩子情况" in str(json.loads(call.params["reply_markup"]))
    assert "mydata" in {one["command"] for one in phone.commands}


async def test_the_section_and_the_bureau_leader_have_their_lists(database: Database) -> None:
    async with a_world(database) as world:
        for who, row in (("section", ["待签收", "周报收缴"]), ("bureau", ["待我审批"])):
            await world.press_menu(who, "/help")
            assert row in world.phone(who).keyboard
            key = row[0]
            world.phone(who).press(key)
            await world.settle()
            assert "没有等您" in world.phone(who).newest.text


async def test_what_is_needed_less_often_stands_behind_one_key(database: Database) -> None:
    async with a_world(database) as world:
        await world.press_menu("leader", "/help")
        assert world.phone("leader").keyboard == [["待我审批", "今日全校"], ["周报", "更多"]]
        world.phone("leader").press("更多")
        await world.settle()
        await world.tap("leader", "人员调整")
        assert "人员调整：" in world.phone("leader").newest.text

        await world.press_menu("section", "/more")
        card = world.phone("section").newest
        assert "人员调整" not in str(card.labels)
        await world.tap("section", "请人代办")
        assert "代" in world.phone("section").newest.text


async def test_a_rejected_claim_takes_the_commands_along(school: School) -> None:
    teacher = await school.teacher()
    phone = await school.claim(await school.code(MOTHER, MOTHERS))
    await school.tap(teacher, "不是，作废")

    assert {one["command"] for one in phone.commands} == {
        "cancel",
        "help",
        "language",
        "privacy",
        "start",
    }
