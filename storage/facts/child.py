"""Loads one child with everything the rules about a child need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, func, or_, select

from rules.attendance import DayFact
from rules.book import Book
from rules.calendar import SchoolCalendar
from rules.child.draft import Draft
from rules.child.facts import ChildFacts, Guardian, Ladder
from rules.model.attendance import Leave, Mark, Question, RollCallState, Session
from rules.model.case import Case, CaseState, Safety, SafetyState, Stage, Task, TaskState
from rules.model.people import Guardianship, Person
from rules.model.school import SchoolClass, Student
from rules.policy import Policy
from rules.refusals import NotYours
from storage.asking import Lookup
from storage.facts.duties import duties_of
from storage.facts.ladder import ladder_of, pending_closing
from storage.facts.started import first_run_at
from storage.facts.told import told_of_case
from storage.tables.attendance import leaves, marks, questions, roll_calls
from storage.tables.cases import cases, safety, tasks
from storage.tables.people import guardianships, people
from storage.tables.school import classes, students
from storage.work import Reading, Work

#: How far back leave and scattered absence are looked at where no case reaches further.
LOOKS_BACK = timedelta(days=60)


async def draft_about(work: Work, student_id: int, book: Book, *, by: int | None = None) -> Draft:
    """A decision about this child, ready to be made; NotYours when there is no such child."""
    facts = await child_facts(work, student_id, book, work.now)
    return Draft(facts, work.now, by)


async def child_facts(read: Reading, student_id: int, book: Book, now: datetime) -> ChildFacts:
    """The child as the record stands; NotYours when there is no such child."""
    student = await read.one(select(students).where(students.c.id == student_id), Student)
    if student is None:
        raise NotYours
    school_class = await read.one(
        select(classes).where(classes.c.id == student.class_id), SchoolClass
    )
    if school_class is None:
        raise NotYours
    today = book.calendar.local_date(now)
    calendar = book.calendar.school(student.school_id, school_class.grade)
    case = await running_case(read, student_id)
    since = min(today - LOOKS_BACK, case.first_absent_on if case else today)
    asked = await _questions(read, student_id, today)
    calls = await _roll_calls(read, student.class_id, (since, today))
    return ChildFacts(
        student=student,
        school_class=school_class,
        today=today,
        policy=Policy.from_json(case.policy) if case else book.policy,
        county_policy=book.policy,
        calendar=calendar,
        duties=await duties_of(read, student, today),
        days=await _days(read, student, calendar, calls, book.policy),
        leaves=tuple(
            await read.all(select(leaves).where(leaves.c.student_id == student_id), Leave)
        ),
        case=case,
        question=next((one for one in asked if one.on == today), None),
        tasks=await _open_tasks(read, student_id),
        guardians=await guardians_of(read, student_id),
        safety=await _running_search(read, student_id),
        chains_this_week=sum(one.is_automatic and one.on < today for one in asked),
        told_status=await _told(read, case),
        ladder=await _ladder(read, case, student, calendar, today),
        is_held_back=today in calls.held_back,
    )


async def _ladder(
    read: Reading, case: Case | None, student: Student, calendar: SchoolCalendar, today: date
) -> Ladder:
    """Before `persuade` nothing is on paper but perhaps a request to end the case."""
    if case is None:
        return Ladder()
    if case.stage is Stage.VERIFY:
        return Ladder(closing=await pending_closing(read, case))
    return await ladder_of(read, case, student, calendar, today)


async def running_case(read: Reading, student_id: int) -> Case | None:
    """The child's case that is open or watched."""
    query = select(cases).where(
        cases.c.student_id == student_id, cases.c.state != CaseState.CLOSED.value
    )
    return await read.one(query, Case)


async def _questions(read: Reading, student_id: int, today: date) -> list[Question]:
    monday = today - timedelta(days=today.weekday())
    query = select(questions).where(
        questions.c.student_id == student_id, questions.c.on >= monday, questions.c.on <= today
    )
    return await read.all(query, Question)


async def _open_tasks(read: Reading, student_id: int) -> tuple[Task, ...]:
    query = select(tasks).where(
        tasks.c.student_id == student_id, tasks.c.state == TaskState.OPEN.value
    )
    return tuple(await read.all(query.order_by(tasks.c.id), Task))


async def _running_search(read: Reading, student_id: int) -> Safety | None:
    query = select(safety).where(
        safety.c.student_id == student_id, safety.c.state != SafetyState.ENDED.value
    )
    return await read.one(query, Safety)


async def guardians_of(read: Reading, student_id: int) -> tuple[Guardian, ...]:
    """The child's guardians in the family's order."""
    query = select(guardianships).where(guardianships.c.student_id == student_id)
    links = await read.all(query.order_by(guardianships.c.position), Guardianship)
    persons = {
        person.id: person
        for person in await read.all(
            select(people).where(people.c.id.in_([link.person_id for link in links])), Person
        )
    }
    return tuple(Guardian(link, persons[link.person_id]) for link in links)


@dataclass(frozen=True)
class _RollCalls:
    """On which days of the span the class's roll call is done, or waits for a leader."""

    span: tuple[date, date]
    taken: frozenset[date]
    held_back: frozenset[date]


async def _days(
    read: Reading,
    student: Student,
    calendar: SchoolCalendar,
    calls: _RollCalls,
    policy: Policy,
) -> tuple[DayFact, ...]:
    """The school days of the span.  Days before the first run are known only by their marks."""
    by_day = {mark.on: mark for mark in await _marks(read, student.id, calls.span)}
    started_at = await first_run_at(read)
    started_on = calendar.local_date(started_at) if started_at else None
    return tuple(
        DayFact(
            on=on,
            due_at=calendar.at_local(on, policy.roll_call.due_at),
            is_taken=on in calls.taken or on in by_day,
            mark=by_day.get(on),
        )
        for on in calendar.school_days(*calls.span)
        if on in by_day or (started_on is not None and on >= started_on)
    )


async def _marks(read: Reading, student_id: int, span: tuple[date, date]) -> Sequence[Mark]:
    query = select(marks).where(
        marks.c.student_id == student_id,
        marks.c.session == Session.MORNING.value,
        marks.c.on.between(*span),
    )
    return await read.all(query, Mark)


async def _roll_calls(read: Reading, class_id: int, span: tuple[date, date]) -> _RollCalls:
    is_done = roll_calls.c.state == RollCallState.RELEASED.value
    query = select(roll_calls.c.on, is_done).where(
        roll_calls.c.class_id == class_id,
        roll_calls.c.session == Session.MORNING.value,
        is_done | roll_calls.c.submitted_at.is_not(None),
        roll_calls.c.on.between(*span),
    )
    days = {on: bool(done) for on, done in (await read.execute(query)).rows}
    taken = frozenset(on for on, done in days.items() if done)
    return _RollCalls(span, taken, frozenset(days) - taken)


async def _told(read: Reading, case: Case | None) -> tuple[int, ...]:
    """Who was told of the present status: they hear it when it goes back."""
    if case is None:
        return ()
    return await told_of_case(read, case.id, ("status_card", "note"))


@dataclass(frozen=True)
class _Absent:
    days: int


_ABSENT_BETWEEN = Lookup(
    select(func.count().label("days"))
    .where(
        marks.c.session == Session.MORNING.value,
        marks.c.on.between(bindparam("since"), bindparam("until")),
        or_(marks.c.kind.in_(("absent", "leave")), marks.c.void.is_(True)),
    )
    .group_by(marks.c.student_id),
    marks.c.student_id,
    _Absent,
)


async def absent_before(read: Reading, student_id: int, since: date, until: date) -> int:
    """Days of the span on which the child was not at school, excused or not: the total.

    A sight that the family contradicted counts as absent.
    """
    number = await read.get(_ABSENT_BETWEEN, student_id, since=since, until=until)
    return number.days if number else 0
