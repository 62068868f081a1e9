"""Presses about spreadsheets that were sent to the bot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from templates.presses import Press


@dataclass(frozen=True)
class SheetPress(Press):
    """[确认] (1), [取消] (0) under what a sheet would do."""

    verb: ClassVar[str] = "sheet"
    draft_id: int
    sure: int
