"""16:00: who is late, a line per teacher; and the late tasks of one of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from rules.model.school import Unit
from storage.facts.overdue import late_tasks, names_of
from storage.tables.school import units
from storage.views import OutboxRow, Unwanted, view
from storage.views.tasks import TaskLine, instant_of, lines_of
from storage.work import Reading


@dataclass(frozen=True)
class OwnerLine:
    """One person's late tasks, counted by kind."""

    owner_id: int
    name: str
    count: int
    kinds: tuple[tuple[str, int], ...]
    since: datetime


@dataclass(frozen=True)
class OverdueView:
    """The card of a school."""

    school_id: int
    school: str
    owners: tuple[OwnerLine, ...]
    total: int


@dataclass(frozen=True)
class LateView:
    """One person's late tasks."""

    school_id: int
    owner_id: int
    name: str
    lines: tuple[TaskLine, ...]


@view("overdue_card")
async def overdue_card(read: Reading, row: OutboxRow) -> OverdueView | Unwanted:
    """As it stands when it leaves."""
    shown = await overdue_of(read, row.item, instant_of(row), {row.to})
    return shown if shown.owners else Unwanted("nothing_overdue")


async def overdue_of(
    read: Reading, school_id: int, now: datetime, without: set[int]
) -> OverdueView:
    """The late tasks of everybody of a school but the viewer, who has them in the digest."""
    found = [one for one in await late_tasks(read, school_id, now) if one.owner_id not in without]
    names = await names_of(read, (one.owner_id for one in found))
    owners = []
    for owner_id in dict.fromkeys(one.owner_id for one in found):
        theirs = [one for one in found if one.owner_id == owner_id]
        kinds = tuple(Counter(one.kind for one in theirs).most_common())
        owners.append(OwnerLine(owner_id, names[owner_id], len(theirs), kinds, theirs[0].due_at))
    owners.sort(key=lambda one: -one.count)
    school = await read.one(select(units).where(units.c.id == school_id), Unit)
    return OverdueView(school_id, school.name if school else "", tuple(owners), len(found))


async def late_of(read: Reading, school_id: int, owner_id: int, now: datetime) -> LateView:
    """One person's late tasks, each with its [处理]."""
    found = await late_tasks(read, school_id, now, owner_id)
    names = await names_of(read, [owner_id])
    lines = await lines_of(read, found, now)
    return LateView(school_id, owner_id, names.get(owner_id, ""), lines)
