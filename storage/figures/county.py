"""One week of the county: who owes, who has signed what, and when (rules.md 9)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from rules.model.reports import Report, ReportDue
from rules.model.school import Unit
from rules.reports.doubts import says_none
from rules.reports.figures import COLUMNS, MISSING, Figure, Total, added, percent, total
from rules.reports.rhythms import WEEKLY
from storage.facts.overdue import names_of
from storage.facts.reports import dues_of, first_reports, last_reports, units_owing
from storage.figures.registers import counted_with_registers
from storage.figures.weekly import Asked
from storage.tables.reports import report_dues
from storage.tables.school import units
from storage.work import Reading


@dataclass(frozen=True)
class UnitWeek:
    """One unit's line: what stands, and whether the first signature was in time."""

    name: str
    due: ReportDue
    report: Report | None = None
    first: Report | None = None
    signed_by: str | None = None
    filed_by: str | None = None

    @property
    def is_missing(self) -> bool:
        """Owed, and nobody has signed."""
        return self.report is None

    @property
    def is_on_time(self) -> bool:
        """By its first signature: a later correction changes nothing about that."""
        return self.first is not None and not self.first.is_late

    @property
    def is_corrected(self) -> bool:
        """Whether it was signed more than once."""
        return self.due.number > 1

    @property
    def cells(self) -> tuple[Figure, ...]:
        """The columns in their order."""
        if self.report is None:
            return (MISSING,) * len(COLUMNS)
        figures = dict(self.report.figures)
        return tuple(Figure.of(figures.get(name)) for name in COLUMNS)


@dataclass(frozen=True)
class CountyWeek:
    """All units of a reader, by name."""

    week: str
    lines: tuple[UnitWeek, ...]

    @property
    def expected(self) -> int:
        """How many owe a report: the denominator of every rate."""
        return len(self.lines)

    @property
    def received(self) -> int:
        """How many have signed: never more than owe."""
        return sum(not one.is_missing for one in self.lines)

    @property
    def on_time(self) -> int:
        """How many had signed by the deadline."""
        return sum(one.is_on_time for one in self.lines)

    @property
    def zeros(self) -> int:
        """How many signed that there is none."""
        return sum(
            one.report is not None and says_none(dict(one.report.figures)) for one in self.lines
        )

    @property
    def received_percent(self) -> float | None:
        """None where nobody owes anything."""
        return percent(self.received, self.expected)

    @property
    def due_at(self) -> datetime | None:
        """The latest deadline."""
        return max((one.due.due_at for one in self.lines), default=None)

    @property
    def totals(self) -> tuple[Total, ...]:
        """The sums of the columns over what was signed."""
        return tuple(
            total(one.cells[place] for one in self.lines) for place in range(len(COLUMNS))
        )

    def sum_of(self, name: str) -> int | None:
        """One of them."""
        return self.totals[COLUMNS.index(name)].number


async def county_week(
    read: Reading, week: str, unit_ids: Collection[int] | None = None, rhythm: str = WEEKLY
) -> CountyWeek:
    """The week (month) of these units, or of all that owe a report."""
    dues = await dues_of(read, rhythm, week, unit_ids)
    ids = [one.id for one in dues]
    last, first = await last_reports(read, ids), await first_reports(read, ids)
    query = select(units).where(units.c.id.in_([one.unit_id for one in dues]))
    called = {one.id: one.name for one in await read.all(query, Unit)}
    people = {p for one in last.values() for p in (one.signed_by, one.filed_by)}
    names = await names_of(read, people)
    lines = [
        _line(called[one.unit_id], one, last.get(one.id), first.get(one.id), names) for one in dues
    ]
    return CountyWeek(week, tuple(sorted(lines, key=lambda one: (one.name, one.due.id))))


def _line(
    name: str, due: ReportDue, last: Report | None, first: Report | None, names: dict[int, str]
) -> UnitWeek:
    if last is None:
        return UnitWeek(name, due)
    return UnitWeek(
        name, due, last, first, names.get(last.signed_by, ""), names.get(last.filed_by, "")
    )


async def weeks_with_reports(read: Reading, rhythm: str = WEEKLY) -> list[str]:
    """The weeks (months) for which anything was owed, newest first."""
    query = select(report_dues.c.period).where(report_dues.c.rhythm == rhythm).distinct()
    return sorted(await read.scalars(query), reverse=True)


@dataclass(frozen=True)
class CountedUnit:
    """One unit's figures over a period, counted from the record and signed by nobody."""

    name: str
    cells: tuple[Figure, ...]


async def counted_county(
    read: Reading, since: datetime, until: datetime, on: date
) -> list[CountedUnit]:
    """All units over a period, about all their children: what the county itself reports."""
    owing = await units_owing(read, on)
    schools = tuple(school for one in owing for school in one.school_ids)
    asked = Asked(schools, on, since, until, only_monitored=False)
    figures = (await counted_with_registers(read, asked)).figures
    found = []
    for one in owing:
        sums = added(figures[school] for school in one.school_ids)
        found.append(CountedUnit(one.unit.name, tuple(Figure.of(sums[name]) for name in COLUMNS)))
    return found
