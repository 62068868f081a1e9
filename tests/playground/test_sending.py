from __future__ import annotations

from io import BytesIO

import pytest
from telegram import Bot, LinkPreviewOptions, ReplyParameters
from telegram.constants import ParseMode
from telegram.error import BadRequest, Forbidden, TelegramError

from playground.people import Person
from playground.server import BotApi
from tests.playground.conftest import MONDAY

PNG = b"\x89PNG\r\n"
SMILE = "\U0001f600"


async def test_a_message_arrives_as_it_was_sent(bot: Bot, mother: Person) -> None:
    sent = await bot.send_message(
        mother.chat_id,
        "<b>小明</b>没到校",
        parse_mode=ParseMode.HTML,
        disable_notification=True,
        protect_content=True,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
    )

    shown = mother.newest
    assert (shown.text, shown.html) == ("小明没到校", "<b>小明</b>没到校")
    assert (shown.silent, shown.protected) == (True, True)
    assert sent.text == "小明没到校"
    assert sent.date == MONDAY
    assert sent.has_protected_content
    assert sent.entities[0].type == "bold"


async def test_a_message_is_loud_and_free_unless_told_otherwise(bot: Bot, mother: Person) -> None:
    await bot.send_message(mother.chat_id, "早")

    assert (mother.newest.silent, mother.newest.protected) == (False, False)


async def test_a_reply_names_the_message_it_answers(bot: Bot, mother: Person) -> None:
    said = mother.say("他病了")

    await bot.send_message(
        mother.chat_id, "知道了", reply_parameters=ReplyParameters(said.message_id)
    )

    assert mother.newest.reply_to == said.message_id


async def test_a_reply_to_nothing_is_refused(bot: Bot, mother: Person) -> None:
    with pytest.raises(BadRequest, match="Message to be replied not found"):
        await bot.send_message(mother.chat_id, "a", reply_parameters=ReplyParameters(999))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        pytest.param("", "Message text is empty", id="empty"),
        pytest.param(" \n ", "Text must be non-empty", id="white space"),
        pytest.param("字" * 4097, "Message is too long", id="too long"),
        pytest.param(SMILE * 2049, "Message is too long", id="too long in UTF-16"),
    ],
)
async def test_a_text_is_refused_that_is(
    bot: Bot, mother: Person, text: str, complaint: str
) -> None:
    with pytest.raises(BadRequest, match=complaint):
        await bot.send_message(mother.chat_id, text)

    assert len(mother.messages) == 1


async def test_only_what_is_left_after_the_tags_counts_as_length(bot: Bot, mother: Person) -> None:
    text = "<b>" + "&lt;" * 4094 + SMILE + "</b>"

    await bot.send_message(mother.chat_id, text, parse_mode=ParseMode.HTML)

    assert len(mother.newest.text) == 4095


async def test_bad_html_is_refused(bot: Bot, mother: Person) -> None:
    with pytest.raises(BadRequest, match="Can't parse entities: unsupported start tag"):
        await bot.send_message(mother.chat_id, "<p>a</p>", parse_mode=ParseMode.HTML)


async def test_other_markup_languages_are_refused(bot: Bot, mother: Person) -> None:
    with pytest.raises(BadRequest, match="Unsupported parse_mode"):
        await bot.send_message(mother.chat_id, "*a*", parse_mode="Wiki")


async def test_a_caption_has_its_own_limit(bot: Bot, mother: Person) -> None:
    await bot.send_document(mother.chat_id, BytesIO(b"1"), filename="a.txt", caption="字" * 1024)

    with pytest.raises(BadRequest, match="Message caption is too long"):
        await bot.send_document(
            mother.chat_id, BytesIO(b"1"), filename="a.txt", caption="字" * 1025
        )


async def test_files_arrive_with_their_names(bot: Bot, mother: Person) -> None:
    sent = await bot.send_document(
        mother.chat_id,
        BytesIO(b"rows"),
        filename="缺勤.xlsx",
        caption="<i>本周</i>",
        parse_mode=ParseMode.HTML,
    )

    file = mother.newest.file
    assert file is not None
    assert (file.name, file.data, mother.newest.text) == ("缺勤.xlsx", b"rows", "本周")
    assert sent.document is not None
    assert sent.document.file_name == "缺勤.xlsx"


async def test_photos_and_voices_arrive(bot: Bot, mother: Person) -> None:
    photo = await bot.send_photo(mother.chat_id, PNG)
    voice = await bot.send_voice(mother.chat_id, b"OggS", caption="听")

    assert [shown.kind for shown in mother.messages[1:]] == ["photo", "voice"]
    assert photo.photo[-1].file_size == len(PNG)
    assert voice.voice is not None


async def test_a_file_can_be_sent_again_by_its_id(bot: Bot, mother: Person) -> None:
    sent = await bot.send_photo(mother.chat_id, PNG)

    await bot.send_photo(mother.chat_id, sent.photo[-1].file_id)

    assert [shown.file for shown in mother.messages[1:]] == [mother.newest.file] * 2


@pytest.mark.parametrize(
    ("photo", "complaint"),
    [
        pytest.param("nowhere", "Wrong file identifier/http url specified", id="unknown"),
        pytest.param("https://example.org/a.png", "Failed to get http url", id="far away"),
        pytest.param(b"no picture", "Image_process_failed", id="no picture"),
        pytest.param(b"", "File must be non-empty", id="empty"),
    ],
)
async def test_a_photo_is_refused_that_is(
    bot: Bot, mother: Person, photo: str | bytes, complaint: str
) -> None:
    with pytest.raises(BadRequest, match=complaint):
        await bot.send_photo(mother.chat_id, photo)


async def test_people_who_cannot_be_written_to(bot: Bot, api: BotApi, mother: Person) -> None:
    stranger, blocker, leaver = api.person("甲"), api.person("乙"), api.person("丙")
    for person in (blocker, leaver):
        person.start()
    blocker.block()
    leaver.deactivate()

    answers = [
        await _complaint(bot, chat_id)
        for chat_id in (stranger.chat_id, blocker.chat_id, leaver.chat_id, 12345)
    ]

    assert answers == [
        (Forbidden, "Forbidden: bot can't initiate conversation with a user"),
        (Forbidden, "Forbidden: bot was blocked by the user"),
        (Forbidden, "Forbidden: user is deactivated"),
        (BadRequest, "Chat not found"),
    ]


async def _complaint(bot: Bot, chat_id: int) -> tuple[type[Exception], str]:
    with pytest.raises(TelegramError) as problem:
        await bot.send_message(chat_id, "a")
    return problem.type, str(problem.value)


async def test_whoever_unblocks_hears_again(bot: Bot, mother: Person) -> None:
    mother.block()
    mother.unblock()

    await bot.send_message(mother.chat_id, "你好")

    assert mother.newest.text == "你好"


async def test_chat_actions_are_told_but_leave_no_message(
    bot: Bot, api: BotApi, mother: Person
) -> None:
    await bot.send_chat_action(mother.chat_id, "typing")

    assert (api.feed.since(0)[-1].kind, api.feed.since(0)[-1].text) == ("action", "typing")
    assert len(mother.messages) == 1
    with pytest.raises(BadRequest, match="Wrong parameter action"):
        await bot.send_chat_action(mother.chat_id, "dancing")
