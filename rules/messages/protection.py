"""What staff hear about the safety of one child beside the search itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rules.messages.base import Hold, Lane, Message


@dataclass(frozen=True, kw_only=True)
class FoundLine(Message):
    """Where the child was found and by whom: silent, for all who heard that it was found."""

    kind: ClassVar[str] = "search_found"
    about: ClassVar[str] = "safety"
    lane: ClassVar[Lane] = Lane.SAFETY
    hold: ClassVar[Hold] = Hold.NEVER


@dataclass(frozen=True, kw_only=True)
class FlagAsked(Message):
    """A teacher has set a contact flag on a guardian: [确认] [不改]; item: the task."""

    kind: ClassVar[str] = "flag_asked"
    about: ClassVar[str] = "task"


@dataclass(frozen=True, kw_only=True)
class FlagDecided(Message):
    """The teacher hears what became of the flag; item: the task."""

    kind: ClassVar[str] = "flag_decided"
    about: ClassVar[str] = "task"
