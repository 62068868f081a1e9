"""Presses about families that cannot be reached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from templates.presses import Press


@dataclass(frozen=True)
class ReachPress(Press):
    """One class by name."""

    verb: ClassVar[str] = "reach"
    class_id: int
