"""A file from a chat as text and tables, for whoever has no office program at hand."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator

from bot.demo.asking import Line
from playground.messages import Shown
from playground.server import BotApi
from playground.web import Declined

MOST_ROWS = 200


class Reading:
    """The files of the phones."""

    def __init__(self, api: BotApi) -> None:
        """Whatever was sent either way."""
        self._api = api

    async def opened(self, asked: Line) -> Line:
        """The parts of a document, in order: a text, or the rows of a table."""
        person = self._api.people[int(asked["chat_id"])]
        number = int(asked["message_id"])
        shown = next((one for one in person.messages if one.message_id == number), None)
        if shown is None or shown.file is None:
            raise Declined(str(number))
        return {"parts": await asyncio.to_thread(_parts, shown)}


def _parts(shown: Shown) -> list[Line]:
    assert shown.file is not None
    name, data = shown.file.name.lower(), shown.file.data
    if name.endswith(".docx"):
        return list(_of_word(data))
    if name.endswith((".xlsx", ".xls")):
        return list(_of_sheets(data))
    if name.endswith((".txt", ".csv")):
        return [{"text": data.decode("utf-8", "replace")}]
    raise Declined(shown.file.name)


def _of_word(data: bytes) -> Iterator[Line]:
    from docx import Document
    from docx.table import Table

    for block in Document(io.BytesIO(data)).iter_inner_content():
        if isinstance(block, Table):
            yield {"rows": [_cells(row.cells) for row in block.rows]}
        elif block.text.strip():
            yield {"text": block.text}


def _cells(cells: object) -> list[str]:
    """A cell that spans several columns is given once for each; it is read once."""
    once: dict[int, str] = {}
    for cell in cells:  # type: ignore[attr-defined]
        once[id(cell._tc)] = cell.text
    return list(once.values())


def _of_sheets(data: bytes) -> Iterator[Line]:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    for name in book.sheet_names:
        yield {"text": name}
        rows = book.get_sheet_by_name(name).to_python()[:MOST_ROWS]
        yield {"rows": [[_plain(cell) for cell in row] for row in rows]}


def _plain(cell: object) -> str:
    is_whole = isinstance(cell, float) and cell.is_integer()
    return str(int(cell)) if isinstance(cell, float) and is_whole else str(cell)
