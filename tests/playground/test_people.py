from __future__ import annotations

import asyncio
from typing import Any

import pytest
from telegram import Bot, KeyboardButton, Message, ReplyKeyboardMarkup, ReplyKeyboardRemove, Update

from playground.arrivals import NotHeard
from playground.people import Person
from playground.server import BotApi
from tests.playground.conftest import MONDAY


async def newest(bot: Bot) -> Update:
    return (await bot.get_updates())[-1]


async def heard(bot: Bot) -> Message:
    message = (await newest(bot)).message
    assert message is not None
    return message


async def test_a_deep_link_starts_the_bot_with_its_code(bot: Bot, api: BotApi) -> None:
    api.person("李老师", language="bo").start("join_7-A")

    message = await heard(bot)

    assert message.text == "/start join_7-A"
    assert message.entities[0].type == "bot_command"
    assert message.date == MONDAY
    assert message.from_user is not None
    assert (message.from_user.first_name, message.from_user.language_code) == ("李老师", "bo")
    assert message.chat.type == "private"


@pytest.mark.parametrize("code", ["", "a b", "字", "x" * 65])
def test_telegram_takes_no_such_start_code(api: BotApi, code: str) -> None:
    with pytest.raises(ValueError, match="start code"):
        api.person("李老师").start(code)


async def test_every_kind_of_message_is_understood(bot: Bot, mother: Person) -> None:
    mother.send_photo(b"\xff\xd8\xff", "看")
    mother.send_voice(b"OggS")
    mother.send_document("名单.xlsx", b"rows")
    mother.send_sticker()
    mother.forward("转发", author="老师")
    mother.say("答", reply_to=mother.messages[0].message_id)

    messages = [update.message for update in await bot.get_updates(offset=-6) if update.message]

    photo, voice, document, sticker, forward, reply = messages
    assert (photo.caption, bool(photo.photo)) == ("看", True)
    assert voice.voice is not None
    assert document.document is not None
    assert document.document.file_name == "名单.xlsx"
    assert sticker.sticker is not None
    assert forward.forward_origin is not None
    assert reply.reply_to_message is not None


async def test_a_shared_contact_tells_whose_it_is(bot: Bot, mother: Person) -> None:
    mother.send_contact("+8613800000000")
    mother.send_contact("+8613900000000", of="王爸爸")

    messages = [update.message for update in await bot.get_updates(offset=-2) if update.message]

    contacts = [message.contact for message in messages if message.contact]
    assert [contact.user_id for contact in contacts] == [mother.chat_id, None]
    assert [contact.first_name for contact in contacts] == ["王妈妈", "王爸爸"]


async def test_an_edited_message_comes_as_an_edit(bot: Bot, mother: Person) -> None:
    said = mother.say("他病了")
    mother.edit(said, "他请假")

    update = await newest(bot)

    assert update.edited_message is not None
    assert update.edited_message.text == "他请假"
    assert update.edited_message.message_id == said.message_id


async def test_blocking_is_told_and_deleting_the_account_is_not(bot: Bot, mother: Person) -> None:
    mother.block()
    mother.unblock()
    mother.deactivate()

    changes = [update.my_chat_member for update in await bot.get_updates()]

    assert [change.new_chat_member.status for change in changes if change] == ["kicked", "member"]


def test_whoever_blocked_the_bot_cannot_write_but_may_start_again(mother: Person) -> None:
    mother.block()

    with pytest.raises(RuntimeError):
        mother.say("你好")
    assert mother.start().text == "/start"


async def test_what_is_expected_may_come_later(bot: Bot, mother: Person) -> None:
    expecting = asyncio.create_task(mother.expect("小明", "没到校"))
    await bot.send_message(mother.chat_id, "小明到了")
    await bot.send_message(mother.chat_id, "小明没到校")

    assert (await expecting).text == "小明没到校"
    assert [arrival.shown.text for arrival in mother.unexpected()] == ["小明到了"]


async def test_what_was_seen_is_not_expected_again(bot: Bot, mother: Person) -> None:
    await bot.send_message(mother.chat_id, "一")
    await mother.expect("一")

    with pytest.raises(NotHeard, match="王妈妈 heard no '一' within"):
        await mother.expect("一", within=0.01)


async def test_edits_are_counted_apart_and_show_what_came_before(bot: Bot, mother: Person) -> None:
    card = await bot.send_message(mother.chat_id, "在等")
    for text in ("回复了", "到校了"):
        await bot.edit_message_text(text, mother.chat_id, card.message_id)

    assert (await mother.expect("回复了")).text == "回复了"
    assert mother.unexpected() == []
    assert [arrival.shown.text for arrival in mother.unexpected(edits=True)] == ["到校了"]
    mother.see_all()
    assert mother.unexpected(edits=True) == []


async def test_a_file_is_expected_by_its_name(bot: Bot, mother: Person) -> None:
    await bot.send_document(mother.chat_id, b"rows", filename="周报.xlsx")

    assert (await mother.expect("周报.xlsx")).file is not None


async def test_the_keyboard_below_stays_until_it_is_taken_away(bot: Bot, mother: Person) -> None:
    rows: Any = [["点名", KeyboardButton("发手机号", request_contact=True)]]
    await bot.send_message(mother.chat_id, "a", reply_markup=ReplyKeyboardMarkup(rows))
    await bot.send_message(mother.chat_id, "b")
    assert mother.keyboard == [["点名", "发手机号"]]
    mother.press("点名")
    assert (await heard(bot)).text == "点名"
    mother.press("发手机号")
    assert (await heard(bot)).contact is not None

    await bot.send_message(mother.chat_id, "c", reply_markup=ReplyKeyboardRemove())

    assert mother.keyboard == []
    with pytest.raises(LookupError):
        mother.press("点名")


async def test_nobody_edits_what_somebody_else_wrote(bot: Bot, mother: Person) -> None:
    await bot.send_message(mother.chat_id, "a")

    with pytest.raises(LookupError):
        mother.edit(mother.newest, "b")


def test_a_chat_belongs_to_one_person(api: BotApi, mother: Person) -> None:
    with pytest.raises(ValueError, match="taken"):
        api.person("别人", chat_id=mother.chat_id)


async def test_a_message_stands_as_it_was_shown(bot: Bot, mother: Person) -> None:
    sent = await bot.send_message(mother.chat_id, "旧")
    shown = await mother.expect("旧")
    await bot.edit_message_text("新", mother.chat_id, sent.message_id)

    current = mother.current(shown)

    assert shown.text == "旧"
    assert current is not None
    assert current.text == "新"
    await bot.delete_message(mother.chat_id, sent.message_id)
    assert mother.current(shown) is None
