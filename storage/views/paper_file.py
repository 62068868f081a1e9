"""The docx of a paper, for whoever decides about it or prints it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from rules.model.ladder import Paper, PaperState
from rules.model.people import Person
from rules.model.school import Unit
from rules.official import number_of
from rules.refusals import NotYours
from storage.access import student_visible_to
from storage.actors import actor_of
from storage.attachments import Kept, attachment_by_id
from storage.naming import child_name
from storage.papers import paper_by_id
from storage.tables.people import people
from storage.tables.school import units
from storage.views import Document, OutboxRow, Unwanted, view
from storage.work import Reading


@dataclass(frozen=True)
class PaperFileView:
    """Which paper this is, about whom, and to whom it was handed (the watermark)."""

    kind: str
    child: str
    number: str | None
    is_final: bool
    reader: str
    at: datetime


@view("paper_file")
async def paper_file(read: Reading, row: OutboxRow) -> Document | Unwanted:
    """The draft while it waits for a decision; the numbered paper from then on."""
    paper = await paper_by_id(read, row.item)
    is_final = bool(row.more.get("final"))
    state = PaperState.APPROVED if is_final else PaperState.SUBMITTED
    if paper is None or paper.state is not state:
        return Unwanted("paper_changed")
    file_id = paper.file_id if is_final else paper.draft_file_id
    file = await attachment_by_id(read, file_id or 0)
    reader = await read.one(select(people).where(people.c.id == row.to), Person)
    if file is None or file.removed_at is not None or reader is None or reader.chat_id is None:
        return Unwanted("no_file")
    at = row.created_at
    assert at is not None
    try:
        actor = await actor_of(read, reader.chat_id, at.date())
        child = await student_visible_to(read, actor, paper.student_id, at.date())
    except NotYours:
        return Unwanted("not_theirs")
    number = await _number(read, paper) if is_final else None
    words = PaperFileView(
        paper.kind.value, child_name(read, child), number, is_final, reader.name, at
    )
    return Document(file.name or "", Kept(file.sha256, read.vault), words)


async def _number(read: Reading, paper: Paper) -> str | None:
    unit = await read.one(select(units).where(units.c.id == paper.unit_id), Unit)
    if unit is None or paper.number is None or paper.year is None:
        return None
    return number_of(unit.name, paper.kind, paper.year, paper.number)
