"""The posts of one person, as a welcome names them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select

from storage.tables.people import posts
from storage.tables.school import classes, units
from storage.work import Reading


@dataclass(frozen=True)
class PostLine:
    """One post: what, where, and for class teachers which class."""

    role: str
    unit: str
    grade: int | None = None
    number: int | None = None


async def posts_of(read: Reading, person_id: int, on: date) -> tuple[PostLine, ...]:
    """The posts that the person holds on this day."""
    query = (
        select(posts.c.role, units.c.name.label("unit"), classes.c.grade, classes.c.number)
        .join(units, units.c.id == posts.c.unit_id)
        .outerjoin(classes, classes.c.id == posts.c.class_id)
        .where(
            posts.c.person_id == person_id,
            or_(posts.c.from_on.is_(None), posts.c.from_on <= on),
            or_(posts.c.to_on.is_(None), posts.c.to_on >= on),
        )
        .order_by(posts.c.id)
    )
    return tuple(await read.all(query, PostLine))
