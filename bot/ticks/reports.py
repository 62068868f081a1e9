"""What time does about reports: plan, open, look again, call missing, and 12:05 (rules.md 9)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from bot.ticks.base import WorkTick
from bot.ticks.digests import Daily
from rules.book import Book
from rules.calendar import Calendar
from rules.decision import Decision
from rules.messages.reports import PackageSummary, WeeklySheet, WeeklySummary
from rules.model.reports import DueState, ReportDue
from rules.policy.reports import CutOff, Period, Sender
from rules.reports.duty import renewed, task_for
from rules.reports.rhythms import PACKAGE, WEEKLY, Occasion, check_due_at, occasion, week_of
from rules.reports.signing import differs, looked_at, opened, overdue
from rules.reports.units import ReportingUnit
from storage.carrying import carry_out
from storage.due_rows import DueRows
from storage.facts.reports import (
    Desk,
    desk_of,
    due_by_id,
    dues_of,
    office_of_county,
    planned_in,
    report_facts,
    units_owing,
)
from storage.facts.started import first_run_at
from storage.rhythms import next_of
from storage.tables.reports import report_dues
from storage.views.weekly import receivers_of, week_number
from storage.work import Reading, Work

PLAN = "report_plan"
SUMMARY = "weekly_summary"
PACKAGE_SUMMARY = "package_summary"
PLANS_AT = time(6)
A_WEEK = timedelta(days=7)
#: What is done elsewhere: the reconciliation opens tasks of its own.
ELSEWHERE = (Period.TERM,)


class ReportPlans(Daily):
    """Every morning: the reports that open today, and those of a week that was missed."""

    name = PLAN

    def clocks(self) -> Mapping[str, time]:
        """Before anything opens."""
        return {PLAN: PLANS_AT}

    async def send(self, work: Work, calendar: Calendar, clock: time) -> None:
        """One row for each unit and rhythm, and one for each village school's check."""
        await plan_reports(work, Book(self.means.policy, calendar), calendar.local_date(work.now))

    async def _plan(self, work: Work, name: str) -> None:
        """A new database begins in the middle of a day: what is open by then opens at once."""
        if await next_of(work, name) is None:
            calendar = await self.means.calendars.current(work)
            await self.send(work, calendar, PLANS_AT)
        await super()._plan(work, name)


async def plan_reports(work: Work, book: Book, today: date) -> None:
    """Insert what is owed and has come near enough; nothing for the time before the first run."""
    begun = await first_run_at(work)
    if begun is None:
        return
    for name, rhythm in book.policy.reports.rhythms.items():
        if rhythm.period in ELSEWHERE:
            continue
        days = (today - A_WEEK, today) if rhythm.period is Period.WEEK else (today,)
        for day in days:
            await _plan_one(work, book, name, day, begun)


async def _plan_one(work: Work, book: Book, name: str, on: date, begun: datetime) -> None:
    planned: dict[str, set[int]] = {}
    today = book.calendar.local_date(work.now)
    for unit in await _senders(work, book.policy.reports.rhythms[name].sender, on):
        calendar = book.calendar.school(unit.unit.id)
        found = occasion(name, book.policy.reports, calendar, on)
        if found is None or found.due_at <= begun or calendar.local_date(found.opens_at) > today:
            continue
        if found.period not in planned:
            planned[found.period] = await planned_in(work, name, found.period)
        if unit.unit.id not in planned[found.period]:
            await _insert(work, book, name, unit, found)


async def _senders(work: Work, sender: Sender, on: date) -> Sequence[ReportingUnit]:
    if sender is Sender.UNIT:
        return await units_owing(work, on)
    office = await office_of_county(work, on)
    return (office,) if office else ()


async def _insert(work: Work, book: Book, name: str, unit: ReportingUnit, found: Occasion) -> None:
    is_over = book.policy.reports.rhythms[name].cut_off is CutOff.PERIOD_END
    until = book.calendar.day_ends(found.to_on) if is_over else None
    due = replace(_due(name, unit.unit.id, found, -1), until=until)
    checks: tuple[ReportDue, ...] = ()
    if name == WEEKLY:
        at = check_due_at(found, book.policy.reports, book.calendar.school(unit.unit.id))
        checks = tuple(
            replace(_due(name, one.id, replace(found, due_at=at), -2 - n), part_of_id=-1)
            for n, one in enumerate(unit.villages)
        )
    await carry_out(work, Decision((due, *checks)))


def _due(name: str, unit_id: int, found: Occasion, placeholder: int) -> ReportDue:
    return ReportDue(
        id=placeholder,
        rhythm=name,
        unit_id=unit_id,
        period=found.period,
        from_on=found.from_on,
        to_on=found.to_on,
        since=found.since,
        opens_at=found.opens_at,
        due_at=found.due_at,
        next_at=found.opens_at,
    )


_PLANNED = DueRows(
    select(report_dues.c.id).where(report_dues.c.next_at.is_not(None)),
    report_dues.c.id,
    report_dues.c.next_at,
)


class Reports(WorkTick):
    """One row is one report that opens, is looked at again, or is overdue."""

    name = "reports"

    async def due(
        self, read: Reading, now: datetime, limit: int, skipped: Collection[int]
    ) -> Sequence[int]:
        """The rows whose next instant has come; a central school's before its villages'."""
        return await _PLANNED.at(read, now, limit, skipped)

    async def earliest(self, read: Reading, skipped: Collection[int]) -> datetime | None:
        """The first instant at which one of them is due."""
        return await _PLANNED.first_at(read, skipped)

    async def serve(self, work: Work, row_id: int) -> None:
        """Do what is due about one report."""
        due = await due_by_id(work, row_id)
        if due is None or due.next_at is None or due.next_at > work.now:
            return
        book = Book(self.means.policy, await self.means.calendars.current(work))
        desk = await desk_of(work, due.unit_id, book.calendar.local_date(work.now))
        if due.state is DueState.PLANNED:
            await _open(work, due, desk, book)
        elif due.state is DueState.FILED:
            await _look_again(work, due, desk, book)
        else:
            await carry_out(work, overdue(due, desk.readers))


async def _open(work: Work, due: ReportDue, desk: Desk, book: Book) -> None:
    task = task_for(due, desk.signer_id, book, work.now) if desk.signer_id else None
    found = (await report_facts(work, due, book, work.now)).doubts
    await carry_out(work, opened(due, task, desk.readers, work.now, found))


async def _look_again(work: Work, due: ReportDue, desk: Desk, book: Book) -> None:
    """Whether the record has moved on since the signature."""
    facts = await report_facts(work, due, book, work.now)
    is_same = facts.last is None or not differs(facts.last, facts.figures)
    task = None if is_same else renewed(due, desk.signer_id, facts.task, book, work.now)
    readers = desk.readers
    rules = book.policy.reports
    await carry_out(work, looked_at(due, task, readers, work.now, rules, is_same=is_same))


class WeeklySummaries(Daily):
    """12:05 on the day on which the weekly report was due: the section's card and the table."""

    name = SUMMARY

    def clocks(self) -> Mapping[str, time]:
        """One time for all."""
        return {SUMMARY: self.means.policy.noise.section_friday_at}

    async def send(self, work: Work, calendar: Calendar, clock: time) -> None:
        """To everybody at the bureau to whom the units of today's deadline report."""
        today = calendar.local_date(work.now)
        week = week_of(today)
        dues = [
            one
            for one in await dues_of(work, WEEKLY, week)
            if calendar.local_date(one.due_at) == today and one.due_at <= work.now
        ]
        if not dues:
            return
        owing = {one.unit_id for one in dues}
        readers = [
            person
            for person, schools in (await receivers_of(work, today)).items()
            if owing & schools
        ]
        item = week_number(week)
        on = today.isoformat()
        await carry_out(
            work,
            Decision(
                messages=tuple(
                    message(to=one, item=item, round=on)
                    for one in readers
                    for message in (WeeklySummary, WeeklySheet)
                )
            ),
        )


class PackageSummaries(Daily):
    """12:05 on the day on which the yearly packages were due: the section's card."""

    name = PACKAGE_SUMMARY

    def clocks(self) -> Mapping[str, time]:
        """At the same hour as the weeks."""
        return {PACKAGE_SUMMARY: self.means.policy.noise.section_friday_at}

    async def send(self, work: Work, calendar: Calendar, clock: time) -> None:
        """To everybody at the bureau to whom units report that owe a package today."""
        today = calendar.local_date(work.now)
        dues = await dues_of(work, PACKAGE, str(today.year))
        owing = {one.unit_id for one in dues if calendar.local_date(one.due_at) == today}
        if not owing:
            return
        receivers = await receivers_of(work, today)
        messages = tuple(
            PackageSummary(to=person, item=today.year)
            for person, schools in receivers.items()
            if owing & schools
        )
        await carry_out(work, Decision(messages=messages))
