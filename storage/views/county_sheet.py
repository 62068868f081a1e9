"""What the county counts over a quarter, as a table in the chat of the education section."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from storage.by_key import PERSON
from storage.facts.reports import desk_of, due_by_id
from storage.journal import head_of
from storage.ledgers.scope import CountAsked
from storage.views import Document, OutboxRow, Unwanted, view
from storage.work import Reading


@dataclass(frozen=True)
class CountySheetView:
    """The words under the file."""

    rhythm: str
    period: str
    from_on: date
    to_on: date
    reader: str
    at: datetime
    head: str


@view("county_sheet")
async def county_sheet(read: Reading, row: OutboxRow) -> Document | Unwanted:
    """Who does not sign it any more gets nothing."""
    due, reader = await due_by_id(read, row.item), await read.get(PERSON, row.to)
    if due is None or reader is None or row.created_at is None:
        return Unwanted("no_report")
    if row.to not in (await desk_of(read, due.unit_id, row.created_at.date())).readers:
        return Unwanted("not_theirs")
    head, at = await head_of(read), row.created_at
    until = due.until or at
    span = (due.from_on, due.to_on, due.since, until)
    asked = CountAsked(due.period, *span, reader.name, at, head)
    words = CountySheetView(due.rhythm, due.period, due.from_on, due.to_on, reader.name, at, head)
    return Document(f"{due.rhythm}-{due.period}.xlsx", asked, words)
