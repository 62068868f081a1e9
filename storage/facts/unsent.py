"""Alerts that should have left and have not: a card must not say that somebody is waited for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select, text

from rules.messages.guardians import AbsenceAlert
from rules.model.attendance import RollCallState, Session
from storage.tables.attendance import questions, roll_calls
from storage.tables.plumbing import outbox
from storage.tables.school import students
from storage.work import Reading

_LAST = "\U0010ffff"
_WAITS = text("state IN ('waiting', 'later')")


@dataclass(frozen=True)
class Unsent:
    """How many alerts wait, and, where that is known, until when."""

    number: int = 0
    until: datetime | None = None


async def untold(read: Reading, student_ids: Collection[int | None]) -> set[int]:
    """The children whose families the bulk guard keeps from being told at this moment."""
    query = (
        select(questions.c.student_id)
        .join(students, students.c.id == questions.c.student_id)
        .join(
            roll_calls,
            and_(roll_calls.c.class_id == students.c.class_id, roll_calls.c.on == questions.c.on),
        )
        .where(
            questions.c.student_id.in_([one for one in student_ids if one is not None]),
            questions.c.is_automatic.is_(False),
            questions.c.answered_at.is_(None),
            roll_calls.c.session == Session.MORNING.value,
            roll_calls.c.state != RollCallState.RELEASED.value,
            roll_calls.c.submitted_at.is_not(None),
        )
    )
    return set(await read.scalars(query))


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
