"""Presses under a contact that a family wants changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from templates.presses import Press


@dataclass(frozen=True)
class RepairPress(Press):
    """[看一下] [确认] [不对]: what a family wrote about its phone or address."""

    verb: ClassVar[str] = "repair"
    task_id: int
    act: str  # look | confirm | refuse
