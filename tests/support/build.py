"""Builders of values for the rule tests: an invented school, its people and one child."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from rules.attendance import DayFact
from rules.calendar import Calendar, SchoolCalendar, Term
from rules.child.draft import Draft
from rules.child.facts import ChildFacts, Duties, Guardian, Ladder
from rules.decision import Decision
from rules.messages.base import Message
from rules.model.attendance import Leave, LeaveState, Mark, MarkKind, Session
from rules.model.case import Task
from rules.model.people import ContactFlag, Guardianship, GuardianState, Person, Relation
from rules.model.school import SchoolClass, Student
from rules.policy import Policy

ZONE = ZoneInfo("Asia/Shanghai")
SCHOOL, CLASS, CHILD = 10, 20, 30
TEACHER, LEADER, HEAD, SECTION, BUREAU_LEADER, CLERK = 1, 2, 3, 4, 5, 6
FATHER, GRANDMOTHER, OUTSIDER = 7, 8, 9
TOWNSHIP_CONTACT, OTHER_CONTACT = 11, 12
BUREAU, TOWNSHIP, OTHER_TOWNSHIP = 113, 114, 115
#: Official days of autumn 2026: the National Day week off, two make-up Saturdays.
OFFICIAL = {
    **{date(2026, 10, day): False for day in (1, 2, 5, 6, 7)},
    date(2026, 9, 20): True,
    date(2026, 10, 10): True,
}
CALENDAR = Calendar(
    zone=ZONE,
    official=OFFICIAL,
    known_until=date(2026, 12, 31),
    terms=(Term(date(2026, 9, 1), date(2027, 1, 22), "2026 autumn"),),
)
MONDAY = date(2026, 9, 7)
DUTIES = Duties(TEACHER, TEACHER, LEADER, HEAD, SECTION, BUREAU_LEADER, CLERK)

R = TypeVar("R")
M = TypeVar("M", bound=Message)


def school_days() -> SchoolCalendar:
    """The calendar of the invented school."""
    return CALENDAR.school(SCHOOL, 3)


def at(on: date, clock: str) -> datetime:
    """An instant by the county's clock."""
    return school_days().at_local(on, clock)


def a_person(person_id: int, **changes: object) -> Person:
    """Somebody who is bound and can be reached."""
    person = Person(person_id, f"甲{person_id}", chat_id=1000 + person_id)
    return replace(person, **changes)  # type: ignore[arg-type]


def a_guardian(
    person_id: int = FATHER, *, is_carer: bool = False, is_bound: bool = True, **changes: object
) -> Guardian:
    """One guardian of the child."""
    link = Guardianship(
        id=100 + person_id,
        student_id=CHILD,
        person_id=person_id,
        relation=Relation.GRANDPARENT if person_id == GRANDMOTHER else Relation.FATHER,
        is_carer=is_carer,
        state=GuardianState.BOUND if is_bound else GuardianState.UNBOUND,
        flag=ContactFlag.NORMAL,
    )
    person = a_person(person_id, chat_id=1000 + person_id if is_bound else None)
    return Guardian(replace(link, **changes), person)  # type: ignore[arg-type]


def a_child(today: date = MONDAY, **changes: object) -> ChildFacts:
    """A child of grade 3 who has been at school every day of this term, one guardian bound."""
    calendar = school_days()
    facts = ChildFacts(
        student=Student(CHILD, SCHOOL, CLASS, "李一"),
        school_class=SchoolClass(CLASS, SCHOOL, 3, 2),
        today=today,
        policy=Policy(),
        county_policy=Policy(),
        calendar=calendar,
        duties=DUTIES,
        days=tuple(
            DayFact(on, calendar.at_local(on, "09:00"), is_taken=on < today)
            for on in calendar.school_days(date(2026, 9, 1), today)
        ),
        guardians=(a_guardian(),),
    )
    return replace(facts, **changes)  # type: ignore[arg-type]


def a_mark(on: date, kind: MarkKind = MarkKind.ABSENT, **changes: object) -> Mark:
    """What a morning's roll call recorded."""
    mark = Mark(on.toordinal(), CHILD, on, Session.MORNING, kind, TEACHER, at(on, "08:30"))
    if kind is MarkKind.PRESENT:
        mark = replace(mark, seen_by=TEACHER, seen_at=at(on, "08:30"))
    return replace(mark, **changes)  # type: ignore[arg-type]


def a_leave(from_on: date, back_on: date | None = None, **changes: Any) -> Leave:
    """A leave that a guardian asked for in chat."""
    leave = Leave(
        id=from_on.toordinal(),
        student_id=CHILD,
        kind="sick",
        from_on=from_on,
        back_on=back_on,
        asked_by=FATHER,
        noted_by=None,
        way="chat",
        asked_at=at(from_on, "08:35"),
        state=LeaveState.OPEN,
    )
    return replace(leave, **changes)


def stored(facts: ChildFacts) -> ChildFacts:
    """The facts as they would be loaded again: placeholders have become ids."""

    def numbered(record: R) -> R:
        given: int = record.id  # type: ignore[attr-defined]
        return replace(record, id=abs(given) + 5000) if given < 0 else record  # type: ignore[type-var]

    def pointing(task: Task) -> Task:
        sort, _, number = task.subject.rpartition(":")
        is_new = number.startswith("-")
        return replace(task, subject=f"{sort}:{abs(int(number)) + 5000}") if is_new else task

    case = numbered(facts.case) if facts.case else None
    if case is not None and case.state == "closed":
        case = None
    return replace(
        facts,
        case=case,
        question=numbered(facts.question) if facts.question else None,
        tasks=tuple(
            replace(pointing(numbered(task)), case_id=case.id if case and task.case_id else None)
            for task in facts.tasks
        ),
        leaves=tuple(numbered(leave) for leave in facts.leaves),
        safety=numbered(facts.safety) if facts.safety and facts.safety.state != "ended" else None,
        ladder=_stored_ladder(facts.ladder, numbered),
    )


def _stored_ladder(ladder: Ladder, numbered: Callable[[Any], Any]) -> Ladder:
    return replace(
        ladder,
        papers=tuple(numbered(one) for one in ladder.papers),
        referrals=tuple(numbered(one) for one in ladder.referrals),
        contacts=tuple(numbered(one) for one in ladder.contacts),
        closing=numbered(ladder.closing) if ladder.closing else None,
    )


def on_next_day(facts: ChildFacts, now: datetime | None = None) -> ChildFacts:
    """The same child on the next school day, its roll call not taken yet."""
    facts = stored(facts)
    on = facts.calendar.next_school_day(facts.today)
    assert on is not None
    day = DayFact(on, facts.calendar.at_local(on, "09:00"), is_taken=False)
    return replace(facts, today=on, days=(*facts.days, day), question=None)


def messages(decision: Decision, kind: type[M]) -> list[M]:
    """The messages of one kind."""
    return [message for message in decision.messages if isinstance(message, kind)]


def receivers(decision: Decision, kind: type[Message]) -> list[int]:
    """Who gets messages of one kind."""
    return [message.to for message in messages(decision, kind)]


def draft_of(facts: ChildFacts, now: datetime, by: int | None = TEACHER) -> Draft:
    """A decision about the child, ready to be made."""
    return Draft(facts, now, by)
