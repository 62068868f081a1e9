from __future__ import annotations

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, ReplyKeyboardMarkup
from telegram.error import BadRequest

from playground.people import Person
from playground.server import BotApi
from tests.playground.conftest import FakeClock

KEYS = InlineKeyboardMarkup([[InlineKeyboardButton("收到", callback_data="a")]])
OTHER_KEYS = InlineKeyboardMarkup([[InlineKeyboardButton("收到", callback_data="b")]])
NOT_MODIFIED = "Message is not modified: specified new message content and reply markup are"


async def test_an_edit_changes_text_and_keyboard_and_keeps_history(
    bot: Bot, mother: Person
) -> None:
    sent = await bot.send_message(mother.chat_id, "在等", reply_markup=KEYS)

    edited = await bot.edit_message_text("已回复", mother.chat_id, sent.message_id)

    assert isinstance(edited, type(sent))
    assert edited.edit_date is not None
    assert (mother.newest.text, mother.newest.labels) == ("已回复", [])
    assert [shown.text for shown in mother.history(mother.newest)] == ["在等"]
    assert [arrival.kind for arrival in mother.arrivals] == ["message", "edit"]


async def test_an_equal_edit_is_refused(bot: Bot, mother: Person) -> None:
    sent = await bot.send_message(
        mother.chat_id, "<b>在等</b>", parse_mode="HTML", reply_markup=KEYS
    )

    with pytest.raises(BadRequest, match=NOT_MODIFIED):
        await bot.edit_message_text(
            "<strong>在等</strong>",
            mother.chat_id,
            sent.message_id,
            parse_mode="HTML",
            reply_markup=KEYS,
        )


async def test_the_keyboard_alone_can_be_changed_and_taken_off(bot: Bot, mother: Person) -> None:
    sent = await bot.send_message(mother.chat_id, "在等", reply_markup=KEYS)
    where = (mother.chat_id, sent.message_id)

    await bot.edit_message_reply_markup(*where, reply_markup=OTHER_KEYS)
    await bot.edit_message_reply_markup(*where)

    assert [shown.rows for shown in mother.history(mother.newest)][1][0][0].data == "b"
    assert mother.newest.labels == []
    with pytest.raises(BadRequest, match=NOT_MODIFIED):
        await bot.edit_message_reply_markup(*where)


async def test_captions_are_edited_as_captions(bot: Bot, mother: Person) -> None:
    sent = await bot.send_document(mother.chat_id, b"1", caption="旧", filename="a.txt")

    await bot.edit_message_caption(mother.chat_id, sent.message_id, caption="新")

    assert mother.newest.text == "新"
    with pytest.raises(BadRequest, match="There is no text in the message to edit"):
        await bot.edit_message_text("新", mother.chat_id, sent.message_id)


async def test_a_text_has_no_caption(bot: Bot, mother: Person) -> None:
    sent = await bot.send_message(mother.chat_id, "a")

    with pytest.raises(BadRequest, match="There is no caption in the message to edit"):
        await bot.edit_message_caption(mother.chat_id, sent.message_id, caption="b")


async def test_what_is_gone_cannot_be_edited_or_deleted(bot: Bot, mother: Person) -> None:
    sent = await bot.send_message(mother.chat_id, "a")
    assert await bot.delete_message(mother.chat_id, sent.message_id)

    with pytest.raises(BadRequest, match="Message to edit not found"):
        await bot.edit_message_text("b", mother.chat_id, sent.message_id)
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await bot.delete_message(mother.chat_id, sent.message_id)
    assert [shown.text for shown in mother.deleted] == ["a"]


async def test_nobody_elses_message_and_none_with_a_keyboard_below_can_be_edited(
    bot: Bot, mother: Person
) -> None:
    said = mother.say("他病了")
    sent = await bot.send_message(
        mother.chat_id, "a", reply_markup=ReplyKeyboardMarkup([["菜单"]])
    )

    for message_id in (said.message_id, sent.message_id):
        with pytest.raises(BadRequest, match="Message can't be edited"):
            await bot.edit_message_text("b", mother.chat_id, message_id)


async def test_after_two_days_a_message_stays(bot: Bot, mother: Person, clock: FakeClock) -> None:
    sent = await bot.send_message(mother.chat_id, "a")
    clock.forward(hours=48, seconds=1)

    with pytest.raises(BadRequest, match="Message can't be deleted for everyone"):
        await bot.delete_message(mother.chat_id, sent.message_id)


async def test_edits_of_a_person_who_blocked_the_bot_are_refused_too(
    bot: Bot, api: BotApi, mother: Person
) -> None:
    sent = await bot.send_message(mother.chat_id, "a")
    mother.block()

    with pytest.raises(Exception, match="bot was blocked by the user"):
        await bot.edit_message_text("b", mother.chat_id, sent.message_id)
