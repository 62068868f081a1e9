"""Who has heard what."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from storage.outbox import State
from storage.tables.plumbing import outbox
from storage.work import Reading


async def told_of_case(read: Reading, case_id: int, kinds: Sequence[str]) -> tuple[int, ...]:
    """The persons to whom messages of these kinds about the case have gone out."""
    query = (
        select(outbox.c.person_id)
        .where(
            outbox.c.case_id == case_id,
            outbox.c.kind.in_(kinds),
            outbox.c.state == State.DELIVERED.value,
            outbox.c.person_id.is_not(None),
        )
        .distinct()
        .order_by(outbox.c.person_id)
    )
    return tuple(await read.scalars(query))
