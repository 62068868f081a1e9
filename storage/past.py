"""Children as the register had them before a correction: what a ledger of a past day prints."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields, replace
from datetime import datetime

from sqlalchemy import select

from rules.model.school import PastPupil, Student
from storage.tables.school import past_pupils
from storage.work import Reading

_OWN = ("id", "student_id", "until", "version")
#: What a ledger prints of a child.
PRINTED = tuple(one.name for one in fields(PastPupil) if one.name not in _OWN)


async def past_of(read: Reading, ids: Collection[int], upto: datetime) -> dict[int, PastPupil]:
    """What was said until the first correction after that moment, of those who had one."""
    query = select(past_pupils).where(
        past_pupils.c.student_id.in_(ids), past_pupils.c.until >= upto
    )
    newest_first = query.order_by(past_pupils.c.until.desc(), past_pupils.c.id.desc())
    return {one.student_id: one for one in await read.all(newest_first, PastPupil)}


def as_it_was(child: Student, past: PastPupil | None) -> Student:
    """The child with what the register said then."""
    if past is None:
        return child
    return replace(child, **{name: getattr(past, name) for name in PRINTED})
