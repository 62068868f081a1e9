"""A ledger (台账) on its way to whoever asked for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rules.messages.base import Hold, Lane, Message


@dataclass(frozen=True, kw_only=True)
class LedgerSent(Message):
    """Masked, put together when it leaves; it goes out of the chat after a day."""

    kind: ClassVar[str] = "ledger_file"
    about: ClassVar[str] = "ledger"
    lane: ClassVar[Lane] = Lane.ANSWER
    hold: ClassVar[Hold] = Hold.NEVER
