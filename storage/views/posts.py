"""The posts of one person, as a welcome names them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from storage.held import holds_on
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
            holds_on(posts, on),
        )
        .order_by(posts.c.id)
    )
    return tuple(await read.all(query, PostLine))
