"""Presses of an ending without a return, and of reopening."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from templates.presses import Press


@dataclass(frozen=True)
class AskClosePress(Press):
    """[申请结案] for this child's case."""

    verb: ClassVar[str] = "askclose"
    student_id: int


@dataclass(frozen=True)
class ClosingPress(Press):
    """A reason, [县内学校] [县外学校], a school, [提交] [先不提交]; the rest is in the draft."""

    verb: ClassVar[str] = "closing"
    act: str  # reason | where | school | submit | drop
    value: str


@dataclass(frozen=True)
class TransferPress(Press):
    """[在我校就读] [不在我校] at the receiving school."""

    verb: ClassVar[str] = "transfer"
    task_id: int
    act: str  # here | not_here


@dataclass(frozen=True)
class ReopenPress(Press):
    """[重新打开] on the card of a closed case."""

    verb: ClassVar[str] = "reopen"
    case_id: int
