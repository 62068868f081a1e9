"""One run: compare all lists of the county outside any lock, then write what follows in steps."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy import select

from rules.book import Book
from rules.calendar import Calendar
from rules.model.reconciling import (
    DoubtPair,
    FindingState,
    FoundLine,
    Reconciliation,
    plain_line,
)
from rules.model.school import UnitKind
from rules.policy import due
from rules.reconciling.changes import Changes, changes
from rules.reconciling.eligible import Ages, Intake, look_up
from rules.reconciling.guard import held_schools, without_held
from rules.reconciling.lines import Line
from rules.reconciling.sorting import Comparison, Doubt, Finding, Lists, Season, compare
from storage.carrying import carry_out
from storage.database import Database
from storage.reconciling.children import students_of
from storage.reconciling.following import end, ended_doubt, follow, on_record, open_review
from storage.reconciling.intake import Plan, ages_of, counts_of, planned, write_intake
from storage.reconciling.listed import Listed, load_listed
from storage.reconciling.lists import Collected, load_lists
from storage.reconciling.term_start import finish_schools
from storage.sealing import Vault
from storage.tables.reconciling import doubts, findings
from storage.work import Reading

#: So many findings are written in one unit of work.
STEP = 10
SAME = "same"
#: Of the age-eligible list: newly sought, and sought no more.
NEW, GONE = "listed_new", "listed_gone"


@dataclass(frozen=True)
class Known:
    """What earlier runs have left."""

    findings: dict[str, FoundLine]
    doubts: dict[str, DoubtPair]
    decided: dict[tuple[str, str], bool]


@dataclass(frozen=True)
class Outcome:
    """What a run found, and what is new against the one before it."""

    counts: Mapping[str, int]
    new: Mapping[str, int]
    gone: int
    doubts: int
    new_doubts: int
    without_roster: tuple[tuple[int, int, int], ...] = ()
    held: Mapping[int, int] = field(default_factory=dict)
    #: The age-eligible list in numbers; empty where there is none.
    listed: Mapping[str, int] = field(default_factory=dict)
    comparison: Comparison | None = field(default=None, repr=False)


async def reconcile(
    database: Database,
    book: Book,
    now: datetime,
    *,
    is_real: bool,
    collected: Collected | None = None,
    is_sure: bool = False,
) -> Outcome:
    """Compare the lists that are kept (and, in a dry run, what files would put in their place).

    `is_sure`: somebody has looked at the rosters of schools that have lost a large part of their
    children; without that they are held, and nobody there is called missing.
    """
    today = book.calendar.local_date(now)
    term_from = first_day(book.calendar, today)
    async with database.survey() as read:
        lists = await load_lists(read, term_from, collected)
        known = await _known(read)
        fresh = collected.listed if collected else ()
        listed = await load_listed(read, book.policy.intake, today, fresh)
    asked = _Asked(season_of(book, now, term_from), ages_of(book, now, term_from), is_sure)
    found, intake = await asyncio.to_thread(_compare, book, (lists, listed), known, asked)
    held = {} if is_sure else held_schools(lists, found, book.policy.bulk_guard)
    found = without_held(found, held)
    marks = [(mark_of(database.vault, *one.key), one) for one in found.findings]
    plan = planned(listed, intake)
    pairs = [(mark_of(database.vault, *one.key), one) for one in (*found.doubts, *intake.doubts)]
    news = changes(known.findings, marks)
    doubtful = changes(known.doubts, pairs)
    outcome = replace(_outcome(found, news, doubtful), held=held)
    outcome = replace(outcome, listed=_of_list(listed, intake, plan), doubts=len(pairs))
    if is_real:
        places = _places(listed)
        await _write(database, book, now, (news, doubtful), (known, places), outcome)
        await write_intake(database, book, now, (listed, intake, plan))
        await _note(database, book, now, outcome)
    return outcome


@dataclass(frozen=True)
class _Asked:
    """What the calendar says of a run, and whether somebody has looked at held places."""

    season: Season
    ages: Ages
    is_sure: bool


def _compare(
    book: Book, lists: tuple[Lists, Listed], known: Known, asked: _Asked
) -> tuple[Comparison, Intake]:
    kept, listed = lists
    found = compare(kept, known.decided, asked.season)
    guard = None if asked.is_sure else book.policy.bulk_guard
    return found, look_up(listed.lines, found.in_school, asked.ages, known.decided, guard)


def _of_list(listed: Listed, intake: Intake, plan: Plan) -> dict[str, int]:
    counts = counts_of(listed, intake)
    return {**counts, NEW: plan.sought, GONE: plan.gone} if counts else {}


def _places(listed: Listed) -> dict[int, int]:
    """Which school looks at a pair in which a village stands: that of its area."""
    first = next((one.id for one in listed.schools if one.kind is UnitKind.SCHOOL), 0)
    schools = {number: listed.area_of(one.id) for number, one in listed.by_number.items()}
    return {number: one.id if one else first for number, one in schools.items()}


def first_day(calendar: Calendar, on: date) -> date | None:
    """The first day of the term that is running, of the county's calendar."""
    running = [one for one in calendar.terms if one.starts_on <= on <= one.ends_on]
    return min((one.starts_on for one in running), default=None)


def season_of(book: Book, now: datetime, term_from: date | None) -> Season:
    """Whether new pupils still wait, and leavers are late (rules.md 8)."""
    if term_from is None:
        return Season()
    rules, calendar = book.policy.reconciliation, book.calendar.school(0)
    start = calendar.at_local(term_from, "08:00")
    waits = now < due(rules.register_new_by, start, calendar)
    return Season(waits, now >= due(rules.leavers_late_after, start, calendar))


def mark_of(vault: Vault, one: str, other: str) -> str:
    """The same for the same finding or pair in every run."""
    return vault.fingerprint(f"{one}\0{other}", "finding")


async def _known(read: Reading) -> Known:
    query = select(findings).where(findings.c.ended_at.is_(None))
    standing = {one.mark: one for one in await read.all(query, FoundLine)}
    pairs = await read.all(select(doubts).order_by(doubts.c.id), DoubtPair)
    decided = {
        (one.registered.identity, one.seated.identity): one.decision == SAME
        for one in pairs
        if one.decision is not None
    }
    waiting = {one.mark: one for one in pairs if one.ended_at is None}
    return Known(standing, waiting, decided)


def _outcome(
    found: Comparison, news: Changes[str, Finding], doubtful: Changes[str, Doubt]
) -> Outcome:
    counts = Counter(one.kind.value for one in found.findings)
    return Outcome(
        counts={"matched": found.matched, **dict(sorted(counts.items()))},
        new=dict(sorted(Counter(one.kind.value for one in news.new.values()).items())),
        gone=len(news.gone),
        doubts=len(found.doubts),
        new_doubts=len(doubtful.new),
        without_roster=found.without_roster,
        comparison=found,
    )


async def _write(
    database: Database,
    book: Book,
    now: datetime,
    news: tuple[Changes[str, Finding], Changes[str, Doubt]],
    before: tuple[Known, Mapping[int, int]],
    outcome: Outcome,
) -> None:
    """What is settled first, so that a child that was found is not looked for a moment longer."""
    found, doubtful = news
    known, places = before
    gone = [known.findings[mark] for mark in sorted(found.gone)]
    for first in range(0, len(gone), STEP):
        async with database.work(now) as work:
            for one in gone[first : first + STEP]:
                await carry_out(work, await end(work, one))
    over = [known.doubts[mark] for mark in sorted(doubtful.gone)]
    for first in range(0, len(over), STEP * STEP):
        async with database.work(now) as work:
            for pair in over[first : first + STEP * STEP]:
                await carry_out(work, ended_doubt(pair, now))
    await _write_new(database, book, now, found)
    await _write_doubts(database, book, now, doubtful, places)


async def _note(database: Database, book: Book, now: datetime, outcome: Outcome) -> None:
    """The run itself, and what it makes of the schools' own tasks."""
    async with database.work(now) as work:
        counts = {**outcome.counts, "doubts": outcome.doubts, "settled": outcome.gone}
        counts |= {f"new_{kind}": number for kind, number in outcome.new.items()}
        run = Reconciliation(-1, now, {**counts, **outcome.listed})
        has_news = bool(outcome.new or outcome.gone or outcome.new_doubts or outcome.held)
        has_news |= bool(outcome.listed.get(NEW) or outcome.listed.get(GONE))
        today = book.calendar.local_date(now)
        await carry_out(work, await on_record(work, run, today, has_news=has_news))
        await finish_schools(
            work, {place[0] for place in outcome.without_roster} | {*outcome.held}
        )


async def _write_new(
    database: Database, book: Book, now: datetime, found: Changes[str, Finding]
) -> None:
    new = list(found.new.items())
    for first in range(0, len(new), STEP):
        some = new[first : first + STEP]
        async with database.work(now) as work:
            children = await students_of(work, [one.line for _, one in some])
            for (mark, one), child in zip(some, children, strict=True):
                line = _finding(mark, one, child, now)
                await follow(work, book, line)


def _finding(mark: str, one: Finding, child: int | None, now: datetime) -> FoundLine:
    return FoundLine(
        id=-1,
        kind=one.kind,
        mark=mark,
        state=FindingState.OPEN,
        register_school_id=one.registered.school if one.registered else None,
        roster_school_id=one.seated.school if one.seated else None,
        student_id=child,
        body={"registered": _plain(one.registered), "seated": _plain(one.seated)},
        opened_at=now,
    )


def _plain(line: Line | None) -> list[object] | None:
    return plain_line(line) if line else None


async def _write_doubts(
    database: Database,
    book: Book,
    now: datetime,
    found: Changes[str, Doubt],
    places: Mapping[int, int],
) -> None:
    """Each pair is for the school that has the child sitting there; one task for a school."""
    pairs = [_pair(mark, one, now, places) for mark, one in found.new.items()]
    schools = sorted({one.school_id for one in pairs})
    for school_id in schools:
        async with database.work(now) as work:
            mine = [one for one in pairs if one.school_id == school_id]
            await open_review(work, book, school_id, mine)


def _pair(mark: str, one: Doubt, now: datetime, places: Mapping[int, int]) -> DoubtPair:
    """A line of the age-eligible list sits nowhere: the school of the other line looks, and that
    of the village where both are of the list."""
    here = places.get(one.registered.school, one.registered.school)
    there = here if one.seated.school in places else one.seated.school
    return DoubtPair(
        id=0,
        why=one.why,
        mark=mark,
        school_id=there,
        register_school_id=here,
        roster_school_id=there,
        body={"registered": plain_line(one.registered), "seated": plain_line(one.seated)},
        opened_at=now,
    )
