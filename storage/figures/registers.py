"""无学籍, 人在籍不在, 籍在人不在: what the last comparison of register and rosters has found.

A county that has never compared them has no such figures: the columns stay empty, never zero.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from sqlalchemy import func, select

from rules.model.reconciling import FindingState, Reconciliation
from rules.reconciling.entering import DUE, IN_SCHOOL
from rules.reconciling.sorting import Kind
from rules.reports.rates import Entered
from storage.figures.weekly import Asked, Counted, belongs_to_monitored, counted
from storage.tables.reconciling import findings, reconciliations
from storage.work import Reading

#: Which findings make a column, and at which of the two schools they count.
COLUMNS = {
    "unregistered": ((Kind.UNREGISTERED, Kind.NEWCOMER), "roster_school_id"),
    "present_elsewhere": ((Kind.ELSEWHERE,), "roster_school_id"),
    "registered_not_present": (
        (Kind.MISSING, Kind.LEAVER_MISSING, Kind.ELSEWHERE, Kind.LEAVER_ARRIVED),
        "register_school_id",
    ),
}

#: What the other school says takes a child out of a column: it sits there, or it does not.
SETTLED_BY = {
    "registered_not_present": FindingState.CONFIRMED,
    "present_elsewhere": FindingState.DENIED,
}


async def register_figures(read: Reading, asked: Asked) -> dict[str, Counter[int]] | None:
    """Each column by school; None where nothing has ever been compared.

    Who was confirmed at another school has left 籍在人不在 (plan 二(一)2).
    """
    if await read.scalar(select(func.max(reconciliations.c.id))) is None:
        return None
    return {name: await _standing(read, asked, name) for name in COLUMNS}


async def entry_figures(read: Reading, upto: datetime) -> Entered | None:
    """The age-eligible list as it was compared last by an instant; None where it never was."""
    query = select(reconciliations).where(reconciliations.c.at <= upto)
    newest = query.order_by(reconciliations.c.at.desc(), reconciliations.c.id.desc()).limit(1)
    run = await read.one(newest, Reconciliation)
    if run is None or DUE not in run.counts:
        return None
    return Entered(run.counts[DUE], run.counts[IN_SCHOOL])


async def _standing(read: Reading, asked: Asked, name: str) -> Counter[int]:
    kinds, place = COLUMNS[name]
    query = select(findings.c[place]).where(
        findings.c[place].in_(asked.schools),
        findings.c.kind.in_([one.value for one in kinds]),
        findings.c.ended_at.is_(None),
    )
    if name in SETTLED_BY:
        query = query.where(findings.c.state != SETTLED_BY[name].value)
    if asked.only_monitored:
        query = query.where(belongs_to_monitored(findings.c.student_id, asked.on))
    return Counter(await read.scalars(query))


async def counted_with_registers(read: Reading, asked: Asked) -> Counted:
    """All columns of the report, school by school."""
    found = await counted(read, asked)
    compared = await register_figures(read, asked)
    if compared is None:
        return found
    figures = {
        school: {**numbers, **{name: compared[name][school] for name in COLUMNS}}
        for school, numbers in found.figures.items()
    }
    return Counted(figures, found.children)
