"""Presses under a case that was notified to a township."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from templates.presses import Press


@dataclass(frozen=True)
class TownshipPress(Press):
    """[接收] [不属本乡镇] [请学校同去]; at the section [维持，请继续] and [改送其他乡镇]."""

    verb: ClassVar[str] = "township"
    task_id: int
    act: str  # accept | decline | company | insist


@dataclass(frozen=True)
class ReroutePress(Press):
    """[改送其他乡镇]: a page of the townships, or which one (`township_id` above 0)."""

    verb: ClassVar[str] = "reroute"
    task_id: int
    township_id: int
    page: int


@dataclass(frozen=True)
class MyCasesPress(Press):
    """[我的个案]: a page of the cases notified to one's township."""

    verb: ClassVar[str] = "mycases"
    page: int
