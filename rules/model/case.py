"""Cases, the tasks in them, contacts, and the safety lane."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Stage(StrEnum):
    """rules.md 5, in order."""

    VERIFY = "verify"
    PERSUADE = "persuade"
    NOTICE = "notice"
    REPORT = "report"
    JOINT = "joint"


STAGES = tuple(Stage)


class CaseState(StrEnum):
    """watch: returned, and watched for ten school days; a new absence reopens the same case."""

    OPEN = "open"
    WATCH = "watch"
    CLOSED = "closed"


class Ending(StrEnum):
    """Closing reasons; there is no reason 'unreachable' (rules.md 5)."""

    RETURNED = "returned"
    EXPLAINED = "explained"
    TRANSFERRED = "transferred"
    LAWFUL_EXIT = "lawful_exit"
    DATA_FAULT = "data_fault"


@dataclass(frozen=True)
class Case:
    """The follow-up of one absence episode; one child has at most one case that is not closed."""

    id: int
    student_id: int
    school_id: int
    stage: Stage
    state: CaseState
    opened_at: datetime
    first_absent_on: date
    policy: str  # the policy it started with, as JSON (freeze rules, resolve people)
    counted: int = 0
    untaken: int = 0  # how many of the counted days had no roll call
    responsible_id: int | None = None  # named by a superior ([换人办]); None: the paired teacher
    level: int = 0  # the highest level that was told (rules.model.people.Level)
    level_at: datetime | None = None
    seen_on: date | None = None  # a return that waits for its second sign
    signed_on: date | None = None  # the day a leader signed a return for
    last_contact_at: datetime | None = None
    last_reached_at: datetime | None = None
    agreed_on: date | None = None
    refused_at: datetime | None = None
    failed_contacts: int = 0
    visited_home: bool = False
    reason: str | None = None  # rules.model.case.Reason, the latest stated
    round: int = 1  # a relapse begins another round of stages and papers
    stage_at: datetime | None = None  # when the present stage opened
    stage_ends_at: datetime | None = None  # when the case goes on by itself
    served_on: date | None = None  # the notice of this round
    notice_until: date | None = None  # the last day of the second persuasion
    marks: tuple[str, ...] = ()  # which silences were passed: notice_unapproved, ...
    review_at: datetime | None = None  # when time alone may change something
    watch_until: date | None = None
    ended_as: Ending | None = None
    ended_at: datetime | None = None
    ended_by: int | None = None
    version: int = 1


class Reason(StrEnum):
    """Reason codes of the contact log (rules.md 5)."""

    SICK = "sick"
    FAMILY_MATTER = "family_matter"
    LEARNING = "learning"
    TEACHER_CONFLICT = "teacher_conflict"
    SENT_AWAY = "sent_away"
    MENTAL_HEALTH = "mental_health"
    POVERTY = "poverty"
    WORK = "work"
    EARLY_MARRIAGE = "early_marriage"
    WITH_PARENTS = "with_parents"
    DISABILITY = "disability"
    BULLYING = "bullying"
    FAMILY_CONFLICT = "family_conflict"
    INTERNET = "internet"
    DISTANCE = "distance"
    LOST_CONTACT = "lost_contact"
    OTHER = "other"


@dataclass(frozen=True)
class Contact:
    """One line of the contact log (劝返记录)."""

    id: int
    student_id: int
    case_id: int | None
    by: int
    at: datetime
    means: str  # phone | visit | message | other
    reached: bool
    whom: str | None = None
    reason: Reason | None = None
    result: str | None = None  # will_come | refuses | again | sick | family
    agreed_on: date | None = None
    note: str | None = None
    attachment_id: int | None = None
    acting_for: int | None = None
    version: int = 1


class TaskState(StrEnum):
    """Only doing it ends a task; void means that the facts took the need away."""

    OPEN = "open"
    DONE = "done"
    VOID = "void"


@dataclass(frozen=True)
class Task:
    """One thing that one person must do by a deadline (rules.md 6).

    `subject` names what it is about ('child:12', 'roll_call:7', 'leave:3', 'person:5').
    `step` counts the reminders and climbs that have happened; `next_at` is the next of them.
    """

    id: int
    kind: str  # a key of the policy's tasks
    subject: str
    owner_id: int
    opened_at: datetime
    due_at: datetime
    student_id: int | None = None
    case_id: int | None = None
    school_id: int | None = None
    class_id: int | None = None
    level: int = 0
    step: int = 0
    next_at: datetime | None = None
    state: TaskState = TaskState.OPEN
    done_at: datetime | None = None
    done_by: int | None = None
    acting_for: int | None = None
    outcome: str | None = None
    shift_s: int = 0  # seconds by which pauses and notes have moved the climb
    noted_levels: tuple[int, ...] = ()
    paused_levels: tuple[int, ...] = ()
    note: str | None = None
    version: int = 1


class SafetyState(StrEnum):
    """asking: the teacher looks again; open: leader, head and section know."""

    CARER = "carer"  # 我不清楚 from somebody else: the carer is asked first
    ASKING = "asking"
    OPEN = "open"
    ENDED = "ended"


@dataclass(frozen=True)
class Safety:
    """One run of the safety lane for one child (rules.md 5)."""

    id: int
    student_id: int
    case_id: int | None
    why: str  # left_home | dont_know | on_the_way | boarder
    state: SafetyState
    opened_at: datetime
    next_at: datetime | None
    last_seen: str | None = None
    told: tuple[int, ...] = ()  # everyone who must hear the end
    silenced: tuple[tuple[int, str], ...] = ()  # (person, until as ISO instant): [我在处理]
    rounds: int = 0
    ended_at: datetime | None = None
    ended_by: int | None = None
    ended_as: str | None = None  # arrived | in_class | found_safe | leave
    found_note: str | None = None
    version: int = 1
