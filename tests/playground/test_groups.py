from __future__ import annotations

import pytest
from telegram import Bot
from telegram.error import BadRequest, Forbidden

from playground.people import Person
from playground.server import BotApi


async def test_a_bot_is_taken_into_a_group_and_leaves(
    bot: Bot, api: BotApi, mother: Person
) -> None:
    group = api.group("三班家长")
    group.add_bot(by=mother)
    _, change, joined = await bot.get_updates()
    assert change.my_chat_member is not None
    assert change.my_chat_member.new_chat_member.status == "member"
    assert joined.message is not None
    assert joined.message.new_chat_members[0].id == bot.id

    await bot.send_message(group.chat_id, "我不在群里工作")
    await group.expect("不在群里")
    assert await bot.leave_chat(group.chat_id)

    assert not group.has_bot
    with pytest.raises(Forbidden, match="bot is not a member of the supergroup chat"):
        await bot.send_message(group.chat_id, "a")


async def test_in_a_group_the_bot_hears_commands_only(
    bot: Bot, api: BotApi, mother: Person
) -> None:
    group = api.group("三班家长")
    group.say(mother, "/nobody")
    group.add_bot(by=mother)
    group.say(mother, "大家好")
    group.say(mother, "/help")

    updates = await bot.get_updates()

    assert [update.message.text for update in updates if update.message] == [
        "/start",
        None,
        "/help",
    ]


async def test_a_bot_that_was_sent_away_cannot_write(
    bot: Bot, api: BotApi, mother: Person
) -> None:
    group = api.group("三班家长")
    group.add_bot(by=mother)
    group.remove_bot(by=mother)

    with pytest.raises(Forbidden, match="bot was kicked from the supergroup chat"):
        await bot.send_message(group.chat_id, "a")


async def test_nobody_leaves_a_private_chat(bot: Bot, mother: Person) -> None:
    with pytest.raises(BadRequest, match="status can't be changed in private chats"):
        await bot.leave_chat(mother.chat_id)


async def test_a_chat_is_described(bot: Bot, api: BotApi, mother: Person) -> None:
    group = api.group("三班家长")

    assert (await bot.get_chat(mother.chat_id)).first_name == "王妈妈"
    assert (await bot.get_chat(group.chat_id)).title == "三班家长"
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.get_chat("@nobody")
