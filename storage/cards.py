"""Living messages: which message shows a card to a person, and what it shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, select

from storage.asking import Lookup
from storage.prepared import Prepared
from storage.rows import values_of
from storage.tables.plumbing import cards
from storage.work import Reading, Work


@dataclass(frozen=True, slots=True)
class Card:
    """A message that is edited instead of being sent again; `shown_hash` tells equal edits."""

    card_key: str
    person_id: int
    chat_id: int
    message_id: int
    shown_hash: str
    updated_at: datetime


_CARD = Lookup(select(cards), cards.c.card_key, Card)
_FORGET = Prepared(delete(cards).where(cards.c.card_key == bindparam("key")))


async def card(read: Reading, card_key: str) -> Card | None:
    """The living message of this key."""
    return await read.get(_CARD, card_key)


async def keep_card(work: Work, shown: Card) -> None:
    """Remember what is shown now, in place of what was."""
    await forget_card(work, shown.card_key)
    await work.insert_new(cards, values_of(cards, shown, work.vault))


async def forget_card(work: Work, card_key: str) -> None:
    """The message is gone, or is no longer edited."""
    await work.execute(_FORGET, {"key": card_key})
