"""Presses about printed invites."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from templates.presses import Press


@dataclass(frozen=True)
class InviteSheetPress(Press):
    """[邀请单]: the printable sheet of a class."""

    verb: ClassVar[str] = "invsheet"
    class_id: int
