"""Whom the Friday total is about, and what class teachers add to it (rules.md 7)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from sqlalchemy import select

from rules.book import Book
from rules.families import tells_the_week
from rules.model.attendance import Session
from rules.model.school import SchoolClass, Student, WeekSentence
from storage.facts.child import absent_before
from storage.tables.attendance import marks
from storage.tables.school import classes, students, week_sentences
from storage.work import Reading


async def told_of_the_week(
    read: Reading, book: Book, on: date, class_id: int | None = None
) -> list[Student]:
    """The children absent this week and often enough this term, of one class or of all."""
    monday = on - timedelta(days=on.weekday())
    absent = select(marks.c.student_id).where(
        marks.c.on.between(monday, on),
        marks.c.session == Session.MORNING.value,
        marks.c.kind.in_(("absent", "leave")),
    )
    query = select(students).where(students.c.id.in_(absent))
    if class_id is not None:
        query = query.where(students.c.class_id == class_id)
    found = await read.all(query.order_by(students.c.class_id, students.c.id), Student)
    grades = await grades_of(read, {child.class_id for child in found})
    return [child for child in found if await _is_told(read, book, child, grades, on)]


async def _is_told(
    read: Reading, book: Book, child: Student, grades: dict[int, int], on: date
) -> bool:
    term = book.calendar.school(child.school_id, grades[child.class_id]).term_of(on)
    total = await absent_before(read, child.id, term.starts_on if term else on, on)
    return tells_the_week(total, book.policy.alerts)


async def grades_of(read: Reading, class_ids: Collection[int]) -> dict[int, int]:
    """The grade of each class."""
    query = select(classes).where(classes.c.id.in_(class_ids))
    return {one.id: one.grade for one in await read.all(query, SchoolClass)}


async def sentence_of(read: Reading, class_id: int, on: date) -> WeekSentence | None:
    """What the class teacher said for this Friday."""
    query = select(week_sentences).where(
        week_sentences.c.class_id == class_id, week_sentences.c.on == on
    )
    return await read.one(query, WeekSentence)
