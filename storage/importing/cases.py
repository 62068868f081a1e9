"""Cases that ran on paper before: matched here, taken over child by child (data.md, Out)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select

from rules.book import Book
from rules.child.draft import Draft
from rules.child.taking_over import Inherited, problem_with, take_over
from rules.decision import Decision
from rules.model.case import Case, CaseState
from storage.carrying import carry_out
from storage.database import Database
from storage.facts.child import child_facts, draft_about
from storage.importing.county import County
from storage.importing.flaws import Fate, Flawed, ImportFlaw, Verdict, refused
from storage.importing.matching import child_by_number
from storage.importing.persons import by_phone, namesake
from storage.importing.values import CaseRow, NamedRow
from storage.tables.cases import cases
from storage.work import Reading

FLAWS = {
    "future": Flawed("started_on", ImportFlaw.CASE_LATER),
    "no_school_days": Flawed("started_on", ImportFlaw.CASE_WITHOUT_DAYS),
    "too_early": Flawed("status", ImportFlaw.CASE_TOO_EARLY),
}


@dataclass(frozen=True)
class Waiting:
    """A case that is new, and whose child it is."""

    student_id: int
    inherited: Inherited


async def match_cases(
    read: Reading, county: County, rows: Sequence[CaseRow]
) -> tuple[list[Verdict], list[Waiting]]:
    """What becomes of each row, and the cases to take over.

    A child that has a running case, or a later one that has ended, keeps what the record says: a
    table that comes twice changes nothing.
    """
    verdicts, waiting = [], []
    for row in rows:
        verdict, case = await _match(read, county, row)
        verdicts.append(verdict)
        if case is not None:
            waiting.append(case)
    return verdicts, waiting


async def _match(read: Reading, county: County, row: CaseRow) -> tuple[Verdict, Waiting | None]:
    child = child_by_number(county, row)
    if isinstance(child, ImportFlaw):
        return refused("id_number", child), None
    number = county.numbers.real(child)
    if child in county.seen:
        return Verdict(Fate.UNCHANGED), None  # the row before it counts
    county.seen.add(child)
    person = _person(county, county.children[child].school_id, row.responsible)
    named, flaws = (
        (None, (Flawed("responsible", person),))
        if isinstance(person, ImportFlaw)
        else (
            person,
            (),
        )
    )
    inherited = Inherited(row.stage, row.status, row.since, named, row.last_contact_on)
    if number < 0:
        return Verdict(Fate.NEW, flaws), None  # a dry run that has made the child a moment ago
    if await _is_there(read, number, inherited):
        return Verdict(Fate.UNCHANGED), None
    facts = await child_facts(read, number, Book(county.policy, county.calendar), county.now)
    problem = problem_with(Draft(facts, county.now), inherited)
    if problem is not None:
        return Verdict(Fate.REFUSED, (FLAWS[problem],)), None
    return Verdict(Fate.NEW, flaws), Waiting(number, inherited)


async def _is_there(read: Reading, student_id: int, inherited: Inherited) -> bool:
    query = select(cases).where(
        cases.c.student_id == student_id,
        or_(
            cases.c.state != CaseState.CLOSED.value,
            cases.c.first_absent_on >= inherited.since,
        ),
    )
    return await read.one(query.limit(1), Case) is not None


def _person(county: County, school_id: int, named: NamedRow | None) -> int | ImportFlaw | None:
    """Who is responsible: by phone and name, else the one of this name in the school."""
    if named is None:
        return None
    known = by_phone(county, named.name, named.phone) if named.phone else None
    if known is None:
        found = namesake(county, school_id, named.name)
        if isinstance(found, ImportFlaw):
            return found
        known = found
    return county.numbers.real(known.id)


async def take_cases(database: Database, county: County, waiting: Sequence[Waiting]) -> None:
    """Each child in a unit of work of its own; one that has a case by now is left alone."""
    book = Book(county.policy, county.calendar)
    for one in waiting:
        async with database.work(county.now) as work:
            if await _is_there(work, one.student_id, one.inherited):
                continue
            draft = await draft_about(work, one.student_id, book)
            take_over(draft, one.inherited)
            decision: Decision = draft.decision()
            await carry_out(work, decision)
