"""The class teacher's acts of the day on one child (rules.md 2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from rules.attendance import needs_watch
from rules.child import safety_lane
from rules.child.draft import Draft
from rules.child.leaves import note_leave
from rules.child.settle import settle
from rules.model.attendance import Mark, MarkKind, Session
from rules.model.case import SafetyState
from rules.rollcalls import NAMED

#: What a teacher may claim in the grid or a sheet (病假, 事假).
CLAIMS = frozenset({"sick", "family"})


def record_absence(draft: Draft, on: date, picked: str, claims_until: datetime) -> None:
    """Write down that the child was not seen at a morning's roll call, and let the facts decide.

    `picked` is what the teacher tapped.  A claim of sickness or family matter is not yet a leave:
    as long as there is time (`claims_until`), the teacher is asked who said so, and the family is
    left in peace; after that the child is absent like any other.
    """
    kind, way = NAMED.get(picked, (picked, None))
    claim = kind if kind in CLAIMS and (way or draft.now < claims_until) else None
    old = draft.facts.mark_on(on)
    draft.facts = draft.facts.with_mark(draft.put(_mark(draft, on, Session.MORNING, claim, old)))
    draft.note("absent", {"on": on.isoformat(), "claim": claim is not None})
    if way is not None:
        answer_claim(draft, on, way)
    elif claim is not None:
        teacher = draft.facts.duties.class_teacher_id
        draft.open("leave_claim", teacher, claim_subject(draft, on), due_at=claims_until)
    else:
        settle(draft)


def claim_subject(draft: Draft, on: date) -> str:
    """How the question who asked for this day's leave is known."""
    return f"claim:{draft.child_id}:{on.isoformat()}"


def record_evening_absence(draft: Draft, on: date, old: Mark | None) -> None:
    """A boarder missing at the evening roll call is a matter of safety at once; the morning alone
    decides the day."""
    draft.put(_mark(draft, on, Session.EVENING, None, old))
    draft.note("absent_in_the_evening", {"on": on.isoformat()})
    safety_lane.start(draft, "boarder", None)


def _mark(draft: Draft, on: date, session: Session, claim: str | None, old: Mark | None) -> Mark:
    return Mark(
        id=old.id if old else draft.new_id(),
        student_id=draft.child_id,
        on=on,
        session=session,
        kind=MarkKind.ABSENT,
        recorded_by=draft.by,
        recorded_at=draft.now,
        claim=claim,
        version=old.version if old else 1,
    )


def see_child(draft: Draft, *, is_late: bool = False) -> None:
    """[见到了] [已到校] [在教室，点错了]: a tap on the child itself; it ends a running search."""
    safety_lane.see(draft, is_late=is_late)
    end_leave(draft)
    running = draft.facts.safety
    if running is not None and running.state is not SafetyState.ENDED:
        safety_lane.end(draft, safety_lane.ARRIVED if is_late else safety_lane.IN_CLASS)
    settle(draft)


def end_leave(draft: Draft) -> None:
    """A child who is at school is not on leave: whatever leave runs ends today."""
    today = draft.facts.today
    for leave in draft.facts.leaves:
        if leave.from_on <= today and (leave.back_on is None or leave.back_on > today):
            draft.facts = draft.facts.with_leave(draft.put(replace(leave, back_on=today)))


def say_not_here(draft: Draft) -> None:
    """[确实不在]: the alarm goes out at once."""
    if draft.facts.safety is not None and draft.facts.safety.state is not SafetyState.ENDED:
        safety_lane.raise_alarm(draft)


def answer_claim(draft: Draft, on: date, way: str | None) -> None:
    """[家长来电] [家长当面] make the claim a leave; [没人说] makes it an absence (rules.md 2)."""
    mark = draft.facts.mark_on(on)
    if mark is None or mark.claim is None:
        return
    kind = mark.claim
    cleared = draft.put(replace(mark, claim=None))
    draft.facts = draft.facts.with_mark(cleared)
    draft.done("leave_claim", way or "nobody", claim_subject(draft, on))
    if way is None:
        settle(draft)
    else:
        note_leave(draft, kind, on, way)


def correct(draft: Draft, on: date, kind: MarkKind, reason: str) -> None:
    """A later correction of a day, with its reason; it recounts (rules.md 2, 3).

    A day corrected to present names who says that the child was seen.
    """
    old = draft.facts.mark_on(on)
    is_present = kind is MarkKind.PRESENT
    mark = Mark(
        id=old.id if old else draft.new_id(),
        student_id=draft.child_id,
        on=on,
        session=Session.MORNING,
        kind=kind,
        recorded_by=draft.by,
        recorded_at=draft.now,
        seen_by=draft.by if is_present else None,
        seen_at=draft.now if is_present else None,
        reason=reason,
        version=old.version if old else 1,
    )
    draft.facts = draft.facts.with_mark(draft.put(mark))
    draft.note("corrected", {"on": on.isoformat(), "to": kind.value}, {"reason": reason})
    settle(draft)


def watch_scattered(draft: Draft, subject: str, absent: int, school_days: int) -> None:
    """10 % of the term's school days so far, at least 3: a watch item for the teacher, the
    pattern of coming one day a week (rules.md 3)."""
    rules = draft.facts.policy.episode
    share = rules.watch_percent_of_term / 100
    if needs_watch(absent, school_days, share=share, at_least=rules.watch_at_least_days):
        draft.open("watch", draft.facts.duties.class_teacher_id, subject)
