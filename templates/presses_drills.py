"""The press of the drill."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from templates.presses import Press


@dataclass(frozen=True)
class DrillPress(Press):
    """[收到]."""

    verb: ClassVar[str] = "drill"
    drill_id: int
    whom: str  # family | staff
