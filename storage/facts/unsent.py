"""Alerts that should have left and have not: a card must not say that somebody is waited for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select, text

from rules.messages.guardians import AbsenceAlert
from storage.tables.plumbing import outbox
from storage.work import Reading

_LAST = "\U0010ffff"
_WAITS = text("state IN ('waiting', 'later')")


@dataclass(frozen=True)
class Unsent:
    """How many alerts wait, and, where that is known, until when."""

    number: int = 0
    until: datetime | None = None


async def unsent_alerts(read: Reading, question_ids: Collection[int], now: datetime) -> Unsent:
    """The alerts that ask these questions and still wait; found by their keys."""
    begins = [f"{AbsenceAlert.about}:{one}:{AbsenceAlert.kind}:" for one in question_ids]
    if not begins:
        return Unsent()
    mine = or_(*(and_(outbox.c.key >= one, outbox.c.key < one + _LAST) for one in begins))
    found = await read.scalars(select(outbox.c.not_before).where(mine, _WAITS))
    later = [at for at in found if at is not None and at > now]
    is_known = len(later) == len(found)
    return Unsent(len(found), max(later, default=None) if is_known else None)
