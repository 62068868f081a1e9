"""Telling the administrators that something has to be mended."""

from __future__ import annotations

from datetime import date

from sqlalchemy import or_, select

from rules.messages.staff import OperatorNotice
from rules.model.people import Role
from storage.outgoing import post
from storage.tables.people import posts
from storage.work import Work


async def tell_operators(
    work: Work, line: str, today: date, about: str = "", item: int = 0
) -> None:
    """Post the notice `line` to every administrator, once a day for what it is `about`."""
    query = select(posts.c.person_id).where(
        posts.c.role == Role.ADMIN.value, or_(posts.c.to_on.is_(None), posts.c.to_on >= today)
    )
    notices = [
        OperatorNotice(
            to=person_id,
            item=item,
            round=f"{line}:{about}:{today:%Y%m%d}",
            more={"line": line, "about": about},
        )
        for person_id in sorted(set(await work.scalars(query)))
    ]
    await post(work, notices)
