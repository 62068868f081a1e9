"""The weekly list of corrections that the national register waits for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from rules.model.school import EnrolmentStatus, Unit
from storage.facts.register import differing_at
from storage.naming import child_name
from storage.tables.school import units
from storage.views import OutboxRow, Unwanted, view
from storage.work import Reading


@dataclass(frozen=True)
class DifferingLine:
    """One child: what we have on record since when, and since when the correction waits."""

    task_id: int
    name: str
    grade: int
    number: int
    status: EnrolmentStatus
    since: date | None
    opened_at: datetime
    is_mine: bool


@dataclass(frozen=True)
class RegisterListView:
    """The school's list; whoever has to correct it finds the keys beneath."""

    school: str
    lines: tuple[DifferingLine, ...]


@view("register_differs")
async def register_differs(read: Reading, row: OutboxRow) -> RegisterListView | Unwanted:
    """As it stands now."""
    school = await read.one(select(units).where(units.c.id == row.item), Unit)
    found = await differing_at(read, row.item)
    if school is None or not found:
        return Unwanted("corrected")
    lines = tuple(
        DifferingLine(
            one.task.id,
            child_name(read, one.child),
            one.grade,
            one.number,
            one.child.status,
            one.child.status_on,
            one.task.opened_at,
            one.task.owner_id == row.to,
        )
        for one in found
    )
    return RegisterListView(school.name, lines)
