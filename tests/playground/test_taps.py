from __future__ import annotations

import asyncio

import pytest
from telegram import Bot, CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.error import BadRequest

from playground.people import Person
from playground.server import BotApi
from playground.taps import NoAnswer
from tests.playground.conftest import FakeClock

TOO_OLD = "Query is too old and response timeout expired or query id is invalid"


def keys(**labels: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(label, callback_data=data)] for data, label in labels.items()]
    )


async def queries(bot: Bot) -> list[CallbackQuery]:
    updates: tuple[Update, ...] = await bot.get_updates(timeout=1)
    return [update.callback_query for update in updates if update.callback_query]


async def test_a_tap_waits_for_the_bot_and_returns_what_popped_up(
    bot: Bot, mother: Person
) -> None:
    await bot.send_message(mother.chat_id, "在等", reply_markup=keys(a="收到", b="请假·小明"))

    tap = asyncio.create_task(mother.tap("请假"))
    await asyncio.sleep(0)
    [query] = await queries(bot)
    await query.answer("已登记", show_alert=True)

    assert await tap == "已登记"
    assert mother.popups[-1].alert
    assert (query.data, query.from_user.id) == ("b", mother.chat_id)
    assert query.message is not None
    assert query.message.message_id == mother.newest.message_id


async def test_a_tap_is_answered_once(bot: Bot, mother: Person) -> None:
    await bot.send_message(mother.chat_id, "在等", reply_markup=keys(a="收到"))
    mother.touch("收到")
    [query] = await queries(bot)
    await query.answer()

    with pytest.raises(BadRequest, match=TOO_OLD):
        await query.answer()


async def test_a_late_answer_is_refused(bot: Bot, mother: Person, clock: FakeClock) -> None:
    await bot.send_message(mother.chat_id, "在等", reply_markup=keys(a="收到"))
    mother.touch("收到")
    [query] = await queries(bot)
    clock.forward(minutes=5)

    with pytest.raises(BadRequest, match=TOO_OLD):
        await query.answer()


async def test_a_long_popup_is_refused_and_the_tap_stays_open(bot: Bot, mother: Person) -> None:
    await bot.send_message(mother.chat_id, "在等", reply_markup=keys(a="收到"))
    mother.touch("收到")
    [query] = await queries(bot)

    with pytest.raises(BadRequest, match="Message_too_long"):
        await query.answer("字" * 201)
    assert await query.answer("字" * 200)


async def test_nobody_answers(bot: Bot, mother: Person) -> None:
    await bot.send_message(mother.chat_id, "在等", reply_markup=keys(a="收到"))

    with pytest.raises(NoAnswer):
        await mother.tap("收到", within=0.01)


async def test_the_newest_message_with_the_button_is_meant(bot: Bot, mother: Person) -> None:
    for data in ("old", "new"):
        await bot.send_message(mother.chat_id, data, reply_markup=keys(**{data: "收到"}))
    await bot.send_message(mother.chat_id, "别的")

    mother.touch("收到")

    assert [query.data for query in await queries(bot)] == ["new"]


async def test_a_kept_message_can_be_tapped_after_it_changed_or_went(
    bot: Bot, mother: Person
) -> None:
    sent = await bot.send_message(mother.chat_id, "在等", reply_markup=keys(a="收到"))
    kept = await mother.expect("在等")
    await bot.edit_message_text("已回复", mother.chat_id, sent.message_id)
    mother.touch("收到", on=kept)
    await bot.delete_message(mother.chat_id, sent.message_id)
    mother.touch("收到", on=kept)

    changed, gone = await queries(bot)

    assert (changed.data, gone.data) == ("a", "a")
    assert changed.message is not None
    assert changed.message.is_accessible
    assert gone.message is not None
    assert not gone.message.is_accessible


async def test_a_button_that_is_not_there_cannot_be_tapped(bot: Bot, mother: Person) -> None:
    url = InlineKeyboardMarkup([[InlineKeyboardButton("网页", url="https://example.org")]])
    await bot.send_message(mother.chat_id, "a", reply_markup=url)

    for label in ("收到", "网页"):
        with pytest.raises(LookupError):
            mother.touch(label)


async def test_a_label_that_may_mean_two_buttons_is_not_guessed(bot: Bot, mother: Person) -> None:
    await bot.send_message(mother.chat_id, "a", reply_markup=keys(a="到校·小明", b="到校·小红"))

    with pytest.raises(LookupError, match="小红"):
        mother.touch("到校")
    assert mother.touch("到校·小红").label == "到校·小红"


async def test_an_unknown_query_is_refused(bot: Bot, api: BotApi) -> None:
    with pytest.raises(BadRequest, match=TOO_OLD):
        await bot.answer_callback_query("1")
