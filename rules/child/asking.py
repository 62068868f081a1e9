"""What a family is asked next, and what the second tap adds to the first (rules.md 2, 7)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from rules.attendance import DayState, holds
from rules.calendar import SchoolCalendar
from rules.child.draft import Draft
from rules.child.leaves import ask_for_leave, check_limits, set_return_day
from rules.messages.guardians import ContactDecided
from rules.messages.staff import GuardianRefused, Note, TaskCard
from rules.model.attendance import Leave, LeaveState, Reply
from rules.model.case import CaseState, Task
from rules.model.people import Person

#: What the second question was answered with, where it is not a date.
UNKNOWN, TEACHER, LEADER = "unknown", "teacher", "leader"
AT_SCHOOL, NOT_AT_SCHOOL = "at_school", "not_at_school"
ONE_DAY = timedelta(days=1)


def is_over(draft: Draft, asked_on: date) -> bool:
    """Whether the child has been at school on or after the day that was asked about.

    A child who is followed must have been seen; for another it is enough that a roll call did not
    miss it.  What is over is kept as said, and nothing follows from it.
    """
    case = draft.facts.case
    is_followed = case is not None and case.state is CaseState.OPEN
    return any(
        day.state is DayState.SEEN or (day.state is DayState.PRESENT and not is_followed)
        for day in draft.facts.read(draft.now)
        if day.on >= asked_on
    )


def file_leave(draft: Draft, kind: str, from_on: date, back_on: date | None, by: int) -> Leave:
    """A family asks for leave; while the teacher has not decided, asking anew changes what was
    asked, so that two taps are one leave."""
    standing = undecided_leave(draft.facts.leaves, from_on, back_on)
    if standing is None:
        return ask_for_leave(draft, kind, from_on, back_on, by)
    first = min(standing.from_on, from_on)
    changed = draft.put(replace(standing, kind=kind, from_on=first, back_on=back_on, asked_by=by))
    draft.facts = draft.facts.with_leave(changed)
    draft.note("leave_changed", {"from": first.isoformat(), "back": str(back_on)}, {"kind": kind})
    check_limits(draft, changed)
    return changed


def undecided_leave(
    leaves: Iterable[Leave], from_on: date, back_on: date | None = None
) -> Leave | None:
    """The family's own leave that nobody has decided and that touches these days."""
    touching = [
        leave
        for leave in leaves
        if leave.state is LeaveState.OPEN
        and leave.way == "chat"
        and leave.from_on != leave.back_on
        and (back_on is None or leave.from_on < back_on)
        and (leave.back_on is None or from_on < leave.back_on)
    ]
    return max(touching, key=lambda leave: (leave.asked_at, leave.id), default=None)


def withdraw_leave(draft: Draft, on: date) -> None:
    """The latest answer stands: a child who is said to be on the way is not on leave today."""
    leave = undecided_leave(draft.facts.leaves, on, on + ONE_DAY)
    if leave is None:
        return
    changed = draft.put(replace(leave, back_on=max(leave.from_on, on)))
    draft.facts = draft.facts.with_leave(changed)
    draft.note("leave_until", {"back": changed.back_on.isoformat() if changed.back_on else ""})
    if changed.back_on == changed.from_on:
        for kind in ("leave_decision", "leave_proof", "leave_limit"):
            draft.needless(kind, "answer_changed", f"leave:{leave.id}")


def say_return_day(draft: Draft, reply: Reply, leave: Leave, back_on: date | None) -> None:
    """哪天能来上学: the answer belongs to the reply, and bounds the leave."""
    draft.put(replace(reply, detail=back_on.isoformat() if back_on else UNKNOWN))
    set_return_day(draft, leave, back_on)


def choose_whom(draft: Draft, reply: Reply, who: str) -> None:
    """想和谁说: the call goes to whom the family wants to talk to, who is rung (rules.md 7).

    A call that has been made already is not asked for again.
    """
    draft.put(replace(reply, detail=who))
    draft.note("wants_to_talk", {"to": who})
    duties, task = draft.facts.duties, draft.facts.task("callback")
    leader = duties.leader_id or duties.head_id
    wanted = leader if who == LEADER else duties.class_teacher_id
    if task is None or wanted is None or task.owner_id == wanted:
        return
    moved = draft.keep(replace(task, owner_id=wanted))
    draft.say(
        GuardianRefused(
            to=wanted,
            item=moved.id,
            round=draft.facts.today.isoformat(),
            student_id=draft.child_id,
            case_id=draft.case_id,
        )
    )


def say_whether_at_school(draft: Draft, reply: Reply, *, attends: bool) -> None:
    """[在那边上学] is verified by the register clerk; after [没有上学] there is nothing to verify
    and the case goes on (rules.md 7)."""
    draft.put(replace(reply, detail=AT_SCHOOL if attends else NOT_AT_SCHOOL))
    draft.note("elsewhere", {"attends": attends})
    if attends:
        draft.open("transfer_verify", draft.facts.duties.register_clerk_id)
        draft.open("transfer", draft.facts.duties.register_clerk_id)
    else:
        end_transfer(draft, NOT_AT_SCHOOL)


def end_transfer(draft: Draft, why: str) -> None:
    """There is no school elsewhere that could confirm the child."""
    draft.needless("transfer_verify", why)
    draft.needless("transfer", why)


def asks_about_illness(leave: Leave, calendar: SchoolCalendar, today: date, every: int) -> bool:
    """Whether 孩子今天好些了吗 is asked today: each second school day of a running illness."""
    is_running = leave.from_on < today and (leave.back_on is None or today < leave.back_on)
    if leave.kind != "sick" or not holds(leave) or not is_running:
        return False
    passed = len(calendar.school_days(leave.from_on, today)) - 1
    return calendar.is_school_day(today) and passed > 0 and passed % every == 0


def confirm_visit(draft: Draft, *, came: bool) -> None:
    """Whether the teacher came, in the family's words; a no is a line for the leader alone."""
    draft.note("visit_confirmed", {"came": came})
    leader = draft.facts.duties.leader_id or draft.facts.duties.head_id
    if not came and leader is not None:
        draft.say(
            Note(
                to=leader,
                item=draft.child_id,
                round=f"visit_denied:{draft.facts.today}",
                student_id=draft.child_id,
                case_id=draft.case_id,
                more={"line": "visit_denied"},
            )
        )


def leave_of(draft: Draft, reply: Reply) -> Leave | None:
    """The leave that a reply asked for: the person's latest that holds, decided or not."""
    said_on = draft.facts.calendar.local_date(reply.at)
    asked = [
        leave
        for leave in draft.facts.leaves
        if holds(leave)
        and leave.asked_by == reply.person_id
        and leave.from_on <= said_on
        and leave.from_on != leave.back_on
    ]
    return max(asked, key=lambda leave: (leave.asked_at, leave.id), default=None)


@dataclass(frozen=True)
class ContactChange:
    """What a family wants changed; the task's note holds it until the teacher has confirmed."""

    field: str  # phone | address
    person_id: int
    value: str

    def spell(self) -> str:
        """As it stands in the note."""
        return f"{self.field}:{self.person_id}:{self.value}"

    @classmethod
    def read(cls, note: str | None) -> ContactChange | None:
        """What a note says; None when it is another note."""
        field, _, rest = (note or "").partition(":")
        person_id, _, value = rest.partition(":")
        if field not in ("phone", "address") or not person_id.isdigit():
            return None
        return cls(field, int(person_id), value)


def repair_contact(draft: Draft, change: ContactChange) -> None:
    """A family wrote a new phone number or address: the class teacher checks and confirms it.

    What was typed last stands in the task; all that was ever typed is kept as replies.
    """
    told = change.spell()
    task = draft.open("contact_repair", draft.facts.duties.class_teacher_id, note=told)
    if task is not None and task.note != told:
        task = draft.keep(replace(task, note=told))
    if task is not None:
        draft.say(
            TaskCard(
                to=task.owner_id,
                item=task.id,
                round=f"{draft.now:%Y%m%d%H%M%S}",
                student_id=draft.child_id,
                case_id=draft.case_id,
            )
        )


def confirm_contact(
    draft: Draft, task: Task, change: ContactChange, person: Person, phone_hash: str
) -> None:
    """[确认]: from now on the record has what the family wrote; the family hears it once.

    `phone_hash` is the keyed hash by which the number is found again; unused for an address.
    """
    if change.field == "phone":
        draft.put(replace(person, phone=change.value, phone_hash=phone_hash))
    else:
        student = draft.put(replace(draft.facts.student, address=change.value))
        draft.facts = replace(draft.facts, student=student)
    draft.note("contact_confirmed", {"field": change.field}, {"value": change.value})
    draft.done(task.kind, "confirmed", task.subject)
    _tell_family(draft, change, is_right=True)


def refuse_contact(draft: Draft, task: Task, change: ContactChange) -> None:
    """[不对]: nothing changes; the family is asked to write it again or to call the teacher."""
    draft.note("contact_refused", {"field": change.field})
    draft.done(task.kind, "refused", task.subject)
    _tell_family(draft, change, is_right=False)


def _tell_family(draft: Draft, change: ContactChange, *, is_right: bool) -> None:
    draft.say(
        ContactDecided(
            to=change.person_id,
            item=draft.child_id,
            round=f"{change.field}:{draft.now:%Y%m%d%H%M%S}",
            student_id=draft.child_id,
            more={"field": change.field, "is_right": int(is_right)},
        )
    )
