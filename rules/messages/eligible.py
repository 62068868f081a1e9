"""What the age-eligible list says to those who go from house to house (rules.md 8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rules.messages.base import Message


@dataclass(frozen=True, kw_only=True)
class DoorstepCard(Message):
    """A village with children who are on no register and no roster; item: the task."""

    kind: ClassVar[str] = "doorstep_card"
    about: ClassVar[str] = "task"


@dataclass(frozen=True, kw_only=True)
class DoorstepCheck(Message):
    """Whether what was said at the door holds, or what follows from it; item: the task."""

    kind: ClassVar[str] = "doorstep_check"
    about: ClassVar[str] = "task"


@dataclass(frozen=True, kw_only=True)
class DoorstepNews(Message):
    """To whoever was asked: a child was found after all, or has to be asked for again; item: the
    line.  `round`: found, refused."""

    kind: ClassVar[str] = "doorstep_news"
    about: ClassVar[str] = "doorstep"
