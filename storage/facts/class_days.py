"""What is known of the children of a class on the day of a roll call, each fact by its class.

All of it stands on the class's card.  Many cards are shown anew at the same moment, so each fact
is a lookup: whoever asks together is answered together.
"""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy import (
    ColumnElement,
    Date,
    String,
    Table,
    bindparam,
    func,
    literal_column,
    select,
)

from rules.model.attendance import Leave, LeaveState, Mark, MarkKind, Question, RollCall
from rules.model.case import CaseState, SafetyState
from rules.model.people import GuardianState
from storage.asking import Lookup
from storage.by_key import OfChild
from storage.tables.attendance import leaves, marks, questions, replies, roll_calls
from storage.tables.cases import cases, safety
from storage.tables.people import guardianships
from storage.tables.school import students
from storage.work import Reading

T = TypeVar("T")

_ON, _SESSION = bindparam("on", type_=Date), bindparam("session", type_=String)
_BEFORE = (
    select(func.max(roll_calls.c.on))
    .where(
        roll_calls.c.class_id == students.c.class_id,
        roll_calls.c.session == _SESSION,
        roll_calls.c.on < _ON,
    )
    .correlate(students)
    .scalar_subquery()
)
_FREE = ("text", "voice", "photo", "document")


def _rows(table: Table, record: type[T], *conditions: ColumnElement[bool]) -> Lookup[T]:
    """The rows of a table about the children of a class."""
    query = select(table).join(students, students.c.id == table.c.student_id)
    return Lookup(query.where(*conditions), students.c.class_id, record)


def _children(table: Table, *conditions: ColumnElement[bool]) -> Lookup[OfChild]:
    """Which children of a class have such a row."""
    query = select(table.c.student_id).join(students, students.c.id == table.c.student_id)
    return Lookup(query.where(*conditions), students.c.class_id, OfChild)


_MARKS = _rows(marks, Mark, marks.c.on == _ON, marks.c.session == _SESSION)
_QUESTIONS = _rows(questions, Question, questions.c.on == _ON)
_LEAVES = Lookup(
    select(leaves)
    .join(students, students.c.id == leaves.c.student_id)
    .where(
        leaves.c.state.in_((LeaveState.OPEN.value, LeaveState.ACCEPTED.value)),
        leaves.c.from_on <= _ON,
        leaves.c.back_on.is_(None) | (leaves.c.back_on > _ON),
    )
    .order_by(leaves.c.asked_at),
    students.c.class_id,
    Leave,
)
_FOLLOWED = _children(
    cases,
    cases.c.state == literal_column(f"'{CaseState.OPEN.value}'"),
    cases.c.first_absent_on < _ON,
)
_ABSENT_LAST = _children(
    marks,
    marks.c.session == _SESSION,
    marks.c.kind.in_((MarkKind.ABSENT.value, MarkKind.LEAVE.value)),
    marks.c.on == _BEFORE,
)
_WITH_WORDS = _children(
    replies,
    replies.c.at >= bindparam("since"),
    replies.c.kind.in_(_FREE),
    replies.c.classified_as.is_(None),
)
_BOUND = _children(guardianships, guardianships.c.state == GuardianState.BOUND.value)
_SEARCHED = _children(safety, safety.c.state != SafetyState.ENDED.value)


async def marks_of(read: Reading, roll_call: RollCall) -> tuple[Mark, ...]:
    """What is recorded for this roll call."""
    session = roll_call.session.value
    return await read.found(_MARKS, roll_call.class_id, on=roll_call.on, session=session)


async def questions_of(read: Reading, roll_call: RollCall) -> tuple[Question, ...]:
    """What families were asked about this day."""
    return await read.found(_QUESTIONS, roll_call.class_id, on=roll_call.on)


async def leaves_of(read: Reading, roll_call: RollCall) -> tuple[Leave, ...]:
    """The leaves that cover the day, the latest asked for last."""
    return await read.found(_LEAVES, roll_call.class_id, on=roll_call.on)


async def followed_before(read: Reading, roll_call: RollCall) -> set[int]:
    """The children whose case began on an earlier day: the card names them first."""
    found = await read.found(_FOLLOWED, roll_call.class_id, on=roll_call.on)
    return {one.student_id for one in found}


async def absent_last(read: Reading, roll_call: RollCall) -> set[int]:
    """Who was not there at the class's roll call before this one: they stand first."""
    session = roll_call.session.value
    found = await read.found(_ABSENT_LAST, roll_call.class_id, on=roll_call.on, session=session)
    return {one.student_id for one in found}


async def with_words(read: Reading, roll_call: RollCall) -> set[int]:
    """The children of whom free words, voice or photos wait to be read."""
    found = await read.found(_WITH_WORDS, roll_call.class_id, since=roll_call.ask_at)
    return {one.student_id for one in found}


async def bound(read: Reading, roll_call: RollCall) -> set[int]:
    """The children with a family on a chat."""
    return {one.student_id for one in await read.found(_BOUND, roll_call.class_id)}


async def searched(read: Reading, roll_call: RollCall) -> set[int]:
    """The children who are looked for at this moment."""
    return {one.student_id for one in await read.found(_SEARCHED, roll_call.class_id)}
