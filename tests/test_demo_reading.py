"""Papers in the playground are read without an office program."""

from __future__ import annotations

import io

import pytest
import xlsxwriter
from docx import Document

from bot.demo.reading import Reading
from playground.server import BotApi
from playground.web import Declined


def a_paper() -> bytes:
    document = Document()
    document.add_paragraph("劝返通知书")
    table = document.add_table(rows=1, cols=3)
    table.rows[0].cells[0].merge(table.rows[0].cells[1]).text = "学校"
    table.rows[0].cells[2].text = "盖章"
    document.add_paragraph("")
    kept = io.BytesIO()
    document.save(kept)
    return kept.getvalue()


def a_sheet() -> bytes:
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept) as book:
        book.add_worksheet("台账").write_row(0, 0, ["李一", 12, 1.5])
    return kept.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "parts"),
    [
        ("a.docx", a_paper(), [{"text": "劝返通知书"}, {"rows": [["学校", "盖章"]]}]),
        ("b.xlsx", a_sheet(), [{"text": "台账"}, {"rows": [["李一", "12", "1.5"]]}]),
        ("c.csv", "甲,乙".encode(), [{"text": "甲,乙"}]),
    ],
)
async def test_a_paper_is_read(name: str, data: bytes, parts: list[object]) -> None:
    api = BotApi()
    person = api.person("王芳")
    shown = person.send_document(name, data)
    asked = {"chat_id": person.chat_id, "message_id": shown.message_id}

    assert (await Reading(api).opened(asked))["parts"] == parts


async def test_what_nobody_can_read_is_said() -> None:
    api = BotApi()
    person = api.person("王芳")
    shown = person.send_document("d.bin", b"\x00")
    with pytest.raises(Declined, match=r"d\.bin"):
        await Reading(api).opened({"chat_id": person.chat_id, "message_id": shown.message_id})
    with pytest.raises(Declined):
        await Reading(api).opened({"chat_id": person.chat_id, "message_id": 99})
