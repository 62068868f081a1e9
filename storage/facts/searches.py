"""Searches for children, and what the handlers of a search read beside them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from rules.model.attendance import Mark, Session
from rules.model.case import Safety
from storage.tables.attendance import marks
from storage.tables.cases import safety
from storage.tables.people import people
from storage.work import Reading


async def search_by_id(read: Reading, safety_id: int) -> Safety | None:
    """A search, running or over."""
    return await read.one(select(safety).where(safety.c.id == safety_id), Safety)


async def evening_mark(read: Reading, student_id: int, on: date) -> Mark | None:
    """What the evening roll call of this day wrote about a child."""
    query = select(marks).where(
        marks.c.student_id == student_id,
        marks.c.on == on,
        marks.c.session == Session.EVENING.value,
    )
    return await read.one(query, Mark)


async def name_of(read: Reading, person_id: int | None) -> str:
    """A person's name; empty for nobody."""
    found = await read.scalar(select(people.c.name).where(people.c.id == person_id))
    return str(found or "")
