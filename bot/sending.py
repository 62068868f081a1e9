"""The calls that put a letter on somebody's phone.

Fields go out as plain values and only the number of the message is read from the answer: of what a
message costs, the framework's types around both would be a third.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from telegram import BotCommand, BotCommandScopeChat, InputFile
from telegram.constants import ParseMode

from bot.files import File
from bot.request import RawBot
from templates.screen import Key, Screen

ANSWER_LIMIT = 200
_NO_PREVIEW = {"is_disabled": True}
_PICTURES = (".png", ".jpg", ".jpeg")
Fields = dict[str, Any]


async def send(bot: RawBot, chat_id: int, screen: Screen, *, is_silent: bool) -> int:
    """A new message; its number."""
    message = await bot.call(
        "sendMessage",
        {
            "chat_id": chat_id,
            **_text(screen),
            "reply_markup": _markup(screen),
            "disable_notification": is_silent,
        },
    )
    return int(message["message_id"])


async def send_file(
    bot: RawBot, chat_id: int, file: File, screen: Screen, *, is_silent: bool = False
) -> int:
    """A file with a text under it; its number."""
    enclosed = InputFile(file.content, filename=file.name)
    is_picture = file.name.lower().endswith(_PICTURES)
    message = await bot.call(
        "sendPhoto" if is_picture else "sendDocument",
        {
            "chat_id": chat_id,
            "photo" if is_picture else "document": enclosed,
            "protect_content": file.is_protected,
            "disable_notification": is_silent,
            "caption": screen.text,
            "parse_mode": ParseMode.HTML,
            "reply_markup": _markup(screen),
        },
    )
    return int(message["message_id"])


async def edit(bot: RawBot, chat_id: int, message_id: int, screen: Screen) -> None:
    """Let an earlier message say this instead."""
    markup = _markup(screen) if screen.keys else None
    chat = {"chat_id": chat_id, "message_id": message_id}
    await bot.call("editMessageText", {**chat, **_text(screen), "reply_markup": markup})


async def remove(bot: RawBot, chat_id: int, message_id: int) -> None:
    """Take a message out of the chat."""
    await bot.delete_message(chat_id, message_id)


async def register(bot: RawBot, chat_id: int, commands: Sequence[tuple[str, str]]) -> None:
    """Let the chat offer these commands, whatever language its program speaks."""
    wanted = [BotCommand(name, words) for name, words in commands]
    await bot.set_my_commands(wanted, scope=BotCommandScopeChat(chat_id))


async def come_to_rest(bot: RawBot, query_id: str, text: str, *, is_popup: bool) -> None:
    """End the press, with or without words."""
    words = text[:ANSWER_LIMIT] or None
    fields = {"callback_query_id": query_id, "text": words, "show_alert": is_popup}
    await bot.call("answerCallbackQuery", fields)


def _text(screen: Screen) -> Fields:
    return {
        "text": screen.text,
        "parse_mode": ParseMode.HTML,
        "link_preview_options": _NO_PREVIEW,
    }


def _key(key: Key) -> Fields:
    return {"text": key.label, "callback_data": key.data}


def _markup(screen: Screen) -> Fields | None:
    if screen.keys:
        return {"inline_keyboard": [[_key(key) for key in row] for row in screen.keys]}
    if screen.menu is None:
        return None
    if not screen.menu:
        return {"remove_keyboard": True}
    rows = [[{"text": label} for label in row] for row in screen.menu]
    return {"keyboard": rows, "resize_keyboard": True, "is_persistent": True}
