"""The file of a case in the chat: numbers masked, for whom it may be at the moment it leaves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from rules.model.people import Person
from rules.refusals import NotYours
from storage.actors import actor_of
from storage.casefile.child import student_of_case
from storage.casefile.reading import case_by_id
from storage.casefile.sight import CaseFile, may_export, sight_of
from storage.tables.people import people
from storage.views import Document, OutboxRow, Unwanted, view
from storage.work import Reading


@dataclass(frozen=True)
class CaseFileView:
    """Which case, who has it now, and since when (the watermark)."""

    case_id: int
    reader: str
    at: datetime


@view("case_file")
async def case_file(read: Reading, row: OutboxRow) -> Document | Unwanted:
    """What this reader may see today; who may not export it any more gets nothing."""
    reader = await read.one(select(people).where(people.c.id == row.to), Person)
    if reader is None or reader.chat_id is None or row.created_at is None:
        return Unwanted("no_reader")
    on = date.fromisoformat(str(row.more["on"]))
    try:
        actor = await actor_of(read, reader.chat_id, on)
        sight = await sight_of(read, actor, row.item, on)
        child = await student_of_case(read, await case_by_id(read, row.item))
        if not await may_export(read, actor, child.school_id, on):
            return Unwanted("not_theirs")
    except NotYours:
        return Unwanted("not_theirs")
    words = CaseFileView(row.item, reader.name, row.created_at)
    return Document(f"case-{row.item}.html", CaseFile(row.item, sight), words)
