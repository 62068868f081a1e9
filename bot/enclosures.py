"""Files that come with a message, fetched before the unit of work begins."""

from __future__ import annotations

import asyncio
from typing import Any

import structlog
from telegram import Bot, Message
from telegram.error import TelegramError

from handlers.context import Enclosure
from papers.incoming import Incoming, is_sheet, look_at

#: The Bot API hands out no file that is larger.
LARGEST = 20 * 1024 * 1024

_log = structlog.get_logger(__name__)


async def enclosure_of(bot: Bot, message: Message) -> Enclosure | None:
    """The photo, voice or file of a message, or why it could not be had."""
    sort, found = _found(message)
    if found is None:
        return None
    name = getattr(found, "file_name", None) or f"{sort}{_ENDINGS.get(sort, '')}"
    media_type = getattr(found, "mime_type", None) or _MEDIA_TYPES.get(sort, "")
    size = found.file_size or 0
    if size > LARGEST:
        return Enclosure(sort, name, media_type, size, problem="refusals.file_too_big")
    content = await _fetched(bot, found.file_id)
    problem = "refusals.file_unread" if content is None else None
    incoming = await _looked_at(sort, name, content)
    return Enclosure(sort, name, media_type, len(content or b""), content, problem, incoming)


async def _looked_at(sort: str, name: str, content: bytes | None) -> Incoming | None:
    """What a spreadsheet holds, read off the loop and outside any lock."""
    if sort != "document" or content is None or not is_sheet(name):
        return None
    return await asyncio.to_thread(look_at, name, content)


_ENDINGS = {"photo": ".jpg", "voice": ".ogg"}
_MEDIA_TYPES = {
    "photo": "image/jpeg",
    "voice": "audio/ogg",
    "document": "application/octet-stream",
}


def _found(message: Message) -> tuple[str, Any]:
    if message.photo:
        return "photo", message.photo[-1]
    if message.voice:
        return "voice", message.voice
    return "document", message.document


async def _fetched(bot: Bot, file_id: str) -> bytes | None:
    try:
        file = await bot.get_file(file_id)
        return bytes(await file.download_as_bytearray())
    except TelegramError as error:
        _log.warning("file not fetched", action="file_lost", error=type(error).__name__)
        return None
