"""The police's receipt of a child in danger, on its way to one of the record's two readers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rules.messages.base import Hold, Lane, Message


@dataclass(frozen=True, kw_only=True)
class DangerReceipt(Message):
    """The picture as it was stored; it goes out of the chat after a day."""

    kind: ClassVar[str] = "danger_receipt"
    about: ClassVar[str] = "danger"
    lane: ClassVar[Lane] = Lane.ANSWER
    hold: ClassVar[Hold] = Hold.NEVER
