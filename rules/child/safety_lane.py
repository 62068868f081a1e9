"""The safety lane: a child who left home, or whom nobody can place (rules.md 5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from rules.attendance import DayState
from rules.child.draft import Draft
from rules.child.search_facts import (
    BOARDER,
    Links,
    carer_to_ask,
    family_to_tell,
    is_accounted_for,
    is_manned,
    is_placed_by_family,
    is_tonights,
    sight_since,
    with_deputies,
)
from rules.messages.base import Message
from rules.messages.guardians import CarerAsked, ChildIsSafe
from rules.messages.staff import ChildMissing, LookAgain, SearchEnded
from rules.model.attendance import Mark, MarkKind, Session
from rules.model.case import Safety, SafetyState

#: The ways in which a search ends.  ANSWERED: the carer said where the child is before it began.
ARRIVED, IN_CLASS, FOUND_SAFE, ANSWERED = "arrived", "in_class", "found_safe", "answered"


def start(draft: Draft, why: str, said_by: int | None, last_seen: str | None = None) -> None:
    """Open the lane unless it runs, or the child has been seen today meanwhile.

    `why` is left_home, dont_know, on_the_way, boarder or not_there.  我不清楚 from somebody who is
    not the carer asks the carer first; if no carer is bound, the teacher looks at once.  Said
    once more, it does not give the carer more time.  A boarder may have been seen in the morning
    and be missing at night, but not one who is on leave or whose family has said where it is.
    """
    if is_accounted_for(draft.facts) if why == BOARDER else _is_seen_today(draft):
        return
    running = draft.facts.safety
    carer = carer_to_ask(draft.facts, said_by) if why == "dont_know" else None
    if running is not None and (running.state is not SafetyState.CARER or carer is not None):
        return
    safety = _new(draft, why, last_seen)
    if running is not None:
        safety = replace(running, why=why, last_seen=last_seen or running.last_seen)
    draft.facts = replace(draft.facts, safety=safety)
    draft.note("safety_opened", {"why": why})
    if carer is not None:
        _ask_carer(draft, carer)
    else:
        ask_teacher(draft)


def _is_seen_today(draft: Draft) -> bool:
    days = draft.facts.read(draft.now)
    return bool(days) and days[-1].on == draft.facts.today and days[-1].state is DayState.SEEN


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
    """Ring the class teacher to look again.

    Without one, or when no message can reach the teacher or a deputy, everybody is told at once.
    """
    duties = draft.facts.duties
    teacher = duties.class_teacher_id
    if teacher is None or not is_manned(duties, teacher):
        raise_alarm(draft)
        return
    wait = draft.facts.policy.safety.teacher_looks_within.within
    rung = with_deputies(duties, teacher)
    safety = _change(
        draft, state=SafetyState.ASKING, next_at=draft.now + wait, told=_told(draft, *rung)
    )
    draft.say(*(LookAgain(to=one, item=safety.id, **_links(draft)) for one in rung))


def confirm_absent(draft: Draft) -> None:
    """[确实不在]: the alarm goes out at once; said again, it adds no round."""
    safety = draft.facts.safety
    if safety is not None and safety.state in (SafetyState.CARER, SafetyState.ASKING):
        draft.note("safety_not_there")
        raise_alarm(draft)


def raise_alarm(draft: Draft) -> None:
    """确实不在, or fifteen minutes without a tap: leader, head and section at once, and again
    every thirty minutes; whoever pressed [我在处理] is spared for sixty (rules.md 5).

    Deputies hear it too.  Where nobody of the three can be reached, the bureau leader is told.
    """
    safety = draft.facts.safety
    if safety is None or safety.state is SafetyState.ENDED:
        return
    heard = [one for one in _alarmed(draft) if not _is_silenced(safety, one, draft.now)]
    every = draft.facts.policy.safety.repeat_every.within
    changed = _change(
        draft,
        state=SafetyState.OPEN,
        rounds=safety.rounds + 1,
        next_at=draft.now + every,
        told=_told(draft, *heard),
    )
    draft.note("safety_alarm", {"round": changed.rounds, "told": heard})
    links = _links(draft)
    draft.say(
        *(
            ChildMissing(to=one, item=changed.id, round=str(changed.rounds), **links)
            for one in heard
        )
    )


def _alarmed(draft: Draft) -> tuple[int, ...]:
    duties = draft.facts.duties
    three = [p for p in (duties.leader_id, duties.head_id, duties.section_id) if p is not None]
    if not any(is_manned(duties, person) for person in three):
        three += [p for p in (duties.bureau_leader_id,) if p is not None]
    return with_deputies(duties, *three)


def go_on(draft: Draft) -> None:
    """The next step of a running search has come due; the facts are read again first."""
    safety = draft.facts.safety
    if safety is None or safety.next_at is None or safety.next_at > draft.now:
        return
    sight = sight_since(draft.facts, safety.opened_at)
    if sight is not None:
        end(draft, ARRIVED, by=sight.seen_by)
    elif safety.state is not SafetyState.CARER:
        raise_alarm(draft)
    elif is_placed_by_family(draft.facts, safety.opened_at):
        end(draft, ANSWERED)
    else:
        ask_teacher(draft)


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


def end(draft: Draft, how: str, by: int | None = None) -> None:
    """The search is over: everybody who was told hears it, and the family (rules.md 5).

    `by` names who saw the child where nobody acts just now.
    """
    safety = draft.facts.safety
    if safety is None or safety.state is SafetyState.ENDED:
        return
    ended = _change(
        draft,
        state=SafetyState.ENDED,
        next_at=None,
        ended_at=draft.now,
        ended_by=draft.by or by,
        ended_as=how,
    )
    draft.note("safety_ended", {"as": how})
    draft.withdraw(f"safety:{ended.id}:child_missing", "found")
    draft.withdraw(f"safety:{ended.id}:look_again", "found")
    if how == ANSWERED:
        return
    links, families = _links(draft), family_to_tell(draft.facts, ended)
    draft.say(*(_news(SearchEnded, to, ended.id, links) for to in ended.told if to != draft.by))
    draft.say(*(_news(ChildIsSafe, to, ended.id, links) for to in families))
    if how == FOUND_SAFE:
        draft.open("found_line", draft.by, f"safety:{ended.id}")


def _news(kind: type[Message], to: int, item: int, links: Links) -> Message:
    return kind(to=to, item=item, **links)


def _told(draft: Draft, *persons: int) -> tuple[int, ...]:
    before = draft.facts.safety.told if draft.facts.safety else ()
    return tuple(dict.fromkeys((*before, *persons)))


def _links(draft: Draft) -> Links:
    return Links(student_id=draft.child_id, case_id=draft.case_id)


def see(draft: Draft, *, is_late: bool = False, reason: str | None = None) -> None:
    """Record that somebody saw the child at school today: the one thing that ends an absence.

    A boarder who is found the same night was at school or not in the morning: that day stands.
    """
    today = draft.facts.today
    draft.note("seen_at_school", {"on": today.isoformat(), "late": is_late})
    if is_tonights(draft.facts):
        return
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
