"""What the upper stages of a case say: papers to sign, townships, closings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rules.messages.base import Lane, Message


@dataclass(frozen=True, kw_only=True)
class PaperCard(Message):
    """A paper waits for this person: to prepare, sign, serve, acknowledge, issue or deliver."""

    kind: ClassVar[str] = "paper_card"
    about: ClassVar[str] = "task"


@dataclass(frozen=True, kw_only=True)
class PaperFile(Message):
    """The docx of a paper, without ID and address; `more["final"]` tells draft from approved."""

    kind: ClassVar[str] = "paper_file"
    about: ClassVar[str] = "paper"


@dataclass(frozen=True, kw_only=True)
class TownshipCard(Message):
    """A case notified to a township: to accept, to log, or back at the section."""

    kind: ClassVar[str] = "township_card"
    about: ClassVar[str] = "task"


@dataclass(frozen=True, kw_only=True)
class ClosingCard(Message):
    """A case is to end without a return: reason, proof, [批准] or [退回修改]."""

    kind: ClassVar[str] = "closing_card"
    about: ClassVar[str] = "task"


@dataclass(frozen=True, kw_only=True)
class TransferCard(Message):
    """To the school that a child is said to attend now: [在我校就读] or [不在我校]."""

    kind: ClassVar[str] = "transfer_card"
    about: ClassVar[str] = "task"


@dataclass(frozen=True, kw_only=True)
class ClosingDecided(Message):
    """To whoever asked: the closing was granted, or refused with a comment; item: the closing."""

    kind: ClassVar[str] = "closing_decided"
    about: ClassVar[str] = "closing"


@dataclass(frozen=True, kw_only=True)
class StageReached(Message):
    """The case has gone on, by somebody's act or by itself; `more` names stage and cause."""

    kind: ClassVar[str] = "stage_reached"
    about: ClassVar[str] = "case"
    lane: ClassVar[Lane] = Lane.TASK


@dataclass(frozen=True, kw_only=True)
class JointEnded(Message):
    """To the townships that looked for the child: it is back, or the case has another end."""

    kind: ClassVar[str] = "joint_ended"
    about: ClassVar[str] = "case"
