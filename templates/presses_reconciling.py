"""Presses about what register and rosters say differently."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from templates.presses import Press


@dataclass(frozen=True)
class FindingPress(Press):
    """[在我校就读] [不在我校], [已报到] [没来报到]."""

    verb: ClassVar[str] = "finding"
    task_id: int
    act: str  # here | not_here


@dataclass(frozen=True)
class PairPress(Press):
    """[是同一人] [不是同一人] [下一对] under two lines."""

    verb: ClassVar[str] = "pair"
    task_id: int
    pair_id: int
    act: str  # same | other | next
