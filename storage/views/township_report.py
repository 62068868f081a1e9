"""A school's monthly figures as its township reads them: counts, and no names (privacy D2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from rules.model.reports import ReportDue
from storage.by_key import UNIT
from storage.facts.overdue import names_of
from storage.facts.reports import due_by_id, last_reports
from storage.views import OutboxRow, Unwanted, view
from storage.work import Reading

ABSENT = ("absent_1_2", "absent_3_5", "absent_over_5")
LEAVE = ("leave_sick", "leave_other")


@dataclass(frozen=True)
class TownshipReportView:
    """What was signed, and who has it."""

    due_id: int
    unit: str
    from_on: date
    to_on: date
    figures: dict[str, int | None]
    leave: int
    absent: int
    signed_by: str
    signed_at: datetime
    number: int
    received_by: str | None
    received_at: datetime | None


@view("township_report")
async def township_report(read: Reading, row: OutboxRow) -> TownshipReportView | Unwanted:
    """The signature that stands; nothing for an earlier one that has been replaced."""
    due = await due_by_id(read, row.item)
    if due is None or str(due.number) != str(row.payload.get("round", due.number)):
        return Unwanted("replaced")
    return await report_view(read, due)


async def report_view(read: Reading, due: ReportDue) -> TownshipReportView | Unwanted:
    """The same for the keys under it."""
    report = (await last_reports(read, [due.id])).get(due.id)
    unit = await read.get(UNIT, due.unit_id)
    if report is None or unit is None:
        return Unwanted("not_signed")
    names = await names_of(read, [report.signed_by, due.received_by])
    figures = dict(report.figures)
    return TownshipReportView(
        due_id=due.id,
        unit=unit.name,
        from_on=due.from_on,
        to_on=due.to_on,
        figures=figures,
        leave=sum(figures.get(name) or 0 for name in LEAVE),
        absent=sum(figures.get(name) or 0 for name in ABSENT),
        signed_by=names.get(report.signed_by, ""),
        signed_at=report.at,
        number=report.number,
        received_by=names.get(due.received_by or 0),
        received_at=due.received_at,
    )
