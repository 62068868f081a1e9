"""The calls that put a letter on somebody's phone."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeChat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    LinkPreviewOptions,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from telegram.constants import ParseMode

from bot.files import File
from templates.screen import Screen

ANSWER_LIMIT = 200
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_PICTURES = (".png", ".jpg", ".jpeg")
Markup = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove


async def send(bot: Bot, chat_id: int, screen: Screen, *, is_silent: bool) -> int:
    """A new message; its number."""
    message = await bot.send_message(
        chat_id,
        screen.text,
        parse_mode=ParseMode.HTML,
        reply_markup=_markup(screen),
        disable_notification=is_silent,
        link_preview_options=_NO_PREVIEW,
    )
    return message.message_id


async def send_file(
    bot: Bot, chat_id: int, file: File, screen: Screen, *, is_silent: bool = False
) -> int:
    """A file with a text under it; its number."""
    enclosed = InputFile(file.content, filename=file.name)
    call = bot.send_photo if file.name.lower().endswith(_PICTURES) else bot.send_document
    message = await call(
        chat_id,
        enclosed,
        protect_content=file.is_protected,
        disable_notification=is_silent,
        caption=screen.text,
        parse_mode=ParseMode.HTML,
        reply_markup=_markup(screen),
    )
    return message.message_id


async def edit(bot: Bot, chat_id: int, message_id: int, screen: Screen) -> None:
    """Let an earlier message say this instead."""
    markup = _markup(screen)
    await bot.edit_message_text(
        screen.text,
        chat_id=chat_id,
        message_id=message_id,
        parse_mode=ParseMode.HTML,
        reply_markup=markup if isinstance(markup, InlineKeyboardMarkup) else None,
        link_preview_options=_NO_PREVIEW,
    )


async def remove(bot: Bot, chat_id: int, message_id: int) -> None:
    """Take a message out of the chat."""
    await bot.delete_message(chat_id, message_id)


async def register(bot: Bot, chat_id: int, commands: Sequence[tuple[str, str]]) -> None:
    """Let the chat offer these commands, whatever language its program speaks."""
    wanted = [BotCommand(name, words) for name, words in commands]
    await bot.set_my_commands(wanted, scope=BotCommandScopeChat(chat_id))


async def come_to_rest(bot: Bot, query_id: str, text: str, *, is_popup: bool) -> None:
    """End the press, with or without words."""
    words = text[:ANSWER_LIMIT] or None
    await bot.answer_callback_query(query_id, text=words, show_alert=is_popup)


def _markup(screen: Screen) -> Markup | None:
    if screen.keys:
        return InlineKeyboardMarkup(
            [
                [InlineKeyboardButton(key.label, callback_data=key.data) for key in row]
                for row in screen.keys
            ]
        )
    if screen.menu is None:
        return None
    if not screen.menu:
        return ReplyKeyboardRemove()
    return ReplyKeyboardMarkup(
        [list(row) for row in screen.menu], resize_keyboard=True, is_persistent=True
    )
