"""What comparing register and rosters says to schools (rules.md 8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rules.messages.base import Lane, Message


@dataclass(frozen=True, kw_only=True)
class FindingCard(Message):
    """A child that register and rosters say different things of; item: the task."""

    kind: ClassVar[str] = "finding_card"
    about: ClassVar[str] = "task"


@dataclass(frozen=True, kw_only=True)
class FindingNews(Message):
    """To the school where the child is registered, what was found elsewhere; item: the finding."""

    kind: ClassVar[str] = "finding_news"
    about: ClassVar[str] = "finding"


@dataclass(frozen=True, kw_only=True)
class ReviewList(Message):
    """Pairs wait for somebody to say whether they are one child; item: the task."""

    kind: ClassVar[str] = "review_list"
    about: ClassVar[str] = "task"


@dataclass(frozen=True, kw_only=True)
class CountyCompared(Message):
    """To the section: the county in numbers after a run that changed something; item: the run."""

    kind: ClassVar[str] = "county_compared"
    about: ClassVar[str] = "reconciliation"
    lane: ClassVar[Lane] = Lane.DIGEST
