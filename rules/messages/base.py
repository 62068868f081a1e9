"""What all messages have in common, and how they travel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar


class Lane(StrEnum):
    """Order of sending; but for the one place in so many that whoever has waited too long gets
    (policy: limits), a lower lane never delays a higher one."""

    SAFETY = "safety"
    ANSWER = "answer"
    ALERT = "alert"
    TASK = "task"
    DIGEST = "digest"
    CAMPAIGN = "campaign"


class Hold(StrEnum):
    """What a message waits for (rules.md 6, Noise and Quiet hours)."""

    NEVER = "never"  # the safety lane, and answers to one's own action
    QUIET = "quiet"  # sent at once outside the receiver's quiet hours
    DIGEST = "digest"  # a line of the receiver's next digest (08:00, 16:00)


@dataclass(frozen=True, kw_only=True)
class Message:
    """Something that one person must hear.

    `item` is the id of what it is about, of the sort that `about` names; messages of one kind to
    one person with the same `group` that still wait are merged into one with several items.
    `round` tells repetitions apart: (kind, item, person, round) is sent at most once.
    `more` carries the few plain values that cannot be read again from the record.
    """

    kind: ClassVar[str]
    about: ClassVar[str]  # question | case | task | student | leave | safety | roll_call | ...
    lane: ClassVar[Lane] = Lane.TASK
    hold: ClassVar[Hold] = Hold.QUIET
    rings: ClassVar[bool] = False
    #: Living message: a later one with the same card edits the earlier instead of adding another.
    card: ClassVar[bool] = False
    #: Says once more what was said before: behind what its lane says for the first time.
    repeats: ClassVar[bool] = False
    #: The persistent keyboard and the commands of the receiver's chat are set with it.
    sets_menu: ClassVar[bool] = False

    to: int
    item: int
    round: str = ""
    group: str | None = None
    student_id: int | None = None
    case_id: int | None = None
    more: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """What makes this message unique."""
        return f"{self.about}:{self.item}:{self.kind}:{self.to}:{self.round}"
