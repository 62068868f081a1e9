"""The drill of a term for staff; families have theirs among their own messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rules.messages.base import Lane, Message


@dataclass(frozen=True, kw_only=True)
class StaffDrill(Message):
    """Do the bot's messages arrive here?  [收到]"""

    kind: ClassVar[str] = "staff_drill"
    about: ClassVar[str] = "drill"
    lane: ClassVar[Lane] = Lane.CAMPAIGN
