"""What a search for a child is decided on: who is asked, who hears, whether the child was seen."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from rules.attendance import holds
from rules.child.facts import ChildFacts, Duties, Guardian
from rules.model.attendance import Answer, Mark, MarkKind
from rules.model.case import Safety
from rules.model.people import ContactFlag

#: The lane that an evening roll call opens.
BOARDER = "boarder"
#: Answers by which a family says where the child is.
_PLACES = frozenset(
    {
        Answer.SICK,
        Answer.FAMILY,
        Answer.UNWILLING,
        Answer.TRANSFERRED,
        Answer.ELSEWHERE,
        Answer.STILL_ILL,
    }
)


class Links(TypedDict):
    """What a message about a child points to."""

    student_id: int | None
    case_id: int | None


def carer_to_ask(facts: ChildFacts, said_by: int | None) -> int | None:
    """The bound carer who may know more than who just spoke.

    None when the speaker is a carer, or sits at the same phone as the carer.
    """
    speaker = next((g for g in facts.guardians if g.person.id == said_by), None)
    carers = [g for g in facts.guardians if g.link.is_carer and may_hear_of_danger(g)]
    chats = {g.person.chat_id for g in carers}
    if not carers or (speaker is not None and speaker.person.chat_id in chats):
        return None
    return carers[0].person.id


def may_hear_of_danger(guardian: Guardian) -> bool:
    """Whether the safety lane may write to this guardian: also to one kept for emergencies."""
    flags = (guardian.link.flag, guardian.link.flag_pending)
    return guardian.is_bound and ContactFlag.NO_CONTACT not in flags


def is_manned(duties: Duties, person_id: int) -> bool:
    """Whether a message to this person, or to a deputy, can arrive."""
    told = with_deputies(duties, person_id)
    return any(person not in duties.unreachable for person in told)


def with_deputies(duties: Duties, *persons: int) -> tuple[int, ...]:
    """These persons, each followed by who stands in for them today; nobody twice."""
    told: dict[int, None] = {}
    for person in persons:
        told[person] = None
        if person in duties.deputies:
            told[duties.deputies[person]] = None
    return tuple(told)


def sight_since(facts: ChildFacts, since: datetime) -> Mark | None:
    """The mark by which somebody saw the child at school after this instant."""
    marks = [fact.mark for fact in facts.days if fact.mark is not None]
    seen = (mark for mark in marks if mark.kind is MarkKind.PRESENT and not mark.void)
    return next((mark for mark in seen if mark.seen_at and mark.seen_at >= since), None)


def is_placed_by_family(facts: ChildFacts, since: datetime) -> bool:
    """Whether the answer that stands was given after this instant and says where the child is,
    or that it is on its way (which has a clock of its own)."""
    question = facts.question
    if question is None or question.answered_at is None or question.answered_at < since:
        return False
    return question.answer in _PLACES | {Answer.ON_THE_WAY}


def is_accounted_for(facts: ChildFacts) -> bool:
    """Whether a boarder who is not there tonight is no surprise: leave covers the day, or the
    child was absent already and the family has been spoken to or has said where it is."""
    today = facts.today
    leaves = [leave for leave in facts.leaves if holds(leave) and leave.from_on <= today]
    if any(leave.back_on is None or today < leave.back_on for leave in leaves):
        return True
    mark = facts.mark_on(today)
    if mark is None or mark.kind is not MarkKind.ABSENT:
        return mark is not None and mark.kind is not MarkKind.PRESENT
    has_said = facts.question is not None and facts.question.answer in _PLACES
    return has_said or (facts.case is not None and facts.case.last_reached_at is not None)


def is_tonights(facts: ChildFacts) -> bool:
    """Whether the running search is for a boarder missed at this evening's roll call."""
    safety = facts.safety
    if safety is None or safety.why != BOARDER:
        return False
    return facts.calendar.local_date(safety.opened_at) == facts.today


def family_to_tell(facts: ChildFacts, search: Safety) -> tuple[int, ...]:
    """Who of the family hears the end, one for each chat, carer first: a family that was never
    asked is not alarmed by the end of what it did not know."""
    is_asked = facts.question is not None and facts.question.is_automatic
    if search.why == BOARDER and not is_asked:
        return ()
    by_chat: dict[int, int] = {}
    order = sorted(facts.guardians, key=lambda one: (not one.link.is_carer, one.link.position))
    for guardian in order:
        if may_hear_of_danger(guardian) and guardian.person.chat_id is not None:
            by_chat.setdefault(guardian.person.chat_id, guardian.person.id)
    return tuple(by_chat.values())
