from __future__ import annotations

import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)
from telegram.error import BadRequest

from playground.people import Person
from playground.server import BotApi


async def test_commands_are_kept_by_scope_and_language(bot: Bot) -> None:
    await bot.set_my_commands([("help", "帮助")])
    await bot.set_my_commands([("help", "Help")], language_code="en")
    await bot.set_my_commands([], scope=BotCommandScopeChat(5))

    assert await bot.get_my_commands() == (BotCommand("help", "帮助"),)
    assert (await bot.get_my_commands(language_code="en"))[0].description == "Help"
    assert await bot.get_my_commands(scope=BotCommandScopeAllPrivateChats()) == ()
    await bot.delete_my_commands()
    assert await bot.get_my_commands() == ()


async def test_a_person_sees_the_narrowest_menu(bot: Bot, api: BotApi, mother: Person) -> None:
    teacher = api.person("李老师", language="en")
    await bot.set_my_commands([("help", "帮助")])
    await bot.set_my_commands([("help", "Help")], language_code="en")
    await bot.set_my_commands([("today", "今天")], scope=BotCommandScopeChat(mother.chat_id))

    assert mother.commands == [{"command": "today", "description": "今天"}]
    assert teacher.commands == [{"command": "help", "description": "Help"}]


@pytest.mark.parametrize(
    ("commands", "complaint"),
    [
        ([("Help", "a")], "Bot_command_invalid"),
        ([("帮助", "a")], "Bot_command_invalid"),
        ([("help", "")], "Bot_command_description_invalid"),
        ([("help", "a")] * 101, "Bot_commands_too_much"),
    ],
)
async def test_a_menu_is_refused(
    bot: Bot, commands: list[tuple[str, str]], complaint: str
) -> None:
    with pytest.raises(BadRequest, match=complaint):
        await bot.set_my_commands(commands)


async def test_an_unknown_scope_is_refused(bot: Bot) -> None:
    with pytest.raises(BadRequest, match="unsupported type specified"):
        await bot.get_my_commands(scope=BotCommandScope("nowhere"))
    with pytest.raises(BadRequest, match="Invalid language code"):
        await bot.get_my_commands(language_code="chinese")
