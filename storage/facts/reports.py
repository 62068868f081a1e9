"""Reports: who owes which, what was signed, who signs, and the figures as they are now."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select

from rules.book import Book
from rules.model.case import Task, TaskState
from rules.model.packages import WorkPlan
from rules.model.people import Post, Role
from rules.model.reports import DueState, Report, ReportDue
from rules.model.school import Unit, UnitKind
from rules.reports.doubts import Doubt, doubts
from rules.reports.figures import added
from rules.reports.packages import Roster
from rules.reports.rhythms import PACKAGE, WEEKLY
from rules.reports.units import ReportingUnit, School, reporting_units
from storage.facts.found import rungs_of
from storage.facts.packages import package_figures, plan_of, rosters_now
from storage.figures.around import around
from storage.figures.registers import counted_with_registers
from storage.figures.weekly import Asked, Counted
from storage.held import holders_of, holds_on
from storage.tables.cases import tasks
from storage.tables.people import people, posts
from storage.tables.reports import report_dues, reports
from storage.tables.school import classes, units
from storage.work import Reading

#: Who signs, in this order; clerks prepare.
SIGNERS = (Role.HEAD, Role.LEADER, Role.EDUCATION_SECTION)


@dataclass(frozen=True)
class Desk:
    """Who has a report on the desk: who signs it, their deputy, and who prepares it."""

    signer_id: int | None = None
    deputy_id: int | None = None
    clerk_ids: tuple[int, ...] = ()

    @property
    def readers(self) -> tuple[int, ...]:
        """Everybody who has the card."""
        every = (self.signer_id, self.deputy_id, *self.clerk_ids)
        return tuple(dict.fromkeys(one for one in every if one is not None))


@dataclass(frozen=True)
class ReportFacts:
    """One report with everything that its rules ask for, as it is now."""

    due: ReportDue
    now: datetime
    unit: Unit
    villages: tuple[ReportDue, ...]
    counted: Counted
    figures: dict[str, int | None]
    doubts: tuple[Doubt, ...]
    last: Report | None
    task: Task | None
    desk: Desk
    rosters: tuple[Roster, ...] = ()  # of a yearly package, with its work plan
    plan: WorkPlan | None = None


async def units_owing(read: Reading, on: date) -> tuple[ReportingUnit, ...]:
    """The reporting units of the county on this day."""
    begun = select(classes.c.school_id, classes.c.since)
    since: dict[int, date | None] = {}
    for school, day in (await read.execute(begun)).rows:
        earlier = since.get(school, date.max)
        since[school] = None if day is None or earlier is None else min(earlier, day)
    query = select(units).where(units.c.kind == UnitKind.SCHOOL.value)
    known = await read.all(query, Unit)
    return reporting_units([School(one, since.get(one.id, date.max)) for one in known], on)


async def office_of_county(read: Reading, on: date) -> ReportingUnit | None:
    """Where the county's own reports are made: the education section's office."""
    query = (
        select(units)
        .join(posts, posts.c.unit_id == units.c.id)
        .where(posts.c.role == Role.EDUCATION_SECTION.value, holds_on(posts, on))
    )
    office = await read.one(query.order_by(posts.c.id).limit(1), Unit)
    return ReportingUnit(office) if office else None


async def due_by_id(read: Reading, due_id: int) -> ReportDue | None:
    """What is owed."""
    return await read.one(select(report_dues).where(report_dues.c.id == due_id), ReportDue)


async def parts_of(read: Reading, due_id: int) -> list[ReportDue]:
    """The checks of the village schools."""
    query = select(report_dues).where(report_dues.c.part_of_id == due_id)
    return await read.all(query.order_by(report_dues.c.id), ReportDue)


async def planned_in(read: Reading, rhythm: str, period: str) -> set[int]:
    """The units for which this period is planned already."""
    query = select(report_dues.c.unit_id).where(
        report_dues.c.rhythm == rhythm, report_dues.c.period == period
    )
    return set(await read.scalars(query))


async def dues_of(
    read: Reading, rhythm: str, period: str, unit_ids: Collection[int] | None = None
) -> list[ReportDue]:
    """The reports of one period, without the checks of village schools."""
    query = select(report_dues).where(
        report_dues.c.rhythm == rhythm,
        report_dues.c.period == period,
        report_dues.c.part_of_id.is_(None),
    )
    if unit_ids is not None:
        query = query.where(report_dues.c.unit_id.in_(unit_ids))
    return await read.all(query.order_by(report_dues.c.id), ReportDue)


async def newest_due(read: Reading, unit_id: int, rhythm: str = WEEKLY) -> ReportDue | None:
    """The latest report of a unit that has opened."""
    query = select(report_dues).where(
        report_dues.c.unit_id == unit_id,
        report_dues.c.rhythm == rhythm,
        report_dues.c.state != DueState.PLANNED.value,
    )
    return await read.one(query.order_by(report_dues.c.from_on.desc()).limit(1), ReportDue)


async def last_reports(read: Reading, due_ids: Collection[int]) -> dict[int, Report]:
    """The signature that stands, for each report that has one."""
    query = select(reports).where(reports.c.due_id.in_(due_ids)).order_by(reports.c.number)
    return {one.due_id: one for one in await read.all(query, Report)}


async def first_reports(read: Reading, due_ids: Collection[int]) -> dict[int, Report]:
    """The first signature, by which a report was in time or late."""
    query = select(reports).where(reports.c.due_id.in_(due_ids), reports.c.number == 1)
    return {one.due_id: one for one in await read.all(query, Report)}


async def desks_of(read: Reading, unit_ids: Collection[int], on: date) -> dict[int, Desk]:
    """Who signs and who prepares in each of these units: the head, else whoever leads it; at the
    bureau the education section."""
    wanted = [one.value for one in (*SIGNERS, Role.REPORT_CLERK)]
    query = (
        select(posts)
        .join(people, people.c.id == posts.c.person_id)
        .where(
            posts.c.unit_id.in_(unit_ids),
            posts.c.role.in_(wanted),
            people.c.left_on.is_(None),
            holds_on(posts, on),
        )
    )
    held = await read.all(query.order_by(posts.c.id), Post)
    rungs = await rungs_of(read, {one.person_id for one in held}, on)
    found: dict[int, Desk] = {}
    for unit in unit_ids:
        own = [one for one in held if one.unit_id == unit]
        signer = next((p.person_id for role in SIGNERS for p in own if p.role is role), None)
        clerks = tuple(p.person_id for p in own if p.role is Role.REPORT_CLERK)
        deputy = rungs[signer].deputy_id if signer is not None else None
        found[unit] = Desk(signer, deputy, clerks)
    return found


async def desk_of(read: Reading, unit_id: int, on: date) -> Desk:
    """The same for one unit."""
    return (await desks_of(read, [unit_id], on))[unit_id]


async def contacts_at(read: Reading, township_id: int | None, on: date) -> tuple[int, ...]:
    """The township's contacts."""
    found = await holders_of(read, Role.TOWNSHIP, on)
    return tuple(person for person, unit in found.items() if unit == township_id)


async def open_task_of(read: Reading, due_id: int) -> Task | None:
    """The open task of a report."""
    query = select(tasks).where(
        tasks.c.subject == f"report:{due_id}", tasks.c.state == TaskState.OPEN.value
    )
    return await read.one(query, Task)


async def report_facts(read: Reading, due: ReportDue, book: Book, now: datetime) -> ReportFacts:
    """The report as it stands at this instant, with what contradicts it."""
    facts = await shown_facts(read, due, now, book.calendar.local_date(now))
    if due.part_of_id is not None or due.rhythm != WEEKLY:
        return facts
    asked = asked_for(facts, now, book.calendar.local_date(now))
    days = len(book.calendar.school(due.unit_id).school_days(due.from_on, asked.on))
    grounds = await around(read, due, asked, days)
    return replace(facts, doubts=doubts(facts.figures, grounds, book.policy.reports))


async def shown_facts(read: Reading, due: ReportDue, now: datetime, on: date) -> ReportFacts:
    """The same with the contradictions that were found last."""
    unit = await read.one(select(units).where(units.c.id == due.unit_id), Unit)
    if unit is None:
        raise LookupError(f"no unit {due.unit_id}")
    facts = ReportFacts(
        due=due,
        now=now,
        unit=unit,
        villages=tuple(await parts_of(read, due.id)),
        counted=Counted({}, {}),
        figures={},
        doubts=tuple(Doubt.read(one) for one in due.doubts),
        last=(await last_reports(read, [due.id])).get(due.id),
        task=await open_task_of(read, due.id),
        desk=await desk_of(read, due.unit_id, on),
    )
    if due.rhythm == PACKAGE:
        return await _package(read, facts, on)
    asked = asked_for(facts, now, on)
    if unit.kind is not UnitKind.SCHOOL:
        owing = await units_owing(read, on)
        asked = replace(asked, schools=tuple(one for unit in owing for one in unit.school_ids))
    found = await counted_with_registers(read, asked)
    return replace(facts, counted=found, figures=added(found.figures.values()))


async def _package(read: Reading, facts: ReportFacts, on: date) -> ReportFacts:
    rosters = await rosters_now(read, facts.due, on, facts.now)
    figures = await package_figures(read, facts.due, rosters)
    plan = await plan_of(read, facts.due.id)
    return replace(facts, figures=figures, rosters=rosters, plan=plan)


def asked_for(facts: ReportFacts, now: datetime, on: date) -> Asked:
    """What is counted: as of the signature, or of a period that is over until its end."""
    due = facts.due
    schools = (due.unit_id, *(one.unit_id for one in facts.villages))
    until = now if due.until is None else min(now, due.until)
    on = on if due.until is None else min(on, due.to_on)
    return Asked(schools, on, due.since, until, due.rhythm == WEEKLY)
