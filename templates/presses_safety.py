"""Presses of the safety lane, of children in danger, and of contact flags."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from templates.presses import Press
from templates.presses_teacher import ChildPress


@dataclass(frozen=True)
class SearchPress(Press):
    """A key of a running search, or of one that has ended."""

    verb: ClassVar[str] = "search"
    safety_id: int
    act: str  # in_class | gone | arrived | handle | found | not_found | line


class DangerKey(ChildPress):
    """[孩子有危险] on the child's card."""

    @classmethod
    def pattern(cls) -> re.Pattern[str]:
        """That one key of the card."""
        return re.compile(rf"^{cls.verb}:\d+:danger$")


@dataclass(frozen=True)
class DangerPress(Press):
    """[确定，我来写] (1), [点错了] (0)."""

    verb: ClassVar[str] = "danger"
    student_id: int
    sure: int


@dataclass(frozen=True)
class ReceiptPress(Press):
    """[已报警，上传回执]."""

    verb: ClassVar[str] = "receipt"
    danger_id: int


@dataclass(frozen=True)
class ReceiptFilePress(Press):
    """[看回执]."""

    verb: ClassVar[str] = "receiptfile"
    danger_id: int


@dataclass(frozen=True)
class FlagsPress(Press):
    """[联系限制]: the guardians of a child with what may be sent to each."""

    verb: ClassVar[str] = "flags"
    student_id: int


@dataclass(frozen=True)
class FlagPress(Press):
    """One guardian's flag: the tap sets `wanted`."""

    verb: ClassVar[str] = "flag"
    link_id: int
    wanted: str  # normal | emergencies | no_contact


@dataclass(frozen=True)
class FlagDecisionPress(Press):
    """[确认] (1), [不改] (0)."""

    verb: ClassVar[str] = "flagok"
    task_id: int
    agreed: int
