"""What guardians hear."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rules.messages.base import Hold, Lane, Message


@dataclass(frozen=True, kw_only=True)
class AbsenceAlert(Message):
    """Your child was not at school this morning: where is the child?  Siblings share one."""

    kind: ClassVar[str] = "absence_alert"
    about: ClassVar[str] = "question"
    lane: ClassVar[Lane] = Lane.ALERT
    rings: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class SecondAlert(Message):
    """An hour later, shorter, with the same keys."""

    kind: ClassVar[str] = "second_alert"
    about: ClassVar[str] = "question"
    lane: ClassVar[Lane] = Lane.ALERT
    repeats: ClassVar[bool] = True
    rings: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class QuestionSettled(Message):
    """The alert on the other guardians' phones says that the teacher knows now (an edit)."""

    kind: ClassVar[str] = "question_settled"
    about: ClassVar[str] = "question"
    lane: ClassVar[Lane] = Lane.ANSWER
    edits: ClassVar[tuple[str, ...]] = ("absence_alert", "second_alert", "asked_again")


@dataclass(frozen=True, kw_only=True)
class ChildArrived(Message):
    """A family that was alerted hears that the child is there after all."""

    kind: ClassVar[str] = "child_arrived"
    about: ClassVar[str] = "question"
    lane: ClassVar[Lane] = Lane.ALERT


@dataclass(frozen=True, kw_only=True)
class WelcomeBack(Message):
    """One line on return, with [孩子没去] for one school day."""

    kind: ClassVar[str] = "welcome_back"
    about: ClassVar[str] = "case"
    lane: ClassVar[Lane] = Lane.ALERT


@dataclass(frozen=True, kw_only=True)
class StillIll(Message):
    """Every second school day of a running illness: is the child better today?"""

    kind: ClassVar[str] = "still_ill"
    about: ClassVar[str] = "leave"
    lane: ClassVar[Lane] = Lane.TASK


@dataclass(frozen=True, kw_only=True)
class LeaveAnswered(Message):
    """The teacher granted the leave, or wants to ask first."""

    kind: ClassVar[str] = "leave_answered"
    about: ClassVar[str] = "leave"


@dataclass(frozen=True, kw_only=True)
class CarerAsked(Message):
    """Somebody else does not know where the child is: the carer is asked."""

    kind: ClassVar[str] = "carer_asked"
    about: ClassVar[str] = "question"
    lane: ClassVar[Lane] = Lane.SAFETY
    hold: ClassVar[Hold] = Hold.NEVER
    rings: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class ChildIsSafe(Message):
    """The family hears the end of a search."""

    kind: ClassVar[str] = "child_is_safe"
    about: ClassVar[str] = "safety"
    lane: ClassVar[Lane] = Lane.SAFETY
    hold: ClassVar[Hold] = Hold.NEVER
    rings: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class GuardianConfirmed(Message):
    """The teacher said [是本人]: from now on child data may be sent here."""

    kind: ClassVar[str] = "guardian_confirmed"
    about: ClassVar[str] = "guardianship"
    sets_menu: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class ParentAsked(Message):
    """Somebody who is no parent wants to be linked: [同意] [不同意]; item: their guardianship."""

    kind: ClassVar[str] = "parent_asked"
    about: ClassVar[str] = "guardianship"


@dataclass(frozen=True, kw_only=True)
class TeacherVisited(Message):
    """After a home visit: did the teacher come?  Seen by the leader only."""

    kind: ClassVar[str] = "teacher_visited"
    about: ClassVar[str] = "case"


@dataclass(frozen=True, kw_only=True)
class ContactDecided(Message):
    """The teacher has confirmed the new number or address, or found it wrong."""

    kind: ClassVar[str] = "contact_decided"
    about: ClassVar[str] = "student"


@dataclass(frozen=True, kw_only=True)
class WeeklyTotal(Message):
    """Fridays, for children with two or more absences: the total and the teacher's sentence."""

    kind: ClassVar[str] = "weekly_total"
    about: ClassVar[str] = "student"
    lane: ClassVar[Lane] = Lane.CAMPAIGN


@dataclass(frozen=True, kw_only=True)
class RepliesMayBeMissing(Message):
    """After an outage of more than a day an open question is asked again."""

    kind: ClassVar[str] = "asked_again"
    about: ClassVar[str] = "question"
    lane: ClassVar[Lane] = Lane.ALERT
    repeats: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class FamilyDrill(Message):
    """At the beginning of a term: does this arrive, are phone and address still right?  [收到]"""

    kind: ClassVar[str] = "family_drill"
    about: ClassVar[str] = "drill"
    lane: ClassVar[Lane] = Lane.CAMPAIGN
