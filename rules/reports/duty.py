"""The task of whoever signs a report: reminded of and climbing like any other (rules.md 6)."""

from __future__ import annotations

from datetime import datetime

from rules.book import Book
from rules.model.case import Task
from rules.model.reports import ReportDue
from rules.reports.rhythms import WEEKLY
from rules.tasks import open_task


def task_for(due: ReportDue, owner_id: int, book: Book, now: datetime) -> Task:
    """Open the task of a report, or of a village school's check, with its own deadline."""
    kind = "weekly_report" if due.rhythm == WEEKLY else "periodic_report"
    return open_task(
        kind if due.part_of_id is None else "report_check",
        f"report:{due.id}",
        owner_id,
        id=-9,
        policy=book.policy,
        calendar=book.calendar.school(due.unit_id),
        now=now,
        due_at=due.due_at,
        school_id=due.unit_id,
    )


def renewed(
    due: ReportDue, owner_id: int | None, known: Task | None, book: Book, now: datetime
) -> Task | None:
    """The task of a new signature: only before the deadline, and where none is open already."""
    if owner_id is None or known is not None or now > due.due_at:
        return None
    return task_for(due, owner_id, book, now)
