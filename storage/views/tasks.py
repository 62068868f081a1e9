"""Messages about tasks: what, about whom, whose, since when; the card itself is task_card.py."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from rules.model.case import Task
from rules.model.people import Level
from storage.facts.family import latest_question
from storage.facts.overdue import Known, known_of, names_of, tasks_by_id
from storage.facts.unsent import untold
from storage.naming import child_name
from storage.views import OutboxRow, Unwanted, view
from storage.work import Reading


@dataclass(frozen=True)
class TaskLine:
    """One task in a list; `child`: whom it is about, or which village."""

    task_id: int
    kind: str
    child: str | None
    grade: int | None
    number: int | None
    school: str | None
    owner: str
    opened_at: datetime
    due_at: datetime
    is_overdue: bool
    age: timedelta
    student_id: int | None = None
    roll_call_id: int | None = None
    is_untold: bool = False  # the bulk guard holds the alert: the family knows nothing yet

    @property
    def of(self) -> str:
        """What stands after the label of its key."""
        return self.child or self.owner


@dataclass(frozen=True)
class TaskLines:
    """Several tasks that reach one person together."""

    lines: tuple[TaskLine, ...]
    level: int = 0
    school: str | None = None
    why: str | None = None
    by: str | None = None


def line_of(read: Reading, task: Task, known: Known, now: datetime) -> TaskLine:
    """One task as a line, at this instant."""
    child = known.children.get(task.student_id or 0)
    school_class = known.classes.get(child.class_id if child else task.class_id or 0)
    school = known.units.get(task.school_id or 0)
    sort, _, number = task.subject.partition(":")
    return TaskLine(
        task_id=task.id,
        kind=task.kind,
        child=child_name(read, child) if child else known.about.get(task.subject),
        grade=school_class.grade if school_class else None,
        number=school_class.number if school_class else None,
        school=school.name if school else None,
        owner=known.names.get(task.owner_id, ""),
        opened_at=task.opened_at,
        due_at=task.due_at,
        is_overdue=task.due_at <= now,
        age=max(now - task.opened_at, timedelta()),
        student_id=task.student_id,
        roll_call_id=int(number) if sort == "roll_call" else None,
    )


async def lines_of(read: Reading, found: Iterable[Task], now: datetime) -> tuple[TaskLine, ...]:
    """Tasks as lines, in their order."""
    kept = list(found)
    known = await known_of(read, kept)
    return tuple(line_of(read, one, known, now) for one in kept)


def instant_of(row: OutboxRow) -> datetime:
    """When the message was written: ages are true at that instant, after an outage too."""
    if row.created_at is None:
        raise LookupError(f"outbox row {row.id} has no time")
    return row.created_at


@view("nobody_answered")
async def nobody_answered(read: Reading, row: OutboxRow) -> TaskLines | Unwanted:
    """The calls to make, and which families have not been told yet."""
    found = await open_lines(read, row)
    if isinstance(found, Unwanted):
        return found
    waiting = await untold(read, [one.student_id for one in found.lines])
    lines = [replace(one, is_untold=one.student_id in waiting) for one in found.lines]
    told = [await _since_told(read, one, instant_of(row)) for one in lines]
    return replace(found, lines=tuple(told))


async def _since_told(read: Reading, line: TaskLine, now: datetime) -> TaskLine:
    """The line with the time of the alert, where the bulk guard let it go after the task began."""
    question = await latest_question(read, line.student_id or 0)
    if question is None or not question.is_automatic or question.asked_at <= line.opened_at:
        return line
    if question.asked_at.date() != line.opened_at.date():
        return line
    age = max(now - question.asked_at, timedelta())
    return replace(line, opened_at=question.asked_at, age=age)


@view("task_climbed")
@view("please_call")
@view("guardian_refused")
@view("deadline_near")
@view("task_reminder")
async def open_lines(read: Reading, row: OutboxRow) -> TaskLines | Unwanted:
    """The tasks of the message that are still open."""
    found = await tasks_by_id(read, row.items)
    if not found:
        return Unwanted("done")
    lines = await lines_of(read, found, instant_of(row))
    level, why = int(row.more.get("level", 0)), row.more.get("why")
    is_bureau = level >= Level.SECTION
    return TaskLines(lines, level, lines[0].school if is_bureau else None, why)


@view("nudge")
@view("task_handed_over")
async def pressed(read: Reading, row: OutboxRow) -> TaskLines | Unwanted:
    """What a superior did about a task that is still open."""
    found = await tasks_by_id(read, row.items)
    if not found:
        return Unwanted("done")
    by = int(row.more.get("by", 0))
    if by == row.to:
        return Unwanted("own_act")
    names = await names_of(read, [by])
    lines = await lines_of(read, found, instant_of(row))
    return TaskLines(lines, int(row.more.get("level", 0)), by=names.get(by))
