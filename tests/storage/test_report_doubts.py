"""Scenario 43 from the rows: what contradicts a report, read from the record on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from rules.book import Book
from rules.model.attendance import Mark, MarkKind, Session
from rules.model.reports import DueState, Report, ReportDue
from rules.model.school import EnrolmentStatus, StatusChange
from rules.policy import Policy
from rules.reports.figures import COLUMNS
from storage.calendars import Calendars
from storage.database import Database
from storage.facts.reports import report_facts
from storage.tables.attendance import marks
from storage.tables.ladder import categories
from storage.tables.reports import report_dues, reports
from storage.tables.school import status_changes, students
from storage.work import Work
from tests.support.county import CHILDREN, County, found_county
from tests.support.reporting import add_monitored

WEEK = timedelta(days=7)
MONDAY = date(2026, 12, 7)
NOW = datetime(2026, 12, 11, 2, tzinfo=UTC)
ZERO = dict.fromkeys(COLUMNS, 0)


@pytest.fixture
async def county(database: Database) -> County:
    """Five children of monitored households."""
    async with database.work(NOW - 14 * WEEK) as work:
        found = await found_county(work)
        await add_monitored(work, found, *CHILDREN)
    return found


def due_of(county: County, monday: date) -> ReportDue:
    at = datetime(monday.year, monday.month, monday.day, 4, tzinfo=UTC) + timedelta(days=4)
    period = f"{monday.isocalendar().year}-W{monday.isocalendar().week:02d}"
    return ReportDue(
        *(0, "weekly", county.school_id, period, monday, monday + timedelta(days=6)),
        *(at - WEEK, at - timedelta(days=1), at),
        state=DueState.OPEN,
    )


async def signed(work: Work, county: County, monday: date, **figures: int) -> None:
    """A report of an earlier week."""
    due = await work.insert(report_dues, due_of(county, monday))
    at, by = due_of(county, monday).due_at, county.people["head"]
    said = tuple((ZERO | figures).items())
    await work.insert(reports, Report(0, due, 1, said, "-", at, by, by, is_late=False))


async def absences(work: Work, county: County, number: int) -> None:
    """So many days of this week, one child each: of 25 (five children, Monday to Friday)."""
    days = [(name, MONDAY + timedelta(days=n)) for n in range(5) for name in CHILDREN]
    for name, on in days[:number]:
        child = county.children[name]
        mark = Mark(0, child, on, Session.MORNING, MarkKind.ABSENT, None, NOW)
        await work.insert(marks, mark)


async def doubts_of(database: Database, county: County) -> list[str]:
    due = due_of(county, MONDAY)
    async with database.work(NOW) as work:
        number = await work.insert(report_dues, due)
    async with database.read() as read:
        book = Book(Policy(), await Calendars(ZoneInfo("Asia/Shanghai")).current(read))
        stored = await read.one(report_dues.select().where(report_dues.c.id == number), ReportDue)
        assert stored is not None
        facts = await report_facts(read, stored, book, NOW)
    return [one.spelled for one in facts.doubts]


@pytest.mark.parametrize(
    ("zeros", "absent", "expected"),
    [(11, 2, ["zero_for_weeks:12"]), (11, 1, []), (10, 2, [])],
    ids=["twelve zeros, 8 %", "twelve zeros, 4 %", "eleven zeros, 8 %"],
)
async def test_zero_for_twelve_weeks_in_a_school_with_eight_percent_absence(
    database: Database, county: County, zeros: int, absent: int, expected: list[str]
) -> None:
    async with database.work(NOW) as work:
        for n in range(1, zeros + 1):
            await signed(work, county, MONDAY - n * WEEK)
        await absences(work, county, absent)
    assert await doubts_of(database, county) == expected


async def test_a_gap_or_a_number_ends_the_row_of_zeros(database: Database, county: County) -> None:
    async with database.work(NOW) as work:
        for n in range(1, 20):
            await signed(work, county, MONDAY - n * WEEK, absent_1_2=int(n == 5))
        await absences(work, county, 25)
    assert await doubts_of(database, county) == []


@pytest.mark.parametrize(("ended", "expected"), [(4, ["sudden_drop:5"]), (5, [])])
async def test_a_drop_of_five_needs_five_endings_on_record(
    database: Database, county: County, ended: int, expected: list[str]
) -> None:
    async with database.work(NOW) as work:
        await signed(work, county, MONDAY - WEEK, suspected=3, dropout=2)
        for name in CHILDREN[:ended]:
            old, new = EnrolmentStatus.SUSPECTED, EnrolmentStatus.ENROLLED
            child = county.children[name]
            step = StatusChange(0, child, None, old, new, NOW.date(), NOW, None)
            await work.insert(status_changes, step)
    assert await doubts_of(database, county) == expected


async def test_zero_with_a_suspected_child_of_another_household(
    database: Database, county: County
) -> None:
    async with database.work(NOW) as work:
        suspected = EnrolmentStatus.SUSPECTED.value
        child = students.c.id == county.children["李一"]
        await work.execute(students.update().where(child).values(status=suspected))
    assert await doubts_of(database, county) == []  # the report says one itself

    async with database.work(NOW) as work:
        await work.execute(categories.delete())
        await work.execute(report_dues.delete())
    assert await doubts_of(database, county) == ["zero_but_suspected:1"]
