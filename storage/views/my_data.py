"""`/mydata`: a fixed list (privacy D7) – attendance, own answers, own contact data, no more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, exists, func, select

from rules.givennames import given_name
from rules.model.attendance import Reply, RollCallState, Session
from rules.model.people import ContactFlag, Guardianship, GuardianState, Person
from storage.tables.attendance import marks, replies, roll_calls
from storage.tables.people import guardianships, people
from storage.views.binding import Place, place_of, student_of
from storage.work import Reading

LATEST = 20


@dataclass(frozen=True)
class DayLine:
    """What one recorded day was."""

    on: date
    kind: str


@dataclass(frozen=True)
class ChildData:
    """The record of one child: the latest days, and how many there are."""

    place: Place
    relation: str
    given_name: str | None
    days: tuple[DayLine, ...]
    total: int


@dataclass(frozen=True)
class ReplyLine:
    """Something this person said."""

    at: datetime
    kind: str
    body: str | None


@dataclass(frozen=True)
class MyData:
    """What one person may see of what is kept."""

    name: str
    phone: str | None
    bound_at: datetime | None
    children: tuple[ChildData, ...]
    waits: bool
    replies: tuple[ReplyLine, ...]


async def my_data(read: Reading, person_id: int) -> MyData:
    """One person's own data; of children only those whom a teacher has confirmed."""
    person = await read.one(select(people).where(people.c.id == person_id), Person)
    if person is None:
        raise LookupError(f"no person {person_id}")
    links = await read.all(
        select(guardianships).where(guardianships.c.person_id == person_id), Guardianship
    )
    mine = [
        link
        for link in links
        if link.state is GuardianState.BOUND and link.flag is not ContactFlag.NO_CONTACT
    ]
    return MyData(
        name=person.name,
        phone=masked(person.phone) if person.phone else None,
        bound_at=person.bound_at,
        children=tuple([await _child(read, link, is_one_of=len(mine) > 1) for link in mine]),
        waits=any(link.state is GuardianState.CLAIMED for link in links),
        replies=await _replies(read, person_id),
    )


def masked(phone: str) -> str:
    """138****5678 (privacy D4)."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) > 7 else f"****{phone[-2:]}"


async def _child(read: Reading, link: Guardianship, *, is_one_of: bool) -> ChildData:
    child = await student_of(read, link.student_id)
    of_child = (
        marks.c.student_id == child.id,
        marks.c.session == Session.MORNING.value,
        ~_is_held_back(child.class_id),
    )
    query = select(marks.c.on, marks.c.kind).where(*of_child)
    return ChildData(
        place=await place_of(read, child.class_id),
        relation=link.relation.value,
        given_name=given_name(child.name) if is_one_of else None,
        days=tuple(await read.all(query.order_by(marks.c.on.desc()).limit(LATEST), DayLine)),
        total=int(await read.scalar(select(func.count()).where(*of_child)) or 0),
    )


def _is_held_back(class_id: int) -> ColumnElement[bool]:
    """Whether the day's roll call still waits for a leader (`RollCall.is_held_back`)."""
    return exists().where(
        roll_calls.c.class_id == class_id,
        roll_calls.c.on == marks.c.on,
        roll_calls.c.session == marks.c.session,
        roll_calls.c.state != RollCallState.RELEASED.value,
        roll_calls.c.submitted_at.is_not(None),
    )


async def _replies(read: Reading, person_id: int) -> tuple[ReplyLine, ...]:
    query = select(replies).where(replies.c.person_id == person_id)
    found = await read.all(query.order_by(replies.c.at.desc()).limit(LATEST), Reply)
    return tuple(ReplyLine(one.at, one.kind.value, one.body) for one in found)
