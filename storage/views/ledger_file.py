"""A ledger in the chat, masked, of the schools that the reader answers for at that moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from rules.ledgers import Ledger
from storage.access import ledger_schools
from storage.actors import actor_of
from storage.by_key import PERSON
from storage.ledgers.masking import IN_CHAT
from storage.ledgers.scope import LedgerAsked
from storage.views import Document, OutboxRow, Unwanted, view
from storage.work import Reading


@dataclass(frozen=True)
class LedgerFileView:
    """Which ledger of which day, who has it, and since when (the watermark)."""

    ledger: str
    as_of: date
    reader: str
    at: datetime


@view("ledger_file")
async def ledger_file(read: Reading, row: OutboxRow) -> Document | Unwanted:
    """Who may not read ledgers any more gets nothing."""
    reader = await read.get(PERSON, row.to)
    if reader is None or reader.chat_id is None or row.created_at is None:
        return Unwanted("no_reader")
    ledger, as_of = Ledger(row.more["ledger"]), date.fromisoformat(str(row.more["as_of"]))
    actor = await actor_of(read, reader.chat_id, date.fromisoformat(str(row.more["on"])))
    schools = await ledger_schools(read, actor, date.fromisoformat(str(row.more["on"])))
    if ledger not in IN_CHAT or not schools:
        return Unwanted("not_theirs")
    words = LedgerFileView(ledger, as_of, reader.name, row.created_at)
    asked = LedgerAsked(ledger, as_of, frozenset(schools), reader.name, row.created_at)
    return Document(f"{ledger}-{as_of.isoformat()}.xlsx", asked, words)
