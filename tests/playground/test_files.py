from __future__ import annotations

import pytest
from telegram import Bot
from telegram.error import BadRequest, InvalidToken

from playground.files import MOST_DOWNLOAD
from playground.people import Person
from playground.server import BotApi


async def file_id(bot: Bot) -> str:
    message = (await bot.get_updates())[-1].message
    assert message is not None
    assert message.document is not None
    return message.document.file_id


async def test_a_file_is_downloaded(bot: Bot, mother: Person) -> None:
    mother.send_document("名单.xlsx", b"rows")

    file = await bot.get_file(await file_id(bot))

    assert bytes(await file.download_as_bytearray()) == b"rows"
    assert file.file_path is not None
    assert file.file_path.endswith("/documents/file_1.xlsx")


async def test_a_file_over_twenty_megabytes_is_not(bot: Bot, mother: Person) -> None:
    mother.send_document("大.bin", bytes(MOST_DOWNLOAD + 1))

    with pytest.raises(BadRequest, match="File is too big"):
        await bot.get_file(await file_id(bot))


async def test_an_unknown_file_is_refused(bot: Bot) -> None:
    with pytest.raises(BadRequest, match="Wrong file_id or the file is temporarily unavailable"):
        await bot.get_file("nothing")


async def test_a_download_needs_the_right_token_and_path(
    bot: Bot, api: BotApi, mother: Person
) -> None:
    mother.send_document("名单.xlsx", b"rows")
    file = await bot.get_file(await file_id(bot))
    path = str(file.file_path)

    for wrong in (path.replace("file_1", "file_2"), path.replace(api.token, "1:other")):
        with pytest.raises(InvalidToken):
            await bot.request.retrieve(wrong)
