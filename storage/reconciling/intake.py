"""What a comparison says of the age-eligible list, written village by village (rules.md 8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import exists, func, select, update

from rules.book import Book
from rules.model.case import CaseState
from rules.model.eligible import Answer, Doorstep, Ending
from rules.policy import due
from rules.reconciling.ages import year_ends_on
from rules.reconciling.eligible import Ages, Intake, Standing
from rules.reconciling.entering import entry_counts
from storage.database import Database
from storage.reconciling.at_the_door import turned_up
from storage.reconciling.doorsteps import ask, end_line, listed_by_id, open_lines, visit_of
from storage.reconciling.listed import Listed
from storage.reconciling.not_enrolled import look_for
from storage.retention import GONE
from storage.tables.cases import cases
from storage.tables.eligible import doorsteps, eligible
from storage.tables.school import students
from storage.work import Reading, Work

#: So many lines are written in one unit of work.
STEP = 10
MANY = 500
OVER = (Standing.TOO_YOUNG, Standing.TOO_OLD, Standing.TWICE)


@dataclass
class Plan:
    """What is to do: whom to seek, by village; who has been found, or is not due any more."""

    fresh: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    found: list[int] = field(default_factory=list)
    over: list[int] = field(default_factory=list)
    changed: dict[Standing, list[int]] = field(default_factory=lambda: defaultdict(list))

    @property
    def sought(self) -> int:
        """How many are new."""
        return sum(map(len, self.fresh.values()))

    @property
    def gone(self) -> int:
        """How many need not be sought any more."""
        return len(self.found) + len(self.over)


def ages_of(book: Book, now: datetime, term_from: object) -> Ages:
    """Between terms, and in the first days of one, grade 1 is still coming."""
    rules, calendar = book.policy.intake, book.calendar.school(0)
    waits = True
    if term_from is not None:
        start = calendar.at_local(term_from, "08:00")  # type: ignore[arg-type]
        waits = now < due(rules.newcomers_wait, start, calendar)
    return Ages(rules.last_grade, waits)


def planned(listed: Listed, intake: Intake) -> Plan:
    """By the places of the lines; a dry run's further lines count and are not written."""
    plan = Plan()
    for at, (child, standing) in enumerate(zip(listed.children, intake.standings, strict=False)):
        if standing is not child.standing:
            plan.changed[standing].append(child.id)
        is_open = child.id in listed.open
        if is_open and standing is Standing.IN_SCHOOL:
            plan.found.append(at)
        elif is_open and standing in OVER:
            plan.over.append(at)
        elif not is_open and standing is Standing.SOUGHT and child.id not in listed.settled:
            plan.fresh[child.village_id].append(child.id)
    return plan


def counts_of(listed: Listed, intake: Intake) -> dict[str, int]:
    """The list in numbers; nothing where there is no list."""
    if not intake.standings:
        return {}
    settled: Mapping[int, Answer] = {
        at: listed.settled[child.id]
        for at, child in enumerate(listed.children)
        if child.id in listed.settled
    }
    return entry_counts(intake.standings, settled)


async def write_intake(
    database: Database, book: Book, now: datetime, found: tuple[Listed, Intake, Plan]
) -> None:
    """Who was found first: nobody is sent to a door a moment longer than needed."""
    listed, intake, plan = found
    await _write_standings(database, now, plan)
    for at in plan.found:
        async with database.work(now) as work:
            await turned_up(work, book, listed.open[listed.children[at].id], intake.matches[at])
    for at in plan.over:
        async with database.work(now) as work:
            await end_line(work, listed.open[listed.children[at].id], Ending.OTHERWISE)
    await _follow_cases(database, book, now)
    for village_id, ids in sorted(plan.fresh.items()):
        async with database.work(now) as work:
            await open_lines(work, book, village_id, ids)
    await _ask_again(database, book, now)


async def _write_standings(database: Database, now: datetime, plan: Plan) -> None:
    for standing, ids in plan.changed.items():
        for first in range(0, len(ids), MANY):
            async with database.work(now) as work:
                await work.execute(
                    update(eligible)
                    .where(eligible.c.id.in_(ids[first : first + MANY]))
                    .values(standing=standing.value, version=eligible.c.version + 1)
                )


async def _follow_cases(database: Database, book: Book, now: datetime) -> None:
    """A case that is closed ends its line; one that could not be opened yet is opened now."""
    async with database.read() as read:
        returned = await read.all(CASE_OVER, Doorstep)
        waiting = await read.all(WITHOUT_CASE, Doorstep)
    for line in returned:
        async with database.work(now) as work:
            await _end_with_case(work, book, line)
    for line in waiting:
        async with database.work(now) as work:
            await look_for(work, book, line, None)


async def _end_with_case(work: Work, book: Book, line: Doorstep) -> None:
    """Back in school, until the year is over: a register should have the child by then."""
    child = await listed_by_id(work, line.eligible_id)
    query = select(students.c.status).where(students.c.id == child.student_id)
    if await work.scalar(query) in GONE:
        await end_line(work, line, Ending.EXITED)
        return
    until = year_ends_on(book.policy.intake, book.calendar.local_date(work.now))
    await end_line(work, line, Ending.RETURNED, until=until)


_NOT_ENROLLED = (
    doorsteps.c.ended_at.is_(None),
    doorsteps.c.answer == Answer.NOT_ENROLLED.value,
    eligible.c.id == doorsteps.c.eligible_id,
)


_OF_CHILD = cases.c.student_id == eligible.c.student_id
_HAS_CASE = exists().where(_OF_CHILD)
_IS_RUNNING = exists().where(_OF_CHILD, cases.c.state != CaseState.CLOSED.value)
#: Lines of children whose case is over, and of those who have never had one.
CASE_OVER = select(doorsteps).where(*_NOT_ENROLLED, _HAS_CASE, ~_IS_RUNNING)
WITHOUT_CASE = select(doorsteps).where(*_NOT_ENROLLED, ~_HAS_CASE)


async def _ask_again(database: Database, book: Book, now: datetime) -> None:
    """A village whose school had nobody, or no school at all, when its children were found."""
    query = select(doorsteps.c.village_id).where(
        doorsteps.c.ended_at.is_(None), doorsteps.c.answer.is_(None)
    )
    async with database.read() as read:
        waiting = sorted(set(await read.scalars(query)))
        unasked = [one for one in waiting if await visit_of(read, one) is None]
    for village_id in unasked:
        async with database.work(now) as work:
            await ask(work, book, village_id)


async def case_is_over(read: Reading) -> bool:
    """Whether the case of a child that was not enrolled has been closed since."""
    return await read.one(CASE_OVER.limit(1), Doorstep) is not None


async def newest_answer(read: Reading) -> datetime | None:
    """When the list, or what is known of its children, changed last."""
    instants = (eligible.c.listed_at, doorsteps.c.answered_at, doorsteps.c.ended_at)
    found = [await read.scalar(select(func.max(one))) for one in instants]
    return max((one for one in found if one is not None), default=None)
