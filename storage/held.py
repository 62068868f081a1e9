"""Whether a post, a line of the pairing table or a deputy holds on a day, and who holds a post."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BindParameter, ColumnElement, Table, and_, or_, select

from rules.model.people import Role
from storage.tables.people import deputies, people, posts
from storage.work import Reading

#: A day, or the parameter that will be one.
Day = date | BindParameter[date]


def holds_on(table: Table, on: Day) -> ColumnElement[bool]:
    """A row of posts or pairings holds on this day: both its dates included, none is for ever."""
    return and_(
        or_(table.c.from_on.is_(None), table.c.from_on <= on),
        or_(table.c.to_on.is_(None), table.c.to_on >= on),
    )


def acts_on(on: Day) -> ColumnElement[bool]:
    """A line of the deputy table holds on this day, and nobody has ended it."""
    return and_(deputies.c.from_on <= on, deputies.c.to_on >= on, deputies.c.ended_at.is_(None))


async def holders_of(read: Reading, role: Role, on: date) -> dict[int, int]:
    """Everybody with this post on this day, oldest first, and the unit they hold it in."""
    query = (
        select(posts.c.person_id, posts.c.unit_id)
        .join(people, people.c.id == posts.c.person_id)
        .where(posts.c.role == role.value, people.c.left_on.is_(None), holds_on(posts, on))
        .order_by(posts.c.id)
    )
    rows = (await read.execute(query)).rows
    return {row[0]: row[1] for row in rows}
