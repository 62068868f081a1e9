"""What people hear when responsibility changes hands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rules.messages.base import Message


@dataclass(frozen=True, kw_only=True)
class StaffingChanged(Message):
    """A class or a child has another class teacher, paired teacher or leader from today.

    `more`: `what`, `student` (0: the whole class), `new`, `old` (persons; 0: nobody), `tasks`.
    """

    kind: ClassVar[str] = "staffing_changed"
    about: ClassVar[str] = "class"
    sets_menu: ClassVar[bool] = True
