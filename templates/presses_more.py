"""Presses under [更多]: the errands that have no key of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from templates.presses import Press


@dataclass(frozen=True)
class MorePress(Press):
    """One errand: staff, reach, away, tasks, language, privacy."""

    verb: ClassVar[str] = "more"
    errand: str
