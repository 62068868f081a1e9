"""Who belongs to a class, and what its roll calls say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import and_, bindparam, func, or_, select

from rules.model.attendance import Leave, LeaveState, MarkKind, RollCall, RollCallState, Session
from rules.model.case import CaseState
from rules.model.people import Person, Role
from rules.model.school import EnrolmentStatus, SchoolClass, Student
from rules.rollcalls import SchoolToday
from storage.asking import Lookup
from storage.by_key import ROLL_CALL
from storage.due_rows import DueRows
from storage.held import holds_on
from storage.tables.attendance import leaves, marks, roll_calls
from storage.tables.cases import cases, tasks
from storage.tables.people import people, posts
from storage.tables.school import classes, students
from storage.work import Reading

#: Whose name stands in a roll call.
EXPECTED = (
    EnrolmentStatus.ENROLLED.value,
    EnrolmentStatus.SUSPECTED.value,
    EnrolmentStatus.DROPOUT.value,
)


_ROSTER = Lookup(
    select(students)
    .where(students.c.on_roster.is_(True), students.c.status.in_(EXPECTED))
    .order_by(students.c.id),
    students.c.class_id,
    Student,
)


_CLASS_TEACHER = Lookup(
    select(people)
    .join(posts, posts.c.person_id == people.c.id)
    .where(
        posts.c.role == Role.CLASS_TEACHER.value,
        people.c.left_on.is_(None),
        holds_on(posts, bindparam("on")),
    )
    .order_by(posts.c.id),
    posts.c.class_id,
    Person,
)


async def class_teacher_of(read: Reading, class_id: int, on: date) -> Person | None:
    """Who the class teacher is on this day."""
    return await read.get(_CLASS_TEACHER, class_id, on=on)


async def roster_of(read: Reading, class_id: int, session: Session) -> list[Student]:
    """The children of a class who are expected: in the evening the boarders only."""
    children = await read.found(_ROSTER, class_id)
    return [one for one in children if one.boards or session is Session.MORNING]


async def roll_call_by_id(read: Reading, roll_call_id: int) -> RollCall | None:
    """One roll call."""
    return await read.get(ROLL_CALL, roll_call_id)


async def roll_call_on(
    read: Reading, class_id: int, on: date, session: Session = Session.MORNING
) -> RollCall | None:
    """The roll call of a class, day and session."""
    query = select(roll_calls).where(
        roll_calls.c.class_id == class_id,
        roll_calls.c.on == on,
        roll_calls.c.session == session.value,
    )
    return await read.one(query, RollCall)


async def followed_in(
    read: Reading, student_ids: Sequence[int], on: date | None = None
) -> set[int]:
    """The children with an open case: they stand first and are never covered by 全到齐了.

    With `on`, those whose absence had begun by that day.
    """
    query = select(cases.c.student_id).where(
        cases.c.student_id.in_(student_ids), cases.c.state == CaseState.OPEN.value
    )
    if on is not None:
        query = query.where(cases.c.first_absent_on <= on)
    return set(await read.scalars(query))


async def absent_on(
    read: Reading, student_ids: Sequence[int], on: date, session: Session
) -> set[int]:
    """The children whose absence on this day is recorded already."""
    query = select(marks.c.student_id).where(
        marks.c.student_id.in_(student_ids),
        marks.c.on == on,
        marks.c.session == session.value,
        marks.c.kind == MarkKind.ABSENT.value,
    )
    return set(await read.scalars(query))


async def seen_on(
    read: Reading, student_ids: Sequence[int], on: date, session: Session = Session.MORNING
) -> set[int]:
    """The children whom somebody has already seen on this day."""
    query = select(marks.c.student_id).where(
        marks.c.student_id.in_(student_ids),
        marks.c.on == on,
        marks.c.session == session.value,
        marks.c.seen_by.is_not(None),
        marks.c.void.is_(False),
    )
    return set(await read.scalars(query))


async def on_leave(read: Reading, student_ids: Sequence[int], on: date) -> dict[int, Leave]:
    """The leave that covers the day, by child (the latest asked for)."""
    query = select(leaves).where(
        leaves.c.student_id.in_(student_ids),
        leaves.c.state.in_((LeaveState.OPEN.value, LeaveState.ACCEPTED.value)),
        leaves.c.from_on <= on,
        or_(leaves.c.back_on.is_(None), leaves.c.back_on > on),
    )
    found = await read.all(query.order_by(leaves.c.asked_at), Leave)
    return {leave.student_id: leave for leave in found}


async def school_today(read: Reading, school_id: int, on: date) -> SchoolToday:
    """How many the school expects, and how many its released roll calls miss today."""
    expected = await read.scalar(
        select(func.count()).where(
            students.c.school_id == school_id, students.c.status.in_(EXPECTED)
        )
    )
    missing = await read.scalar(
        select(func.count())
        .select_from(
            marks.join(students, marks.c.student_id == students.c.id).join(
                roll_calls,
                and_(
                    roll_calls.c.class_id == students.c.class_id,
                    roll_calls.c.on == marks.c.on,
                    roll_calls.c.session == marks.c.session,
                ),
            )
        )
        .where(
            students.c.school_id == school_id,
            marks.c.on == on,
            marks.c.session == Session.MORNING.value,
            marks.c.kind == MarkKind.ABSENT.value,
            roll_calls.c.state == RollCallState.RELEASED.value,
        )
    )
    return SchoolToday(int(expected or 0), int(missing or 0))


#: Roll calls about which time alone does something.
PLANNED = DueRows(
    select(roll_calls.c.id).where(roll_calls.c.next_at.is_not(None)),
    roll_calls.c.id,
    roll_calls.c.next_at,
)


async def classes_without_roll_call(
    read: Reading, on: date, session: Session
) -> list[SchoolClass]:
    """Classes with children (in the evening: boarders) that have no roll call of that day yet."""
    has_children = (
        select(students.c.id)
        .where(
            students.c.class_id == classes.c.id,
            students.c.on_roster.is_(True),
            students.c.status.in_(EXPECTED),
            *([students.c.boards.is_(True)] if session is Session.EVENING else []),
        )
        .exists()
    )
    known = (
        select(roll_calls.c.id)
        .where(
            and_(
                roll_calls.c.class_id == classes.c.id,
                roll_calls.c.on == on,
                roll_calls.c.session == session.value,
            )
        )
        .exists()
    )
    query = select(classes).where(has_children, ~known).order_by(classes.c.id)
    return await read.all(query, SchoolClass)


async def was_ever_open(read: Reading, subject: str) -> bool:
    """Whether a task about this subject has been opened, be it done since."""
    query = select(tasks.c.id).where(tasks.c.subject == subject).limit(1)
    return await read.scalar(query) is not None
