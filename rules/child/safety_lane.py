"""The safety lane: a child who left home, or whom nobody can place (rules.md 5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from rules.attendance import DayState
from rules.child.draft import Draft
from rules.messages.base import Message
from rules.messages.guardians import CarerAsked, ChildIsSafe
from rules.messages.staff import ChildMissing, LookAgain, SearchEnded
from rules.model.attendance import Mark, MarkKind, Session
from rules.model.case import Safety, SafetyState

#: The ways in which a search ends.
ARRIVED, IN_CLASS, FOUND_SAFE = "arrived", "in_class", "found_safe"


def start(draft: Draft, why: str, said_by: int | None, last_seen: str | None = None) -> None:
    """Open the lane unless it runs, or the child has been seen today meanwhile.

    `why` is left_home, dont_know, on_the_way, boarder or not_there.  我不清楚 from somebody who is
    not the carer asks the carer first; if no carer is bound, the teacher looks at once.
    """
    if _is_seen_today(draft) or _runs_already(draft):
        return
    carer = _carer(draft)
    asks_carer = why == "dont_know" and carer is not None and carer != said_by
    is_carer = why == "dont_know" and any(
        g.person.id == said_by and g.link.is_carer for g in draft.facts.guardians
    )
    safety = draft.facts.safety or _new(draft, why, last_seen)
    draft.facts = replace(draft.facts, safety=safety)
    draft.note("safety_opened", {"why": why})
    if asks_carer and not is_carer and carer is not None:
        _ask_carer(draft, carer)
    else:
        ask_teacher(draft)


def _runs_already(draft: Draft) -> bool:
    """A lane that only waits for the carer goes on to the teacher; any other is left alone."""
    safety = draft.facts.safety
    return safety is not None and safety.state is not SafetyState.CARER


def _is_seen_today(draft: Draft) -> bool:
    days = draft.facts.read(draft.now)
    return bool(days) and days[-1].on == draft.facts.today and days[-1].state is DayState.SEEN


def _carer(draft: Draft) -> int | None:
    return next(
        (g.person.id for g in draft.facts.guardians if g.is_bound and g.link.is_carer), None
    )


def _new(draft: Draft, why: str, last_seen: str | None) -> Safety:
    return Safety(
        id=draft.new_id(),
        student_id=draft.child_id,
        case_id=draft.case_id,
        why=why,
        state=SafetyState.ASKING,
        opened_at=draft.now,
        next_at=None,
        last_seen=last_seen,
    )


def _change(draft: Draft, **changes: object) -> Safety:
    if draft.facts.safety is None:
        raise ValueError("no search to change")
    safety = replace(draft.facts.safety, **changes)  # type: ignore[arg-type]
    draft.facts = replace(draft.facts, safety=safety)
    return draft.put(safety)


def _ask_carer(draft: Draft, carer: int) -> None:
    wait = draft.facts.policy.safety.carer_answers_within.within
    safety = _change(draft, state=SafetyState.CARER, next_at=draft.now + wait)
    item = draft.facts.question.id if draft.facts.question else safety.id
    draft.say(CarerAsked(to=carer, item=item, **_links(draft)))


def ask_teacher(draft: Draft) -> None:
    """Ring the class teacher to look again; without one, everybody is told at once."""
    teacher = draft.facts.duties.class_teacher_id
    if teacher is None:
        raise_alarm(draft)
        return
    wait = draft.facts.policy.safety.teacher_looks_within.within
    safety = _change(
        draft, state=SafetyState.ASKING, next_at=draft.now + wait, told=_told(draft, teacher)
    )
    draft.say(LookAgain(to=teacher, item=safety.id, **_links(draft)))


def raise_alarm(draft: Draft) -> None:
    """确实不在, or fifteen minutes without a tap: leader, head and section at once, and again
    every thirty minutes; whoever pressed [我在处理] is spared for sixty (rules.md 5)."""
    safety = draft.facts.safety
    if safety is None:
        return
    duties = draft.facts.duties
    alarmed = [p for p in (duties.leader_id, duties.head_id, duties.section_id) if p is not None]
    if not alarmed and duties.bureau_leader_id is not None:
        alarmed = [duties.bureau_leader_id]
    heard = [
        person for person in dict.fromkeys(alarmed) if not _is_silenced(safety, person, draft.now)
    ]
    every = draft.facts.policy.safety.repeat_every.within
    changed = _change(
        draft,
        state=SafetyState.OPEN,
        rounds=safety.rounds + 1,
        next_at=draft.now + every,
        told=_told(draft, *heard),
    )
    draft.note("safety_alarm", {"round": changed.rounds, "told": heard})
    draft.say(
        *(
            ChildMissing(to=person, item=changed.id, round=str(changed.rounds), **_links(draft))
            for person in heard
        )
    )


def go_on(draft: Draft) -> None:
    """The next step of a running search has come due; the facts are read again first."""
    safety = draft.facts.safety
    if safety is None or safety.next_at is None or safety.next_at > draft.now:
        return
    if _is_seen_today(draft):
        end(draft, ARRIVED)
    elif safety.state is SafetyState.CARER:
        ask_teacher(draft)
    else:
        raise_alarm(draft)


def handle(draft: Draft, person_id: int) -> None:
    """[我在处理]: its presser is not rung for an hour; the others are."""
    until = draft.now + draft.facts.policy.safety.handled_silences_for.within
    safety = draft.facts.safety
    if safety is None:
        return
    others = tuple(one for one in safety.silenced if one[0] != person_id)
    _change(draft, silenced=(*others, (person_id, until.isoformat())))
    draft.note("safety_handled", {"by": person_id})


def _is_silenced(safety: Safety, person_id: int, now: datetime) -> bool:
    untils = [datetime.fromisoformat(until) for who, until in safety.silenced if who == person_id]
    return any(until > now for until in untils)


def end(draft: Draft, how: str) -> None:
    """The search is over: everybody who was told hears it, and the family (rules.md 5)."""
    safety = draft.facts.safety
    if safety is None or safety.state is SafetyState.ENDED:
        return
    ended = _change(
        draft,
        state=SafetyState.ENDED,
        next_at=None,
        ended_at=draft.now,
        ended_by=draft.by,
        ended_as=how,
    )
    draft.note("safety_ended", {"as": how})
    links = _links(draft)
    draft.say(*(_news(SearchEnded, to, ended.id, links) for to in ended.told if to != draft.by))
    draft.say(
        *(_news(ChildIsSafe, guardian.person.id, ended.id, links) for guardian in draft.families())
    )
    draft.withdraw(f"safety:{ended.id}:child_missing", "found")
    draft.withdraw(f"safety:{ended.id}:look_again", "found")
    if how == FOUND_SAFE:
        draft.open("found_line", draft.by, f"safety:{ended.id}")


def _news(kind: type[Message], to: int, item: int, links: dict[str, int | None]) -> Message:
    return kind(to=to, item=item, **links)  # type: ignore[arg-type]


def _told(draft: Draft, *persons: int) -> tuple[int, ...]:
    before = draft.facts.safety.told if draft.facts.safety else ()
    return tuple(dict.fromkeys((*before, *persons)))


def _links(draft: Draft) -> dict[str, int | None]:
    return {"student_id": draft.child_id, "case_id": draft.case_id}


def see(draft: Draft, *, is_late: bool = False, reason: str | None = None) -> None:
    """Record that somebody saw the child at school today: the one thing that ends an absence."""
    today = draft.facts.today
    old = draft.facts.mark_on(today)
    mark = Mark(
        id=old.id if old else draft.new_id(),
        student_id=draft.child_id,
        on=today,
        session=Session.MORNING,
        kind=MarkKind.PRESENT,
        recorded_by=draft.by,
        recorded_at=draft.now,
        seen_by=draft.by,
        seen_at=draft.now,
        late=is_late,
        reason=reason,
        version=old.version if old else 1,
    )
    draft.facts = draft.facts.with_mark(draft.put(mark))
    draft.note("seen_at_school", {"on": today.isoformat(), "late": is_late})


def arrival_overdue(confirm_at: datetime | None, now: datetime) -> bool:
    """Tell whether somebody who was 在路上 has not arrived within the hour."""
    return confirm_at is not None and confirm_at <= now
