"""The presses of the question of the term."""

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


@dataclass(frozen=True)
class DrillElsePress(Press):
    """What a family answers instead: [要改], [发错人了] and what follows on it."""

    verb: ClassVar[str] = "drillelse"
    drill_id: int
    act: str  # change | wrong | sure | slip
