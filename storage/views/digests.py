"""08:00 and 16:00: what is open for one person, due and overdue first, and what has waited."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from rules.model.case import Task
from rules.model.school import Student
from storage.facts.overdue import tasks_by_id
from storage.facts.tasks import open_tasks_of
from storage.naming import child_name
from storage.tables.plumbing import outbox
from storage.tables.school import students
from storage.views import OutboxRow, Unwanted, view
from storage.views.tasks import TaskLine, instant_of, lines_of
from storage.work import Reading

#: What a person reads at once; the rest stands in [我的待办].
SHOWN = 8
NOON = 12 * 60


@dataclass(frozen=True)
class NoteLine:
    """One line that has waited: a phrase of `notes`, and what fills it."""

    name: str
    values: dict[str, Any]


@dataclass(frozen=True)
class DigestView:
    """The digest; `more` tasks are not named."""

    is_morning: bool
    lines: tuple[TaskLine, ...]
    more: int
    late: int
    notes: tuple[NoteLine, ...]
    climbed: tuple[TaskLine, ...]


@dataclass(frozen=True)
class MyTasksView:
    """[我的待办]: one page."""

    lines: tuple[TaskLine, ...]
    page: int
    pages: int
    total: int
    late: int


@view("digest")
async def digest(read: Reading, row: OutboxRow) -> DigestView | Unwanted:
    """Read again when it leaves; a digest in which nothing is left is not sent."""
    now = instant_of(row)
    mine = await open_tasks_of(read, row.to, now.date())
    merged = await _merged_into(read, row.key)
    notes = await note_lines(read, [one for one in merged if one.kind == "note"])
    climbed = await _others(read, merged, {one.id for one in mine})
    if not (mine or notes or climbed):
        return Unwanted("nothing_open")
    return DigestView(
        is_morning=row.item < NOON,
        lines=await lines_of(read, mine[:SHOWN], now),
        more=max(len(mine) - SHOWN, 0),
        late=sum(one.due_at <= now for one in mine),
        notes=notes,
        climbed=await lines_of(read, climbed, now),
    )


async def _merged_into(read: Reading, key: str) -> list[OutboxRow]:
    query = select(outbox).where(outbox.c.cause == f"merged:{key}"[:200])
    return await read.all(query.order_by(outbox.c.id), OutboxRow)


async def _others(read: Reading, merged: Iterable[OutboxRow], mine: set[int]) -> list[Task]:
    """The open tasks of others that have come up to this person again."""
    ids = {item for row in merged if row.kind == "task_reminder" for item in row.items}
    return await tasks_by_id(read, sorted(ids - mine))


async def note_lines(read: Reading, rows: Iterable[OutboxRow]) -> tuple[NoteLine, ...]:
    """Notes with the names of their children."""
    kept = list(rows)
    ids = {row.student_id for row in kept if row.student_id}
    found = await read.all(select(students).where(students.c.id.in_(ids)), Student)
    names = {one.id: child_name(read, one) for one in found}
    return tuple(
        NoteLine(str(row.more["line"]), {**row.more, "child": names.get(row.student_id or 0, "")})
        for row in kept
        if "line" in row.more
    )


@view("note")
async def note(read: Reading, row: OutboxRow) -> dict[str, object] | Unwanted:
    """A note by itself, should it ever be sent alone."""
    lines = await note_lines(read, [row])
    return {"notes": lines} if lines else Unwanted("no_line")


@view("outage_notice")
async def outage_notice(read: Reading, row: OutboxRow) -> dict[str, object]:
    """How long the bot was down, as far as the message says."""
    return {"hours": row.more.get("hours")}
