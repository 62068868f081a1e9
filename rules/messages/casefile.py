"""The file of a case (一生一案) on its way to whoever asked for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rules.messages.base import Hold, Lane, Message


@dataclass(frozen=True, kw_only=True)
class CaseFileSent(Message):
    """The page of a case, put together when it leaves; it goes out of the chat after a day."""

    kind: ClassVar[str] = "case_file"
    about: ClassVar[str] = "case"
    lane: ClassVar[Lane] = Lane.ANSWER
    hold: ClassVar[Hold] = Hold.NEVER
