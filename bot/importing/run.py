"""One import: every table of every file in the order in which they lean on each other.

Reading and matching happen outside any lock.  Each batch is one short unit of work; killed in the
middle, the same command completes what is missing, because what is there already is unchanged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.importing import convert
from bot.importing.report import Report
from papers.headers import Kind
from papers.problems import Problem, sentences
from papers.reading import Row, Table, UnknownSheet, read_tables
from papers.tables.pairing import LEVELS, PairingEntry
from rules.decision import Entry
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
from storage.importing.merging import merge_schools
from storage.importing.moves import about_to_move, follow
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
SIZES = {Kind.UNITS: 100_000, Kind.REGISTER: 100, Kind.ROSTER: 100, Kind.ELIGIBLE: 100}
USUAL_SIZE = 50
LISTS: dict[Kind, Callable[[Any, Sequence[Problem]], Any]] = {
    Kind.REGISTER: convert.register_row,
    Kind.ROSTER: convert.roster_row,
    Kind.ELIGIBLE: convert.eligible_row,
}
SIDES = {Kind.REGISTER: Side.REGISTER, Kind.ROSTER: Side.ROSTER}
MAX_BYTES = 200 * 1024 * 1024


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
    found = {path: _kinds(path, report) for path in paths}
    county = await _county(means)
    for kind in ORDER:
        for path in paths:
            if kind not in found[path]:
                continue
            county.forget_table()
            await _take_file(means, county, report, (path, kind), is_real=is_real)
            if is_real:
                county = await _county(means)
    if is_real:
        term_from = first_day(county.calendar, county.today)
        await keep_lists(means.database, means.collected, means.now, term_from)
    return report


def _kinds(path: Path, report: Report) -> set[Kind]:
    """The tables of a file; sheets that nobody knows are noted."""
    kinds: set[Kind] = set()
    for table in read_tables(path, MAX_BYTES):
        if isinstance(table, UnknownSheet):
            report.note(path, table.sheet, sentences(report.language)["unknown_sheet"])
        else:
            kinds.add(table.kind)
    return kinds


async def _county(means: Import) -> County:
    async with means.database.read() as read:
        calendar = await means.calendars.current(read)
        is_new = await mode_of(read) is Mode.NEW
        return await load_county(read, calendar, means.now, means.policy, is_new=is_new)


def _tables(path: Path, kind: Kind) -> Iterator[Table]:
    for table in read_tables(path, MAX_BYTES):
        if isinstance(table, Table) and table.kind is kind:
            yield table


async def _take_file(
    means: Import, county: County, report: Report, source: tuple[Path, Kind], *, is_real: bool
) -> None:
    path, kind = source
    claims: Claims = {}
    for table in _tables(path, kind):
        for rows in _chunks(table.rows, SIZES.get(kind, USUAL_SIZE)):
            verdicts = await _take_rows(means, county, (kind, rows), claims, is_real=is_real)
            for row in rows:
                report.take(path, table, row, verdicts.get(row.number))
                _collect(means, county, kind, row)
    if kind is Kind.ROSTER and is_real:
        await _close_rosters(means, county)
    if is_real and means.take_attendance is not None:
        await hand_over(claims, means.take_attendance)


def _collect(means: Import, county: County, kind: Kind, row: Row) -> None:
    """Registers and rosters are kept as they are, whatever becomes of their rows."""
    if kind is Kind.ELIGIBLE and row.value is not None:
        listed: Any = row.value
        means.collected.listed.append(convert.eligible_row(listed, ()))
        return
    side = SIDES.get(kind)
    school = county.school(row.value.school) if side and row.value else None  # type: ignore[union-attr]
    if side is not None and school is not None:
        line = convert.list_line(row.value, county.numbers.real(school.id))  # type: ignore[arg-type]
        means.collected.take(side, line)


async def _take_rows(
    means: Import,
    county: County,
    rows: tuple[Kind, list[Row]],
    claims: Claims,
    *,
    is_real: bool,
) -> dict[int, Verdict]:
    """Match a few rows, then write what follows in one unit of work."""
    kind, every = rows
    if kind is Kind.CASES:
        return await _take_cases(means, county, every, is_real=is_real)
    usable = [row for row in every if row.value is not None]
    batch = Batch(county.numbers)
    async with means.database.read() as read:
        verdicts = await _match(read, county, batch, (kind, usable), claims, means.bureau)
    if is_real and batch:
        await _write(means, county, batch, kind)
    county.part()
    return {row.number: verdict for row, verdict in zip(usable, verdicts, strict=True)}


async def _take_cases(
    means: Import, county: County, rows: list[Row], *, is_real: bool
) -> dict[int, Verdict]:
    """Running cases: the rules take them over, child by child."""
    usable = [row for row in rows if row.value is not None]
    values = [convert.case_row(row.value) for row in usable]  # type: ignore[arg-type]
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
    rows: tuple[Kind, list[Row]],
    claims: Claims,
    bureau: str,
) -> list[Verdict]:
    kind, usable = rows
    values: list[Any] = [row.value for row in usable]
    if kind is Kind.UNITS:
        return take_units(county, batch, [convert.unit_row(one) for one in values])
    if kind is Kind.STAFF:
        await meet_people(read, county, [one.phone for one in values])
        return [await take_staff(read, county, batch, convert.staff_row(one)) for one in values]
    if kind in LISTS:
        return await _match_list(read, county, batch, rows)
    if kind is Kind.ATTENDANCE:
        marked = [convert.attendance_row(one) for one in values]
        return await match_rows(read, county, marked, claims)
    if kind is Kind.CATEGORIES:
        return await take_categories(
            read, county, batch, [convert.category_row(v) for v in values]
        )
    if kind is Kind.PAIRING:
        await meet_people(read, county, _paired_phones(values))
    return [_take_plain(county, batch, kind, one, bureau) for one in values]


async def _match_list(
    read: Reading, county: County, batch: Batch, rows: tuple[Kind, list[Row]]
) -> list[Verdict]:
    """Children: registered, seated, or due in school."""
    kind, usable = rows
    values: list[Any] = [LISTS[kind](row.value, row.problems) for row in usable]
    if kind is Kind.ELIGIBLE:
        return await take_eligible(read, county, batch, values)
    return await take_children(read, county, batch, values)


def _paired_phones(entries: Sequence[PairingEntry]) -> list[str | None]:
    named = [entry.at(level) for entry in entries for level in LEVELS]
    return [one.phone for one in named if one]


def _take_plain(county: County, batch: Batch, kind: Kind, value: Any, bureau: str) -> Verdict:
    if kind is Kind.TERMS:
        return take_term(county, batch, convert.term_row(value))
    if kind is Kind.DAYS:
        return take_day(county, batch, convert.day_row(value))
    return take_pairing(county, batch, convert.pairing_row(value), bureau)


async def _write(means: Import, county: County, batch: Batch, kind: str) -> None:
    async with means.database.work(means.now) as work:
        leaving = await about_to_move(work, batch, county.today)
        stored = await batch.write(work)
        await follow(work, leaving, county.today)
        await merge_schools(work, batch, county.today, is_new=county.is_new)
        counted: dict[str, int] = {}
        for record in batch.records.values():
            name = type(record).__name__.lower()
            counted[name] = counted.get(name, 0) + 1
        work.journal(Entry("imported", f"table:{kind}", public=counted))
    county.settle(stored)


async def _close_rosters(means: Import, county: County) -> None:
    batch = Batch(county.numbers)
    async with means.database.read() as read:
        await close_rosters(read, county, batch)
    if batch:
        await _write(means, county, batch, Kind.ROSTER)


def _chunks(rows: Iterable[Any], size: int) -> Iterable[list[Any]]:
    """Lists of up to `size` rows."""
    batch: list[Any] = []
    for row in rows:
        batch.append(row)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
