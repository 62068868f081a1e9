"""Loads what linking a person to a chat is decided on: invites, persons with their children."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from rules.book import Book
from rules.codes import Stranger
from rules.confirming import KIND
from rules.consent import PAPER, PARENT, PARENTS
from rules.model.case import Task, TaskState
from rules.model.people import (
    Consent,
    ContactFlag,
    Guardianship,
    GuardianState,
    Invite,
    Person,
)
from rules.model.school import EnrolmentStatus, SchoolClass, Student
from rules.parties import Party, Tie
from rules.refusals import NotYours
from storage.facts.duties import duties_of
from storage.lookups import code_hash
from storage.tables.cases import tasks
from storage.tables.people import consents, guardianships, invites, people, posts, strangers
from storage.tables.school import classes, students
from storage.work import Reading, Work

_GONE = (EnrolmentStatus.LEFT.value, EnrolmentStatus.TRANSFERRED.value)


async def invite_of(read: Reading, code: str) -> Invite | None:
    """The invite behind a code, good or not."""
    query = select(invites).where(invites.c.code_hash == code_hash(read.vault, code))
    return await read.one(query, Invite)


async def person_of(read: Reading, person_id: int) -> Person:
    """A person; NotYours when there is none."""
    person = await read.one(select(people).where(people.c.id == person_id), Person)
    if person is None:
        raise NotYours
    return person


async def party_of(read: Reading, person_id: int, book: Book, today: date) -> Party:
    """The person with every child they answer for; NotYours when there is no such person."""
    person = await person_of(read, person_id)
    links = await read.all(
        select(guardianships)
        .where(guardianships.c.person_id == person_id)
        .order_by(guardianships.c.id),
        Guardianship,
    )
    ties = [await _tie(read, link, book, today) for link in links]
    return Party(
        person=person,
        ties=tuple(tie for tie in ties if tie is not None),
        has_posts=await holds_post(read, person_id),
        consents=tuple(
            await read.all(select(consents).where(consents.c.person_id == person_id), Consent)
        ),
        chats=await _chats_of(read, person_id),
    )


async def _tie(read: Reading, link: Guardianship, book: Book, today: date) -> Tie | None:
    """None for a child who has left."""
    student = await read.one(select(students).where(students.c.id == link.student_id), Student)
    if student is None or student.status in _GONE:
        return None
    school_class = await read.one(
        select(classes).where(classes.c.id == student.class_id), SchoolClass
    )
    if school_class is None:
        return None
    duties = await duties_of(read, student, today)
    return Tie(
        link=link,
        school_class=school_class,
        owner_id=duties.class_teacher_id or duties.first,
        calendar=book.calendar.school(student.school_id, school_class.grade),
        task=await open_claim(read, link.id),
        parent_ids=tuple(await parents_of(read, link.student_id)),
    )


async def parents_of(read: Reading, student_id: int) -> Sequence[int]:
    """The parents of a child who are confirmed, and whom an ordinary message may reach."""
    query = (
        select(people.c.id)
        .join(guardianships, guardianships.c.person_id == people.c.id)
        .where(
            guardianships.c.student_id == student_id,
            guardianships.c.state == GuardianState.BOUND.value,
            guardianships.c.relation.in_([one.value for one in PARENTS]),
            guardianships.c.flag == ContactFlag.NORMAL.value,
            people.c.chat_id.is_not(None),
            people.c.blocked_at.is_(None),
            people.c.left_on.is_(None),
        )
        .order_by(guardianships.c.position, people.c.id)
    )
    return await read.scalars(query)


async def parent_said(read: Reading, link_id: int) -> Consent | None:
    """The latest word of a parent about a carer, on paper or in chat."""
    query = select(consents).where(
        consents.c.guardianship_id == link_id, consents.c.way.in_((PAPER, PARENT))
    )
    return await read.one(query.order_by(consents.c.id.desc()).limit(1), Consent)


async def open_claim(read: Reading, link_id: int) -> Task | None:
    """The open task of this claim."""
    query = select(tasks).where(
        tasks.c.kind == KIND,
        tasks.c.subject == f"guardianship:{link_id}",
        tasks.c.state == TaskState.OPEN.value,
    )
    return await read.one(query, Task)


async def holds_post(read: Reading, person_id: int) -> bool:
    """Whether the person has any post, of whatever days: staff are never moved by a paper."""
    return await read.scalar(select(posts.c.id).where(posts.c.person_id == person_id)) is not None


async def _chats_of(read: Reading, person_id: int) -> frozenset[int]:
    query = select(invites.c.used_by_chat).where(
        invites.c.person_id == person_id, invites.c.used_by_chat.is_not(None)
    )
    return frozenset(await read.scalars(query))


async def link_of(read: Reading, link_id: int) -> Guardianship:
    """A guardianship; NotYours when there is none."""
    link = await read.one(select(guardianships).where(guardianships.c.id == link_id), Guardianship)
    if link is None:
        raise NotYours
    return link


async def left_here(read: Reading, chat_id: int) -> Sequence[int]:
    """The persons who used a code in this chat and have stopped since."""
    query = (
        select(people.c.id)
        .join(invites, invites.c.person_id == people.c.id)
        .where(
            invites.c.used_by_chat == chat_id,
            people.c.stopped_at.is_not(None),
            people.c.left_on.is_(None),
        )
        .distinct()
        .order_by(people.c.id)
    )
    return await read.scalars(query)


async def colleagues_on(read: Reading, chat_id: int, but: int) -> bool:
    """Whether somebody else who holds a post is linked to this chat."""
    query = (
        select(people.c.id)
        .join(posts, posts.c.person_id == people.c.id)
        .where(people.c.chat_id == chat_id, people.c.left_on.is_(None), people.c.id != but)
    )
    return await read.scalar(query) is not None


async def class_of(read: Reading, class_id: int) -> SchoolClass:
    """A class; NotYours when there is none."""
    found = await read.one(select(classes).where(classes.c.id == class_id), SchoolClass)
    if found is None:
        raise NotYours
    return found


async def stranger_on(read: Reading, chat_id: int) -> Stranger:
    """What this chat has tried so far."""
    found = await read.one(select(strangers).where(strangers.c.chat_id == chat_id), Stranger)
    return found or Stranger(0, chat_id)


async def keep_stranger(work: Work, stranger: Stranger) -> None:
    """Remember what the chat has tried."""
    await work.save(strangers, stranger)
