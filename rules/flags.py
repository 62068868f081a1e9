"""Contact flags: whether a guardian may be written to; never visible to guardians (D18).

The teacher sets, the leader confirms.  不联系（安全） holds at once, while it waits: a text too
many may put a child at risk, a text too few only costs a phone call.  Every other change waits.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from rules.calendar import SchoolCalendar
from rules.child.facts import Duties
from rules.decision import Decision, Entry
from rules.messages.protection import FlagAsked, FlagDecided
from rules.model.case import Task
from rules.model.people import ContactFlag, Guardianship
from rules.model.school import Student
from rules.policy import Policy
from rules.refusals import NotAllowed, NotNow, OwnPaper
from rules.tasks import finish, open_task, void

#: A change that a teacher prepares and the school leader approves.
KIND = "correction_approval"


@dataclass(frozen=True)
class Request:
    """What the task must remember: the flag before, the one asked for, and who asked."""

    before: ContactFlag
    wanted: ContactFlag
    by: int

    def as_note(self) -> str:
        """As one line of text."""
        return f"{self.before} {self.wanted} {self.by}"

    @classmethod
    def of(cls, task: Task) -> Request:
        """What `as_note` has written."""
        before, wanted, by = (task.note or "").split()
        return cls(ContactFlag(before), ContactFlag(wanted), int(by))


@dataclass(frozen=True)
class Setting:
    """Where a flag is set: the child and its people, the numbers and days, and the moment."""

    student: Student
    duties: Duties
    policy: Policy
    calendar: SchoolCalendar
    now: datetime


def subject_of(link: Guardianship) -> str:
    """How the one open request about a guardian is known."""
    return f"flag:{link.id}"


def ask(
    link: Guardianship, wanted: ContactFlag, earlier: Task | None, setting: Setting, by: int
) -> Decision:
    """The teacher asks for a flag; the leader has one school day to confirm.

    A new wish takes the place of one that still waits; wishing for what holds takes it back.
    """
    before = Request.of(earlier).before if earlier else link.flag
    decision = void(earlier, setting.now, "changed") if earlier else Decision()
    entry = _entry("flag_asked", link, by, {"flag": wanted.value})
    if wanted is before:
        kept = replace(link, flag=before, flag_pending=None)
        return decision + Decision((kept,) if kept != link else (), entries=(entry,))
    is_urgent = wanted is ContactFlag.NO_CONTACT
    pending = replace(link, flag=wanted if is_urgent else before, flag_pending=wanted)
    task = _task(link, Request(before, wanted, by), setting)
    told = (task.owner_id, setting.duties.deputies.get(task.owner_id))
    asked = tuple(
        FlagAsked(to=one, item=task.id, student_id=link.student_id)
        for one in told
        if one is not None
    )
    return decision + Decision((pending, task), asked, (entry,))


def _task(link: Guardianship, request: Request, setting: Setting) -> Task:
    above = [one for one in setting.duties.above if one is not None and one != request.by]
    if not above:
        raise NotNow("flags.nobody")
    return open_task(
        KIND,
        subject_of(link),
        above[0],
        id=-1,
        now=setting.now,
        policy=setting.policy,
        calendar=setting.calendar,
        student_id=link.student_id,
        school_id=setting.student.school_id,
        note=request.as_note(),
    )


def may_decide(task: Task, duties: Duties, persons: tuple[int, ...]) -> None:
    """Nobody confirms what they asked for; it is the leader's, or of whoever stands above."""
    if Request.of(task).by in persons:
        raise OwnPaper
    allowed = {task.owner_id, *duties.above} - {None}
    if not allowed & set(persons):
        raise NotAllowed


def decide(link: Guardianship, task: Task, *, agreed: bool, by: int, now: datetime) -> Decision:
    """[确认] makes the flag hold; [不改] puts back what held before.  The teacher hears it."""
    request = Request.of(task)
    flag = request.wanted if agreed else request.before
    settled = replace(link, flag=flag, flag_pending=None)
    told = FlagDecided(to=request.by, item=task.id, student_id=link.student_id)
    outcome = "confirmed" if agreed else "kept"
    entry = _entry(f"flag_{outcome}", link, by, {"flag": flag.value})
    return Decision((settled,), (told,), (entry,)) + finish(task, by, now, outcome)


def _entry(kind: str, link: Guardianship, by: int, personal: dict[str, object]) -> Entry:
    return Entry(kind, f"child:{link.student_id}", by, {"link": link.id}, personal)
