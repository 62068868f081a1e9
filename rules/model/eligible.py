"""适龄儿童底册: who has to be in school, village by village, and what was found at the door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from rules.reconciling.eligible import Standing


@dataclass(frozen=True)
class Village:
    """A village (村) or neighbourhood (居委会); without a name where a list does not say which."""

    id: int
    name: str
    township_id: int | None = None
    version: int = 1


@dataclass(frozen=True)
class Eligible:
    """One child of the list; `written`: an identity number as the list has it, if it does not
    hold; `source`: the offices that name the child; `standing`: by the last comparison."""

    id: int
    village_id: int
    name: str
    sex: str | None = None
    birth_on: date | None = None
    id_number: str | None = field(default=None, repr=False)
    id_hash: str | None = None
    written: str | None = field(default=None, repr=False)
    guardian: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    address: str | None = field(default=None, repr=False)
    source: str | None = None
    note: str | None = field(default=None, repr=False)
    listed_at: datetime | None = None
    standing: Standing | None = None
    student_id: int | None = None
    version: int = 1


class Answer(StrEnum):
    """What somebody found at the door (rules.md 8)."""

    ENROLLED = "enrolled"  # 已在校就读: that school says whether it is so
    NOT_ENROLLED = "not_enrolled"  # 未入学: a case
    AWAY = "away"  # 在外地就读, with proof
    MOVED = "moved"  # 已迁出/查无此人
    DISABLED = "disabled"  # 残疾不能到校: placement assessment
    DEFERRED = "deferred"  # 延缓入学, with the township's document


#: What somebody else looks at before it counts.
CHECKED = (Answer.ENROLLED, Answer.AWAY, Answer.MOVED, Answer.DEFERRED)
#: What counts only until the school year is over.
FOR_A_YEAR = (Answer.ENROLLED, Answer.AWAY, Answer.DEFERRED)


class Ending(StrEnum):
    """Why a line of the door-to-door list is over."""

    FOUND = "found"  # on a register or roster by now
    CONFIRMED = "confirmed"  # the answer holds
    REFUSED = "refused"  # it does not: a new line takes its place
    RETURNED = "returned"  # the case is over: the child was seen in school
    EXITED = "exited"  # the case is over: lawfully elsewhere, or no child of the county
    RENEWED = "renewed"  # something else is asked of the same child: a new line goes on
    OTHERWISE = "otherwise"  # too old by now, or the same child as another line


@dataclass(frozen=True)
class Doorstep:
    """One child to ask for at home, from the day it was found on no list until it is settled.

    `body` is the child as listed then, so that a ledger of a past day stays what it was;
    `school_id`: where it is said to attend; `holds_until`: the last day on which the ending
    counts.
    """

    id: int
    eligible_id: int
    village_id: int
    opened_at: datetime
    body: Mapping[str, Any] = field(repr=False)
    answer: Answer | None = None
    answered_at: datetime | None = None
    answered_by: int | None = None
    school_id: int | None = None
    file_id: int | None = None
    ended_at: datetime | None = None
    outcome: Ending | None = None
    ended_by: int | None = None
    holds_until: date | None = None
    version: int = 1

    @property
    def name(self) -> str:
        """The child's name as listed."""
        return str(self.body["name"])

    @property
    def grade(self) -> int | None:
        """The grade for its age; None where the age is unknown."""
        return self.body.get("grade")

    @property
    def is_waiting(self) -> bool:
        """Whether somebody still has to go there."""
        return self.answer is None and self.ended_at is None
