"""A family on one chat: its children, what it was asked about them, and what it may act on.

Every id that comes from a guardian's chat is fetched here: only children whose guardianship is
bound at that moment, and not those whom this person must not hear of (privacy D3, D18).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sqlalchemy import exists, literal, select

from rules.givennames import given_name
from rules.model.attendance import Leave, Question, Reply, Session
from rules.model.case import Case
from rules.model.people import ContactFlag, Guardianship, GuardianState
from rules.model.school import Student
from rules.refusals import NotYours
from storage.actors import Actor, actor_of
from storage.asking import Lookup
from storage.by_key import CLASS, PERSON, QUESTION, STUDENT, UNIT
from storage.facts.child import absent_before
from storage.facts.rosters import class_teacher_of
from storage.outbox import Outgoing, State
from storage.tables.attendance import leaves, questions, replies, roll_calls
from storage.tables.cases import cases
from storage.tables.people import guardianships
from storage.tables.plumbing import outbox
from storage.tables.school import students, terms
from storage.work import Reading

T = TypeVar("T")


@dataclass(frozen=True)
class _Span:
    """A term, of one school or of all."""

    starts_on: date
    ends_on: date
    school_id: int | None


#: The few terms that there are, the newest first; all of them have one key.
_TERMS = Lookup(
    select(terms.c.starts_on, terms.c.ends_on, terms.c.school_id).order_by(
        terms.c.starts_on.desc()
    ),
    literal(1),
    _Span,
)
_later = questions.alias("later")
_NEWEST_QUESTION = Lookup(
    select(questions).where(
        ~exists().where(
            _later.c.student_id == questions.c.student_id, _later.c.on > questions.c.on
        )
    ),
    questions.c.student_id,
    Question,
)

#: Messages that carry the keys of a day's question.
ASKING = ("absence_alert", "second_alert", "question_settled", "asked_again", "carer_asked")
#: How many earlier messages become a neutral line when the chat turns out to be somebody else's.
RECALLED = 200


@dataclass(frozen=True)
class Child:
    """One child in words that its family knows it by (privacy D2).

    `name` is the given name, empty where the family has only this child here: 您家孩子.
    """

    student_id: int
    school_id: int
    class_id: int
    name: str
    school: str
    grade: int
    number: int
    teacher: str


def children_on(actor: Actor) -> tuple[int, ...]:
    """The children that this chat may hear of."""
    return tuple(
        student_id
        for student_id, link in sorted(actor.guardianships.items())
        if link.state is GuardianState.BOUND and link.flag is not ContactFlag.NO_CONTACT
    )


async def family_visible_to(read: Reading, actor: Actor, student_id: int) -> Student:
    """The child, if this chat is bound to it; NotYours otherwise."""
    if student_id not in children_on(actor):
        raise NotYours
    return _found(await read.one(select(students).where(students.c.id == student_id), Student))


async def question_visible_to(read: Reading, actor: Actor, question_id: int) -> Question:
    """A question about a child of this family."""
    query = select(questions).where(questions.c.id == question_id)
    question = _found(await read.one(query, Question))
    await family_visible_to(read, actor, question.student_id)
    return question


async def leave_visible_to(read: Reading, actor: Actor, leave_id: int) -> Leave:
    """A leave of a child of this family."""
    leave = _found(await read.one(select(leaves).where(leaves.c.id == leave_id), Leave))
    await family_visible_to(read, actor, leave.student_id)
    return leave


async def case_visible_to(read: Reading, actor: Actor, case_id: int) -> Case:
    """The case of a child of this family."""
    case = _found(await read.one(select(cases).where(cases.c.id == case_id), Case))
    await family_visible_to(read, actor, case.student_id)
    return case


async def reply_of(read: Reading, actor: Actor, reply_id: int) -> Reply:
    """Something that was said from this chat."""
    reply = _found(await read.one(select(replies).where(replies.c.id == reply_id), Reply))
    if reply.person_id not in actor.person_ids:
        raise NotYours
    if reply.student_id is not None:
        await family_visible_to(read, actor, reply.student_id)
    return reply


async def family_of(read: Reading, person_id: int | None, on: date) -> Actor | None:
    """Everybody on the chat of this person; None when the person has none."""
    person = await read.get(PERSON, person_id)
    if person is None or person.chat_id is None:
        return None
    return await actor_of(read, person.chat_id, on)


async def children_of(read: Reading, actor: Actor, ids: Iterable[int], on: date) -> list[Child]:
    """These children, in their order, as far as the chat may hear of them."""
    mine = children_on(actor)
    wanted = [student_id for student_id in dict.fromkeys(ids) if student_id in mine]
    return [await _child(read, student_id, on, is_only=len(mine) == 1) for student_id in wanted]


async def _child(read: Reading, student_id: int, on: date, *, is_only: bool) -> Child:
    student = _found(await read.get(STUDENT, student_id))
    school_class = _found(await read.get(CLASS, student.class_id))
    school = _found(await read.get(UNIT, student.school_id))
    return Child(
        student_id=student.id,
        school_id=student.school_id,
        class_id=student.class_id,
        name="" if is_only else given_name(student.name),
        school=school.name,
        grade=school_class.grade,
        number=school_class.number,
        teacher=await class_teacher_name(read, student.class_id, on),
    )


async def class_teacher_name(read: Reading, class_id: int, on: date) -> str:
    """Who the class teacher is on this day; empty where there is none."""
    teacher = await class_teacher_of(read, class_id, on)
    return teacher.name if teacher else ""


async def term_total(read: Reading, child: Child, until: date) -> int:
    """Days of this term on which the child was not at school, excused or not."""
    spans = await read.found(_TERMS, 1)
    rows = [row for row in spans if row.school_id in (None, child.school_id)]
    own = [row for row in rows if row.school_id is not None] or rows
    since = next((row.starts_on for row in own if row.starts_on <= until), until)
    return await absent_before(read, child.student_id, since, until)


async def questions_by_id(read: Reading, ids: Sequence[int]) -> list[Question]:
    """These questions, in this order."""
    found = [await read.get(QUESTION, one) for one in dict.fromkeys(ids)]
    return [one for one in found if one is not None]


async def latest_question(read: Reading, student_id: int) -> Question | None:
    """The newest question about a child."""
    return await read.get(_NEWEST_QUESTION, student_id)


async def answer_to(read: Reading, question: Question) -> Reply | None:
    """The reply that stands as the answer to a question."""
    query = select(replies).where(
        replies.c.question_id == question.id,
        replies.c.kind == question.answer,
        replies.c.person_id == question.answered_by,
    )
    return await read.one(query.order_by(replies.c.id.desc()).limit(1), Reply)


async def questions_on_message(read: Reading, actor: Actor, message_id: int | None) -> list[int]:
    """The questions whose keys stand on this message."""
    query = select(outbox).where(
        outbox.c.person_id.in_(actor.person_ids),
        outbox.c.message_id == message_id,
        outbox.c.kind.in_(ASKING),
    )
    rows = await read.all(query.order_by(outbox.c.id), Outgoing)
    return [item for row in rows for item in row.items]


async def leaves_of(read: Reading, student_id: int) -> list[Leave]:
    """Every leave of a child, the oldest first."""
    query = select(leaves).where(leaves.c.student_id == student_id)
    return await read.all(query.order_by(leaves.c.asked_at, leaves.c.id), Leave)


async def links_on(read: Reading, actor: Actor) -> list[Guardianship]:
    """Every bound guardianship of the people on this chat."""
    query = select(guardianships).where(
        guardianships.c.person_id.in_(actor.person_ids),
        guardianships.c.state == GuardianState.BOUND.value,
    )
    return await read.all(query.order_by(guardianships.c.id), Guardianship)


async def messages_shown(read: Reading, actor: Actor, kinds: Iterable[str]) -> list[int]:
    """The messages of these kinds that stand in this chat, the newest first."""
    query = select(outbox.c.message_id).where(
        outbox.c.person_id.in_(actor.person_ids),
        outbox.c.chat_id == actor.chat_id,
        outbox.c.kind.in_(list(kinds)),
        outbox.c.state == State.DELIVERED.value,
        outbox.c.message_id.is_not(None),
    )
    found = await read.scalars(query.order_by(outbox.c.id.desc()).limit(RECALLED))
    return list(dict.fromkeys(found))


async def latest_roll_call(read: Reading, class_id: int, on: date) -> int | None:
    """The newest morning roll call of a class up to a day: its card shows the replies."""
    query = (
        select(roll_calls.c.id)
        .where(
            roll_calls.c.class_id == class_id,
            roll_calls.c.on <= on,
            roll_calls.c.session == Session.MORNING.value,
        )
        .order_by(roll_calls.c.on.desc())
    )
    found: int | None = await read.scalar(query.limit(1))
    return found


def _found(row: T | None) -> T:
    if row is None:
        raise NotYours
    return row
