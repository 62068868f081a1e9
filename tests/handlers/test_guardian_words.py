"""What families write, say and photograph: kept before anything is asked."""

from __future__ import annotations

import struct
import zlib
from datetime import date
from pathlib import Path

import pytest

from rules.model.attendance import Leave, Question, Reply
from rules.model.case import Task
from storage import attachments
from storage.attachments import Attachment
from storage.database import Database
from storage.tables.attendance import leaves, questions, replies
from storage.tables.cases import tasks
from storage.tables.plumbing import attachments as table
from storage.views.day_card import day_card_of
from tests.handlers.families import absent, all_of, card, labels
from tests.support.world import World, a_world

SUNDAY = date(2026, 9, 13)


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path) -> None:
    """Files of this test lie in its own folder."""
    attachments.keep_under(tmp_path / "data")


def a_png() -> bytes:
    """A picture of one pixel."""

    def chunk(name: bytes, body: bytes) -> bytes:
        whole = name + body
        return struct.pack(">I", len(body)) + whole + struct.pack(">I", zlib.crc32(whole))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0\xff\0\0")
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


async def says(world: World, who: str, text: str) -> None:
    world.phone(who).say(text)
    await world.settle()


@pytest.mark.parametrize(
    "text",
    ["收到", "在校", "  孩子 发烧了  ", "１２３４", "👍", "生病了", "<b>&", "好" * 4000],
    ids=["received", "at school", "blanks", "full width", "emoji", "label", "tags", "long"],
)
async def test_whatever_is_written_is_kept_and_answers_nothing(
    database: Database, text: str
) -> None:
    async with a_world(database) as world:
        await world.family("李一", "李爸")
        await absent(world, "李一")
        await says(world, "李爸", text)

        (reply,) = await all_of(world, replies, Reply)
        (question,) = await all_of(world, questions, Question)
        assert (reply.kind, reply.body) == ("text", text.strip())
        assert reply.question_id == question.id
        assert question.answered_at is None
        assert question.second_at is None
        assert "收到，已告诉老师" in card(world, "李爸")
        assert "生病了" in labels(world, "李爸")


async def test_the_teachers_card_shows_that_there_are_words(database: Database) -> None:
    async with a_world(database) as world:
        await world.family("李一", "李爸")
        await absent(world, "李一")
        await says(world, "李爸", "孩子发烧了")

        async with database.read() as read:
            shown = await day_card_of(read, 1, world.now)
        assert shown is not None
        assert [line.has_words for line in shown.missing] == [True]


async def test_with_several_children_a_picker_asks_which(database: Database) -> None:
    async with a_world(database) as world:
        await world.family("李一", "李爸")
        await world.family("王二", "李爸")
        await absent(world, "王二")
        await says(world, "李爸", "生病了")

        (reply,) = await all_of(world, replies, Reply)
        assert reply.student_id is None
        assert labels(world, "李爸") == ["李一", "王二", "都不是"]
        await world.to("10:00")
        await world.tap("李爸", "王二")
        (reply,) = await all_of(world, replies, Reply)
        assert reply.student_id == world.county.children["王二"]
        assert reply.question_id is not None


async def test_without_a_question_the_only_child_is_meant_unless_they_say_no(
    database: Database,
) -> None:
    async with a_world(database) as world:
        await world.family("李一", "李爸")
        await says(world, "李爸", "老师辛苦了")
        (reply,) = await all_of(world, replies, Reply)
        assert reply.student_id == world.county.children["李一"]
        assert labels(world, "李爸") == ["李一", "都不是"]
        await world.tap("李爸", "都不是")

        (reply,) = await all_of(world, replies, Reply)
        assert (reply.student_id, reply.body) == (None, "老师辛苦了")


async def test_a_changed_message_is_another_reply(database: Database) -> None:
    async with a_world(database) as world:
        await world.family("李一", "李爸")
        await absent(world, "李一")
        first = world.phone("李爸").say("发烧了")
        await world.settle()
        world.phone("李爸").edit(first, "发烧了，明天来")
        await world.settle()

        kept = await all_of(world, replies, Reply)
        assert [(one.body, one.detail) for one in kept] == [
            ("发烧了", None),
            ("发烧了，明天来", "edited"),
        ]


async def test_a_photo_opens_again_as_it_was_stored(database: Database) -> None:
    async with a_world(database) as world:
        await world.family("李一", "李爸")
        await absent(world, "李一")
        await world.tap("李爸", "生病了")
        world.phone("李爸").send_photo(a_png(), "病假条")
        await world.settle()

        reply = (await all_of(world, replies, Reply))[-1]
        (row,) = await all_of(world, table, Attachment)
        async with database.read() as read:
            content = await attachments.content_of(read, row)
        assert (reply.kind, reply.body, reply.attachment_id) == ("photo", "病假条", row.id)
        assert row.student_id == world.county.children["李一"]
        assert content == a_png()
        sealed = attachments.path_of(attachments.folder(), row.sha256).read_bytes()
        assert a_png() not in sealed


async def test_a_file_of_another_kind_is_refused_politely_and_its_words_stay(
    database: Database,
) -> None:
    async with a_world(database) as world:
        await world.family("李一", "李爸")
        await absent(world, "李一")
        world.phone("李爸").send_document("../../x.exe", b"MZ" + b"\0" * 64, "请看")
        await world.settle()

        (reply,) = await all_of(world, replies, Reply)
        assert (reply.body, reply.attachment_id, reply.detail) == ("请看", None, "not_received")
        assert any("这种文件收不了" in one.text for one in world.phone("李爸").messages)


async def test_a_sticker_gets_a_kind_answer_and_a_forwarded_text_is_kept(
    database: Database,
) -> None:
    async with a_world(database) as world:
        await world.family("李一", "李爸")
        world.phone("李爸").send_sticker()
        await world.settle()
        assert "请写一句话" in card(world, "李爸")
        world.phone("李爸").forward("孩子在奶奶家")
        await world.settle()

        (reply,) = await all_of(world, replies, Reply)
        assert (reply.body, reply.detail) == ("孩子在奶奶家", "forwarded")


async def test_at_night_the_teacher_reads_it_in_the_morning(database: Database) -> None:
    async with a_world(database) as world:
        await world.family("李一", "李爸")
        await absent(world, "李一")
        await world.to("22:00")
        await says(world, "李爸", "孩子发烧了")
        assert "老师明早看到" in card(world, "李爸")
        await world.press_menu("李爸", "找老师")

        assert "老师明早看到" in card(world, "李爸")


async def test_reaching_the_teacher_rings_and_changes_no_answer(database: Database) -> None:
    async with a_world(database) as world:
        await world.family("李一", "李爸")
        await absent(world, "李一")
        await world.tap("李爸", "家里有事")
        await world.press_menu("李爸", "找老师")

        (question,) = await all_of(world, questions, Question)
        assert "callback" in await world.open_tasks("李一")
        assert question.answer == "family"


async def test_the_children_are_shown_with_what_is_open(database: Database) -> None:
    async with a_world(database) as world:
        await world.family("李一", "李爸")
        await world.family("王二", "李爸")
        await absent(world, "李一")
        await world.press_menu("李爸", "孩子情况")

        text = card(world, "李爸")
        assert "李一" in text
        assert "本学期共缺课1天" in text
        assert "9月7日没到校，等您回复" in text
        assert "生病了" in labels(world, "李爸")


async def test_a_leave_is_asked_for_step_by_step(database: Database) -> None:
    async with a_world(database) as world:
        await world.family("李一", "李爸")
        await world.press_menu("李爸", "我要请假")
        assert labels(world, "李爸") == ["生病", "家里有事", "其他", "不请了"]
        await world.tap("李爸", "家里有事")
        assert labels(world, "李爸") == ["今天", "明天", "选日期", "不请了"]
        await world.tap("李爸", "明天")
        await says(world, "李爸", "９月１０日")
        await world.tap("李爸", "交给老师")

        (row,) = await all_of(world, leaves, Leave)
        assert (row.kind, row.from_on, row.back_on) == (
            "family",
            date(2026, 9, 8),
            date(2026, 9, 10),
        )
        assert "leave_decision" in await world.open_tasks("李一")
        assert "已交给老师" in card(world, "李爸")


async def test_a_new_number_waits_for_the_teacher(database: Database) -> None:
    async with a_world(database) as world:
        await world.family("李一", "李爸")
        await says(world, "李爸", "/contact")
        await world.tap("李爸", "手机号")
        await says(world, "李爸", "12345")
        assert "号码看着不对" in card(world, "李爸")
        await says(world, "李爸", "１３９ ００００ １２３４")

        (task,) = [one for one in await all_of(world, tasks, Task) if one.kind == "contact_repair"]
        assert task.note == f"phone:{world.county.people['李爸']}:13900001234"
        (reply,) = await all_of(world, replies, Reply)
        assert (reply.body, reply.detail) == ("13900001234", "phone")
