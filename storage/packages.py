"""The yearly packages of a county: what every unit has handed in, and who has not (P13)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from sqlalchemy import select

from rules.model.packages import SignedRoster, WorkPlan
from rules.model.reports import Report, ReportDue
from rules.model.school import Unit
from rules.reports.packages import ROSTERS
from rules.reports.rhythms import PACKAGE
from storage.attachments import attachment_by_id
from storage.facts.overdue import names_of
from storage.facts.packages import plan_of
from storage.facts.reports import dues_of, first_reports, last_reports
from storage.tables.packages import signed_rosters
from storage.tables.school import units
from storage.work import Reading


@dataclass(frozen=True)
class UnitPackage:
    """What one unit has handed in; without `report` it is missing."""

    unit: Unit
    due: ReportDue
    plan: WorkPlan | None = None
    plan_name: str | None = None
    report: Report | None = None
    is_late: bool = False
    signed_by: str = ""
    rosters: tuple[SignedRoster, ...] = ()

    @property
    def is_filed(self) -> bool:
        """Whether the package is signed."""
        return self.report is not None


async def packages_of(
    read: Reading, year: int, unit_ids: Collection[int] | None = None
) -> list[UnitPackage]:
    """Every unit that owes a package this year, by name, with what it has handed in."""
    dues = await dues_of(read, PACKAGE, str(year), unit_ids)
    known = {one.id: one for one in await read.all(select(units), Unit)}
    ids = [one.id for one in dues]
    last, first = await last_reports(read, ids), await first_reports(read, ids)
    names = await names_of(read, [one.signed_by for one in last.values()])
    found = []
    for due in dues:
        one = await _planned(read, UnitPackage(known[due.unit_id], due))
        report = last.get(due.id)
        if report is not None:
            one = replace(
                one,
                report=report,
                is_late=first[due.id].is_late,
                signed_by=names.get(report.signed_by, ""),
                rosters=await _signed(read, due.id, report.number),
            )
        found.append(one)
    return sorted(found, key=lambda one: (one.unit.name, one.unit.id))


async def _planned(read: Reading, one: UnitPackage) -> UnitPackage:
    plan = await plan_of(read, one.due.id)
    file = await attachment_by_id(read, plan.file_id) if plan else None
    return replace(one, plan=plan, plan_name=file.name if file else None)


async def _signed(read: Reading, due_id: int, number: int) -> tuple[SignedRoster, ...]:
    query = select(signed_rosters).where(
        signed_rosters.c.due_id == due_id, signed_rosters.c.number == number
    )
    found = {one.ledger: one for one in await read.all(query, SignedRoster)}
    return tuple(found[one] for one in ROSTERS if one in found)
