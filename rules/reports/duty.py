"""The task of whoever signs a report: reminded of and climbing like any other (rules.md 6)."""

from __future__ import annotations

from datetime import datetime

from rules.book import Book
from rules.model.case import Task
from rules.model.reports import ReportDue
from rules.policy.reports import Reports, Sender
from rules.reports.rhythms import WEEKLY
from rules.tasks import open_task


def task_for(due: ReportDue, owner_id: int, book: Book, now: datetime) -> Task:
    """Open the task of a report, or of a village school's check, with its own deadline."""
    return open_task(
        _kind(due, book.policy.reports),
        f"report:{due.id}",
        owner_id,
        id=-9,
        policy=book.policy,
        calendar=book.calendar.school(due.unit_id),
        now=now,
        due_at=due.due_at,
        school_id=due.unit_id,
    )


def _kind(due: ReportDue, rules: Reports) -> str:
    if due.part_of_id is not None:
        return "report_check"
    if due.rhythm == WEEKLY:
        return "weekly_report"
    is_countys = rules.rhythms[due.rhythm].sender is Sender.COUNTY
    return "county_report" if is_countys else "periodic_report"


def renewed(
    due: ReportDue, owner_id: int | None, known: Task | None, book: Book, now: datetime
) -> Task | None:
    """The task of a new signature: only before the deadline, and where none is open already."""
    if owner_id is None or known is not None or now > due.due_at:
        return None
    return task_for(due, owner_id, book, now)
