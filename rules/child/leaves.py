"""Leave: a guardian's own, one the teacher noted, the decision, the limits (rules.md 2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from rules.attendance import DayState, holds
from rules.child.draft import Draft
from rules.child.settle import settle
from rules.messages.guardians import LeaveAnswered
from rules.messages.staff import PleaseCall, TaskCard
from rules.model.attendance import Leave, LeaveState
from rules.model.case import Task
from rules.model.people import Level

#: What a person has to approve once unbroken leave grows past it, and who.
LEAVE_TASKS = ("leave_decision", "leave_proof", "leave_limit")


def ask_for_leave(draft: Draft, kind: str, from_on: date, back_on: date | None, by: int) -> Leave:
    """A guardian says that the child is ill or that the family needs it (rules.md 2).

    It holds the count at once, up to three school days; the class teacher's decision is a task
    that climbs by itself.
    """
    leave = draft.put(
        Leave(
            id=draft.new_id(),
            student_id=draft.child_id,
            kind=kind,
            from_on=from_on,
            back_on=back_on,
            asked_by=by,
            noted_by=None,
            way="chat",
            asked_at=draft.now,
        )
    )
    draft.facts = draft.facts.with_leave(leave)
    draft.note("leave_asked", {"from": from_on.isoformat(), "back": str(back_on)}, {"kind": kind})
    draft.open("leave_decision", draft.facts.duties.class_teacher_id, f"leave:{leave.id}")
    _ask_to_call_after_many(draft)
    check_limits(draft, leave)
    return leave


def note_leave(draft: Draft, kind: str, on: date, way: str) -> Leave:
    """The teacher notes that the family called or came ([家长来电] [家长当面]); who said so is
    named, and it holds the count like a guardian's own (rules.md 2)."""
    leave = draft.put(
        Leave(
            id=draft.new_id(),
            student_id=draft.child_id,
            kind=kind,
            from_on=on,
            back_on=None,
            asked_by=None,
            noted_by=draft.by,
            way=way,
            asked_at=draft.now,
            state=LeaveState.ACCEPTED,
            decided_by=draft.by,
            decided_at=draft.now,
        )
    )
    draft.facts = draft.facts.with_leave(leave)
    draft.note("leave_noted", {"on": on.isoformat(), "way": way}, {"kind": kind})
    draft.done("call", "leave_noted")
    check_limits(draft, leave)
    settle(draft)
    return leave


def set_return_day(draft: Draft, leave: Leave, back_on: date | None) -> None:
    """The answer to 哪天能来上学: the first day at school again, or not sure yet."""
    changed = draft.put(replace(leave, back_on=back_on))
    draft.facts = draft.facts.with_leave(changed)
    draft.note("leave_until", {"back": str(back_on)})
    check_limits(draft, changed)
    settle(draft)


def decide(draft: Draft, leave: Leave, *, granted: bool) -> None:
    """The class teacher grants the leave, or answers 先核实, which ends its hold (rules.md 2)."""
    state = LeaveState.ACCEPTED if granted else LeaveState.VERIFY
    changed = draft.put(replace(leave, state=state, decided_by=draft.by, decided_at=draft.now))
    draft.facts = draft.facts.with_leave(changed)
    draft.done("leave_decision", "granted" if granted else "verify", f"leave:{leave.id}")
    draft.note("leave_decided", {"leave": leave.id, "granted": granted})
    if leave.asked_by is not None:
        draft.say(
            LeaveAnswered(
                to=leave.asked_by,
                item=leave.id,
                round=state.value,
                student_id=draft.child_id,
                case_id=draft.case_id,
            )
        )
    if not granted:
        teacher = draft.facts.duties.class_teacher_id
        draft.open("call", teacher, due_at=draft.now)
    settle(draft)


def approve(draft: Draft, leave: Leave, level: Level) -> None:
    """A leader (over 10 days) or the section (over 20) approves unbroken leave (rules.md 2)."""
    changed = draft.put(replace(leave, approved_level=max(leave.approved_level, int(level))))
    draft.facts = draft.facts.with_leave(changed)
    draft.done("leave_limit", "approved", f"leave:{leave.id}")
    draft.note("leave_approved", {"leave": leave.id, "level": int(level)})
    settle(draft)


def accept_proof(draft: Draft, leave: Leave) -> None:
    """A photo of the note came in: the proof asked for from the fourth day (rules.md 2)."""
    changed = draft.put(replace(leave, has_proof=True))
    draft.facts = draft.facts.with_leave(changed)
    draft.done("leave_proof", "received", f"leave:{leave.id}")
    draft.note("leave_proof", {"leave": leave.id})
    settle(draft)


def check_limits(draft: Draft, leave: Leave) -> None:
    """Open what a long leave asks for: over 3 unbroken school days a proof, over 10 the school
    leader, over 20 the section (rules.md 2).  Leave of any reason counts together."""
    if not holds(leave):
        return
    rules, length = draft.facts.policy.leave, unbroken_length(draft, leave)
    subject = f"leave:{leave.id}"
    if length > rules.proof_over_school_days and not leave.has_proof:
        draft.open("leave_proof", draft.facts.duties.class_teacher_id, subject)
    if length > rules.section_over_school_days and leave.approved_level < Level.SECTION:
        _ask_approval(draft, subject, draft.facts.duties.section_id)
    elif length > rules.leader_over_school_days and leave.approved_level < Level.LEADER:
        _ask_approval(draft, subject, draft.facts.duties.leader_id)


def _ask_approval(draft: Draft, subject: str, owner: int | None) -> None:
    draft.card_for(draft.open("leave_limit", owner, subject), TaskCard)


def unbroken_length(draft: Draft, leave: Leave) -> int:
    """School days of the unbroken leave that `leave` ends, whatever its reasons: the days
    already covered before it and its own up to the day before the child is back."""
    before = 0
    for day in reversed([d for d in draft.facts.read(draft.now) if d.on < leave.from_on]):
        if day.state is not DayState.EXCUSED:
            break
        before += 1
    last = (leave.back_on or draft.facts.today + timedelta(days=1)) - timedelta(days=1)
    return before + len(draft.facts.calendar.school_days(leave.from_on, last))


def _ask_to_call_after_many(draft: Draft) -> None:
    """More than three self-declared days within thirty: the teacher must call (rules.md 2)."""
    rules = draft.facts.policy.leave
    since = draft.facts.today - timedelta(days=rules.self_declared_within_days)
    if self_declared_days(draft, draft.facts.leaves, since) > rules.call_over_self_declared_days:
        teacher = draft.facts.duties.class_teacher_id
        ring_for_call(draft, draft.open("callback", teacher), "many_leaves")


def self_declared_days(draft: Draft, leaves: Iterable[Leave], since: date) -> int:
    """School days since `since` that are covered by leave which only the family declared."""
    covered: set[date] = set()
    for leave in leaves:
        if leave.way == "chat" and holds(leave) and not leave.has_proof:
            end = (leave.back_on or draft.facts.today + timedelta(days=1)) - timedelta(days=1)
            covered |= set(draft.facts.calendar.school_days(max(leave.from_on, since), end))
    return len(covered)


def ring_for_call(draft: Draft, task: Task | None, why: str) -> None:
    """Ring the owner of a call task at once, saying why."""
    if task is not None:
        draft.say(
            PleaseCall(
                to=task.owner_id,
                item=task.id,
                round=f"{why}:{draft.facts.today}",
                student_id=draft.child_id,
                case_id=draft.case_id,
                more={"why": why},
            )
        )
