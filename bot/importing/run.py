"""One import: every table of every file in the order in which they lean on each other.

Reading and matching happen outside any lock.  Each batch is one short unit of work; killed in the
middle, the same command completes what is missing, because what is there already is unchanged.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.importing.apart import desk_for
from bot.importing.desk import Look
from bot.importing.report import Report
from bot.importing.taking import Taken
from bot.importing.writing import Pen, pen_for
from papers.headers import Kind
from papers.problems import sentences
from rules.policy import Policy
from rules.reconciling.lines import Side
from storage.calendars import Calendars
from storage.database import Database
from storage.importing.attendance import Claims, TakeAttendance, hand_over, match_rows
from storage.importing.batch import Batch
from storage.importing.calendar import take_day, take_term
from storage.importing.cases import match_cases, take_cases
from storage.importing.categories import take_categories
from storage.importing.children import close_rosters, take_children
from storage.importing.county import County
from storage.importing.eligible import take_eligible
from storage.importing.flaws import Verdict
from storage.importing.loading import load_county, meet_people
from storage.importing.pairing import take_pairing
from storage.importing.staff import take_staff
from storage.importing.units import take_units
from storage.meta import Mode, mode_of
from storage.reconciling.lists import Collected, keep_lists
from storage.reconciling.running import first_day
from storage.work import Reading

ORDER = (
    Kind.UNITS,
    Kind.TERMS,
    Kind.DAYS,
    Kind.STAFF,
    Kind.REGISTER,
    Kind.ROSTER,
    Kind.ELIGIBLE,
    Kind.PAIRING,
    Kind.CATEGORIES,
    Kind.CASES,
    Kind.ATTENDANCE,
)
SIDES = {Kind.REGISTER: Side.REGISTER, Kind.ROSTER: Side.ROSTER}


@dataclass(frozen=True)
class Source:
    """The tables of one kind in one file."""

    path: Path
    kind: Kind
    parts: AsyncIterator[Sequence[Taken]]


@dataclass(frozen=True)
class Import:
    """What an import needs; `now` is the database's clock."""

    database: Database
    policy: Policy
    calendars: Calendars
    now: Any
    language: str
    bureau: str
    take_attendance: TakeAttendance | None = None
    #: What registers and rosters say, class by class; a dry run compares it as if it were kept.
    collected: Collected = field(default_factory=Collected)


async def run_import(means: Import, paths: Sequence[Path], *, is_real: bool) -> Report:
    """Import, or (not `is_real`) say what would be done."""
    report = Report(means.language)
    async with desk_for(paths) as desk, pen_for(means.database, means.now) as pen:
        looks = await desk.look()
        _note_unknown(report, paths, looks)
        sources = [(at, kind) for kind in ORDER for at in _places(looks, kind)]
        county = None
        for place, kind in sources:
            if county is None or is_real:
                county = await _county(means)  # after a file was written, the county is another
            county.forget_table()
            source = Source(paths[place], kind, desk.parts(place, kind))
            await _take_file(means, county, report, source, pen if is_real else None)
    if is_real:
        await _keep_lists(means)
    return report


async def _keep_lists(means: Import) -> None:
    async with means.database.read() as read:
        calendar = await means.calendars.current(read)
    term_from = first_day(calendar, calendar.local_date(means.now))
    await keep_lists(means.database, means.collected, means.now, term_from)


def _note_unknown(report: Report, paths: Sequence[Path], looks: Sequence[Look]) -> None:
    for path, look in zip(paths, looks, strict=True):
        for sheet in look.unknown:
            report.note(path, sheet, sentences(report.language)["unknown_sheet"])


def _places(looks: Sequence[Look], kind: Kind) -> list[int]:
    """Which of the files have such a table."""
    return [place for place, look in enumerate(looks) if kind in look.kinds]


async def _county(means: Import) -> County:
    async with means.database.read() as read:
        calendar = await means.calendars.current(read)
        is_new = await mode_of(read) is Mode.NEW
        return await load_county(read, calendar, means.now, means.policy, is_new=is_new)


async def _take_file(
    means: Import, county: County, report: Report, source: Source, pen: Pen | None
) -> None:
    """Take every row; without a pen nothing is written."""
    claims: Claims = {}
    async for rows in source.parts:
        verdicts = await _take_rows(means, county, (source.kind, rows), claims, pen)
        for row in rows:
            report.take(source.path, row, verdicts.get(row.number))
            _collect(means, county, source.kind, row)
    if pen is None:
        return
    await pen.through(county)
    if source.kind is Kind.ROSTER:
        await _close_rosters(means, county, pen)
    if means.take_attendance is not None:
        await hand_over(claims, means.take_attendance)


def _collect(means: Import, county: County, kind: Kind, row: Taken) -> None:
    """Registers and rosters are kept as they are, whatever becomes of their rows."""
    if kind is Kind.ELIGIBLE and row.value is not None:
        means.collected.listed.append(row.value)
    if row.listed is None:
        return
    school = county.school(row.value.school)
    if school is not None:
        row.listed[0] = county.numbers.real(school.id)
        means.collected.keep(SIDES[kind], row.listed)


async def _take_rows(
    means: Import,
    county: County,
    rows: tuple[Kind, Sequence[Taken]],
    claims: Claims,
    pen: Pen | None,
) -> dict[int, Verdict]:
    """Match a few rows, then write what follows in one unit of work."""
    kind, every = rows
    if kind is Kind.CASES:
        return await _take_cases(means, county, every, is_real=pen is not None)
    usable = [row for row in every if row.value is not None]
    batch = Batch(county.numbers)
    async with means.database.read() as read:
        values = [row.value for row in usable]
        verdicts = await _match(read, county, batch, (kind, values), claims, means.bureau)
        if pen is not None:
            batch.prepare(read)
    if pen is not None:
        await _write(pen, county, batch, kind)
    county.part()
    return {row.number: verdict for row, verdict in zip(usable, verdicts, strict=True)}


async def _take_cases(
    means: Import, county: County, rows: Sequence[Taken], *, is_real: bool
) -> dict[int, Verdict]:
    """Running cases: the rules take them over, child by child."""
    usable = [row for row in rows if row.value is not None]
    values = [row.value for row in usable]
    async with means.database.read() as read:
        await meet_people(
            read, county, [one.responsible.phone for one in values if one.responsible]
        )
        verdicts, waiting = await match_cases(read, county, values)
    if is_real:
        await take_cases(means.database, county, waiting)
    county.part()
    return {row.number: verdict for row, verdict in zip(usable, verdicts, strict=True)}


async def _match(
    read: Reading,
    county: County,
    batch: Batch,
    rows: tuple[Kind, list[Any]],
    claims: Claims,
    bureau: str,
) -> list[Verdict]:
    kind, values = rows
    if kind is Kind.UNITS:
        return take_units(county, batch, values)
    if kind is Kind.STAFF:
        await meet_people(read, county, [one.phone for one in values])
        return [await take_staff(read, county, batch, one) for one in values]
    if kind in SIDES:
        return await take_children(read, county, batch, values)
    if kind is Kind.ELIGIBLE:
        return await take_eligible(read, county, batch, values)
    if kind is Kind.ATTENDANCE:
        return await match_rows(read, county, values, claims)
    if kind is Kind.CATEGORIES:
        return await take_categories(read, county, batch, values)
    if kind is Kind.PAIRING:
        named = [person for one in values for person in one.levels.values()]
        await meet_people(read, county, [person.phone for person in named])
    return [_take_plain(county, batch, kind, one, bureau) for one in values]


def _take_plain(county: County, batch: Batch, kind: Kind, value: Any, bureau: str) -> Verdict:
    if kind is Kind.TERMS:
        return take_term(county, batch, value)
    if kind is Kind.DAYS:
        return take_day(county, batch, value)
    return take_pairing(county, batch, value, bureau)


async def _write(pen: Pen, county: County, batch: Batch, kind: Kind) -> None:
    """Write; of children and families it goes on while the next rows are matched."""
    if batch:
        await pen.write(county, batch, kind)
    if kind not in SIDES or not batch:
        await pen.through(county)
    if kind in SIDES:
        county.forget_families()


async def _close_rosters(means: Import, county: County, pen: Pen) -> None:
    batch = Batch(county.numbers)
    async with means.database.read() as read:
        await close_rosters(read, county, batch)
    await _write(pen, county, batch, Kind.ROSTER)
    await pen.through(county)
