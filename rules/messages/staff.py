"""What teachers, leaders and the bureau hear."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rules.messages.base import Hold, Lane, Message


@dataclass(frozen=True, kw_only=True)
class DayCard(Message):
    """The living card of one class and day (roll call, replies, what is open); item: roll call."""

    kind: ClassVar[str] = "day_card"
    about: ClassVar[str] = "roll_call"
    card: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class DayCardTouched(DayCard):
    """The same card, as the answer to a tap on it: nothing delays it."""

    lane: ClassVar[Lane] = Lane.ANSWER
    hold: ClassVar[Hold] = Hold.NEVER


@dataclass(frozen=True, kw_only=True)
class RollCallDue(Message):
    """A roll call is not in and its time is near, there, or past."""

    kind: ClassVar[str] = "roll_call_due"
    about: ClassVar[str] = "roll_call"


@dataclass(frozen=True, kw_only=True)
class RollCallNear(RollCallDue):
    """The same while there is still time: its deadline is within the hour."""

    rings: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class RollCallMissing(Message):
    """09:30, to the school leader, grouped: these classes have no roll call; [代点名]."""

    kind: ClassVar[str] = "roll_call_missing"
    about: ClassVar[str] = "roll_call"


@dataclass(frozen=True, kw_only=True)
class NobodyAnswered(Message):
    """30 minutes after the alert: please call (grouped, once)."""

    kind: ClassVar[str] = "nobody_answered"
    about: ClassVar[str] = "task"
    rings: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class PleaseCall(Message):
    """A guardian asked for a call, or an alert could not be sent: ring at once."""

    kind: ClassVar[str] = "please_call"
    about: ClassVar[str] = "task"
    rings: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class GuardianRefused(Message):
    """A guardian says that the child does not want to come."""

    kind: ClassVar[str] = "guardian_refused"
    about: ClassVar[str] = "task"
    rings: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class TaskClimbed(Message):
    """Something unanswered has reached this person (grouped, each with [处理])."""

    kind: ClassVar[str] = "task_climbed"
    about: ClassVar[str] = "task"


@dataclass(frozen=True, kw_only=True)
class TaskReminder(Message):
    """A deadline within the hour rings; all other reminders wait for the digest."""

    kind: ClassVar[str] = "task_reminder"
    about: ClassVar[str] = "task"
    hold: ClassVar[Hold] = Hold.DIGEST


@dataclass(frozen=True, kw_only=True)
class DeadlineNear(Message):
    """One's own task is due within the hour."""

    kind: ClassVar[str] = "deadline_near"
    about: ClassVar[str] = "task"
    rings: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class TaskCard(Message):
    """A task that starts with a card of its own: leave, binding, contact repair, objection ..."""

    kind: ClassVar[str] = "task_card"
    about: ClassVar[str] = "task"


@dataclass(frozen=True, kw_only=True)
class StatusCard(Message):
    """疑似辍学 or 辍学 was set: [确认疑似辍学] [有异议]; item: the confirmation task."""

    kind: ClassVar[str] = "status_card"
    about: ClassVar[str] = "task"


@dataclass(frozen=True, kw_only=True)
class ApprovalCard(Message):
    """Something waits for one's [批准] or [退回修改]; item: the task."""

    kind: ClassVar[str] = "approval_card"
    about: ClassVar[str] = "task"


@dataclass(frozen=True, kw_only=True)
class Nudge(Message):
    """A superior pressed [催一下]."""

    kind: ClassVar[str] = "nudge"
    about: ClassVar[str] = "task"


@dataclass(frozen=True, kw_only=True)
class TaskHandedOver(Message):
    """[换人办], [我来办]: who has it now, told to the old owner and the new."""

    kind: ClassVar[str] = "task_handed_over"
    about: ClassVar[str] = "task"


@dataclass(frozen=True, kw_only=True)
class Note(Message):
    """One line of the next digest: something happened that this person should know.

    `more["line"]` names the phrase (templates: notes.<line>); the other values fill it.
    """

    kind: ClassVar[str] = "note"
    about: ClassVar[str] = "student"
    hold: ClassVar[Hold] = Hold.DIGEST


@dataclass(frozen=True, kw_only=True)
class Digest(Message):
    """08:00 and 16:00: what is open, and the lines that have waited; item: minutes of the day."""

    kind: ClassVar[str] = "digest"
    about: ClassVar[str] = "digest"
    lane: ClassVar[Lane] = Lane.DIGEST


@dataclass(frozen=True, kw_only=True)
class MorningLine(Message):
    """09:20 to leaders: 应到/实到/请假/未到/未联系上; item: the school."""

    kind: ClassVar[str] = "morning_line"
    about: ClassVar[str] = "school"
    lane: ClassVar[Lane] = Lane.DIGEST


@dataclass(frozen=True, kw_only=True)
class OverdueCard(Message):
    """16:00 to leaders: one grouped card, a line per teacher; item: the school."""

    kind: ClassVar[str] = "overdue_card"
    about: ClassVar[str] = "school"
    lane: ClassVar[Lane] = Lane.DIGEST


@dataclass(frozen=True, kw_only=True)
class AllClear(Message):
    """The daily line to the section: counts, gaps, the head of the journal."""

    kind: ClassVar[str] = "all_clear"
    about: ClassVar[str] = "section"
    lane: ClassVar[Lane] = Lane.DIGEST


@dataclass(frozen=True, kw_only=True)
class RegisterDiffers(Message):
    """At the end of the week to head and register clerk: 我们记的 and 全国学籍 may differ."""

    kind: ClassVar[str] = "register_differs"
    about: ClassVar[str] = "school"
    lane: ClassVar[Lane] = Lane.DIGEST


@dataclass(frozen=True, kw_only=True)
class StatusChanged(Message):
    """Those who were told of a status hear that it went back."""

    kind: ClassVar[str] = "status_changed"
    about: ClassVar[str] = "case"


@dataclass(frozen=True, kw_only=True)
class BulkHeld(Message):
    """The bulk guard holds this roll call: are so many children really missing?

    Half an hour is the time to say so: a deadline within the hour rings (rules.md 6).
    """

    kind: ClassVar[str] = "bulk_held"
    about: ClassVar[str] = "roll_call"
    rings: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class OutageNotice(Message):
    """The bot was down so long that Telegram may have dropped replies."""

    kind: ClassVar[str] = "outage_notice"
    about: ClassVar[str] = "outage"


@dataclass(frozen=True, kw_only=True)
class OperatorNotice(Message):
    """Something that an administrator has to mend; `more["line"]` names the phrase."""

    kind: ClassVar[str] = "operator_notice"
    about: ClassVar[str] = "operator"


@dataclass(frozen=True, kw_only=True)
class LookAgain(Message):
    """【紧急】 to the teacher: look in the classroom again, [在教室，点错了] [确实不在]."""

    kind: ClassVar[str] = "look_again"
    about: ClassVar[str] = "safety"
    lane: ClassVar[Lane] = Lane.SAFETY
    hold: ClassVar[Hold] = Hold.NEVER
    rings: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class ChildMissing(Message):
    """【紧急】 to leader, head and section, with the police advice and when last seen."""

    kind: ClassVar[str] = "child_missing"
    about: ClassVar[str] = "safety"
    lane: ClassVar[Lane] = Lane.SAFETY
    hold: ClassVar[Hold] = Hold.NEVER
    rings: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class SearchEnded(Message):
    """【紧急】 ... found: everybody who was told is told."""

    kind: ClassVar[str] = "search_ended"
    about: ClassVar[str] = "safety"
    lane: ClassVar[Lane] = Lane.SAFETY
    hold: ClassVar[Hold] = Hold.NEVER
    rings: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class ChildInDanger(Message):
    """【紧急】 to the head and one named section person alone (rules.md 5)."""

    kind: ClassVar[str] = "child_in_danger"
    about: ClassVar[str] = "danger"
    lane: ClassVar[Lane] = Lane.SAFETY
    hold: ClassVar[Hold] = Hold.NEVER
    rings: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class SentenceAsked(Message):
    """Fridays, to class teachers: a sentence for families that get the total; item: class."""

    kind: ClassVar[str] = "sentence_asked"
    about: ClassVar[str] = "class"
