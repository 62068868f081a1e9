"""Every row of a signed report adds up to the record, counted here in another way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select

from bot.simulation.broken import Broken
from rules.model.reports import Report, ReportDue
from rules.model.school import EnrolmentStatus
from rules.reports.figures import WHEREABOUTS
from storage.tables.ladder import categories
from storage.tables.reports import report_dues, reports
from storage.tables.school import status_changes, students
from storage.work import Reading

WEEKLY = "weekly"
OFF_REGISTER = (EnrolmentStatus.TRANSFERRED.value, EnrolmentStatus.LEFT.value)
COUNTED = ("suspected", "dropout", "suspension")


class Sums:
    """Adds up what was signed since the last look."""

    def __init__(self) -> None:
        """Nothing has been added up."""
        self._newest = 0

    async def look(self, read: Reading, now: datetime) -> list[Broken]:
        """The reports whose figures are not what the history of the children says."""
        signed = await read.all(
            select(reports).where(reports.c.id > self._newest).order_by(reports.c.id), Report
        )
        found = []
        for one in signed:
            self._newest = max(self._newest, one.id)
            due = await read.one(
                select(report_dues).where(report_dues.c.id == one.due_id), ReportDue
            )
            if due is not None and due.rhythm == WEEKLY:
                wrong = await _wrong(read, one, due)
                found += [Broken("report", f"report:{one.id}", now, each) for each in wrong]
        return found


async def _wrong(read: Reading, report: Report, due: ReportDue) -> list[str]:
    """The columns that do not add up."""
    said = {name: number or 0 for name, number in report.figures}
    schools = await _schools(read, due)
    expected = await _history(read, schools, due.since, report.at)
    wrong = [
        f"{name} {said[name]}, not {number}"
        for name, number in expected.items()
        if said.get(name, 0) != number
    ]
    whole = sum(said[name] for name in WHEREABOUTS) + expected_home(expected)
    if whole != said["monitored"]:
        wrong.append(f"whereabouts {whole}, not {said['monitored']}")
    return wrong


def expected_home(expected: Mapping[str, int]) -> int:
    """Children taught at home stand in no column of whereabouts; nobody here is."""
    return expected.get("home", 0)


async def _schools(read: Reading, due: ReportDue) -> list[int]:
    """The unit's own children, and those of the village schools that report through it."""
    if due.part_of_id is not None:
        return [due.unit_id]
    parts = select(report_dues.c.unit_id).where(report_dues.c.part_of_id == due.id)
    return [due.unit_id, *await read.scalars(parts)]


async def _history(
    read: Reading, schools: Collection[int], since: datetime, until: datetime
) -> dict[str, int]:
    """From the changes of status alone: where everybody stood at the signature."""
    monitored = set(await read.scalars(select(categories.c.student_id)))
    children = set(
        await read.scalars(select(students.c.id).where(students.c.school_id.in_(schools)))
    )
    columns = (status_changes.c.student_id, status_changes.c.new, status_changes.c.at)
    query = select(*columns).where(status_changes.c.at <= until).order_by(status_changes.c.id)
    standing: dict[int, str] = {}
    fresh: set[int] = set()
    for child, new, at in (await read.execute(query)).rows:
        standing[child] = new
        if new == EnrolmentStatus.SUSPECTED.value and at > since and child in monitored & children:
            fresh.add(child)
    registered = {one for one in children if standing.get(one) not in OFF_REGISTER}
    tally = Counter(standing.get(one, "enrolled") for one in registered & monitored)
    return {
        "enrolled": len(registered),
        "monitored": len(registered & monitored),
        "new_suspected": len(fresh & registered),
        **{name: tally[name] for name in COUNTED},
    }
