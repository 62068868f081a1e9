"""Roll calls, marks, leave, the day's question to the family, and what came back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Session(StrEnum):
    """Morning decides the day; evening is for boarders only (rules.md 2)."""

    MORNING = "morning"
    EVENING = "evening"


class MarkKind(StrEnum):
    """What one day was for one child (rules.md 2)."""

    PRESENT = "present"
    ABSENT = "absent"
    LEAVE = "leave"
    HOME_TEACHING = "home_teaching"


class RollCallState(StrEnum):
    """open; submitted: alerts leave at `release_at`; held by the bulk guard; released: done."""

    OPEN = "open"
    SUBMITTED = "submitted"
    HELD = "held"
    RELEASED = "released"


@dataclass(frozen=True)
class RollCall:
    """One class, one school day, one session."""

    id: int
    class_id: int
    school_id: int
    on: date
    session: Session
    ask_at: datetime
    due_at: datetime
    state: RollCallState = RollCallState.OPEN
    picks: tuple[tuple[int, str], ...] = ()  # (student, absent|sick|family|seen|not_seen) so far
    submitted_at: datetime | None = None
    submitted_by: int | None = None
    release_at: datetime | None = None  # when the families are told
    next_at: datetime | None = None  # the next instant at which time alone does something
    page: int | None = None  # of the names, while the teacher picks; None: the card itself
    version: int = 1

    @property
    def is_held_back(self) -> bool:
        """Handed in once and not released yet, be it that the bulk guard holds it or that it was
        given back: no family is told by itself."""
        return self.state is not RollCallState.RELEASED and self.submitted_at is not None


@dataclass(frozen=True)
class Mark:
    """One child, one day; a child without a mark in a taken roll call was present."""

    id: int
    student_id: int
    on: date
    session: Session
    kind: MarkKind
    recorded_by: int | None
    recorded_at: datetime
    claim: str | None = None  # sick | family: the teacher says so; who asked for it is still open
    seen_by: int | None = None
    seen_at: datetime | None = None
    late: bool = False
    void: bool = (
        False  # a return that the family contradicted ([孩子没去]): the day counts as absent
    )
    reason: str | None = None  # of a correction
    version: int = 1


class LeaveState(StrEnum):
    """A guardian's own leave holds from the start; 先核实 or a refusal ends the hold."""

    OPEN = "open"
    ACCEPTED = "accepted"
    VERIFY = "verify"
    REFUSED = "refused"


@dataclass(frozen=True)
class Leave:
    """A leave that names who asked; `back_on` is the first day at school again, None unknown."""

    id: int
    student_id: int
    kind: str  # sick | family | other
    from_on: date
    back_on: date | None
    asked_by: int | None  # the guardian
    noted_by: int | None  # the teacher who noted it, with `way` call | in_person
    way: str  # chat | call | in_person
    asked_at: datetime
    state: LeaveState = LeaveState.OPEN
    decided_by: int | None = None
    decided_at: datetime | None = None
    has_proof: bool = False
    approved_level: int = 0  # rules.model.people.Level that approved it: 1 leader, 3 section
    version: int = 1


@dataclass(frozen=True)
class Question:
    """The one question of one child and day: where is the child?"""

    id: int
    student_id: int
    case_id: int | None
    on: date
    asked_at: datetime
    is_automatic: bool  # False: no alert; the teacher's contact takes its place, or it is held
    second_at: datetime | None = None  # when the second alert is due; None: sent, or not wanted
    answered_at: datetime | None = None
    answered_by: int | None = None
    answer: str | None = None  # rules.model.attendance.Answer
    confirm_at: datetime | None = None  # 在路上: by then the child must have arrived
    version: int = 1


class Answer(StrEnum):
    """The keys of the alert (conversations.md, Guardian)."""

    SICK = "sick"
    FAMILY = "family"
    ON_THE_WAY = "on_the_way"
    LEFT_HOME = "left_home"
    CALL_ME = "call_me"
    UNWILLING = "unwilling"
    TRANSFERRED = "transferred"
    ELSEWHERE = "elsewhere"
    DONT_KNOW = "dont_know"
    WRONG_PERSON = "wrong_person"
    TEXT = "text"
    VOICE = "voice"
    PHOTO = "photo"
    DOCUMENT = "document"
    STILL_ILL = "still_ill"
    COMES_TODAY = "comes_today"
    NOT_THERE = "not_there"  # [孩子没去] under the welcome


@dataclass(frozen=True)
class Reply:
    """Something a guardian said; all are kept, the latest answer stands (rules.md 7)."""

    id: int
    student_id: int | None
    person_id: int
    question_id: int | None
    case_id: int | None
    kind: Answer
    at: datetime
    body: str | None = None
    attachment_id: int | None = None
    detail: str | None = None  # what was asked next: a date, whom to talk to, where the child is
    classified_as: Answer | None = None
    classified_by: int | None = None
    version: int = 1
