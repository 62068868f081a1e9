"""The yearly package of one unit: its rosters as the record has them, and its work plan."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from rules.ledgers import Ledger
from rules.model.packages import WorkPlan
from rules.model.reports import ReportDue
from rules.model.school import EnrolmentStatus
from rules.reports.packages import ROSTERS, Roster, for_package
from storage.ledgers.every import LEDGERS, schools_below
from storage.ledgers.scope import Scope
from storage.tables.packages import work_plans
from storage.tables.school import students
from storage.work import Reading

#: What was recorded at this very instant is known as well.
_AN_INSTANT = timedelta(microseconds=1)
#: A dropout keeps the registration (plan 二(二)3).
_REGISTERED = (EnrolmentStatus.ENROLLED, EnrolmentStatus.SUSPECTED, EnrolmentStatus.DROPOUT)


async def rosters_now(
    read: Reading, due: ReportDue, on: date, now: datetime
) -> tuple[Roster, ...]:
    """The three rosters of a unit with its village schools, as the record has them now."""
    scope = Scope(on, now + _AN_INSTANT, await schools_below(read, due.unit_id))
    found = {}
    for one in ROSTERS:
        table = await LEDGERS[one](read, scope)
        found[one] = Roster(one, table.columns, table.rows)
    return for_package(found)


async def package_figures(
    read: Reading, due: ReportDue, rosters: tuple[Roster, ...]
) -> dict[str, int | None]:
    """How long each roster is, beside the pupils on the register and those suspected."""
    schools = await schools_below(read, due.unit_id)
    query = (
        select(students.c.status, func.count())
        .where(students.c.school_id.in_(schools))
        .group_by(students.c.status)
    )
    counts = {row[0]: row[1] for row in (await read.execute(query)).rows}
    lengths = {one.ledger.value: len(one.rows) for one in rosters}
    return {
        "enrolled": sum(counts.get(one.value, 0) for one in _REGISTERED),
        "suspected": counts.get(EnrolmentStatus.SUSPECTED.value, 0),
        **{one.value: lengths[one.value] for one in (Ledger.DROPOUT, Ledger.UNREGISTERED)},
        "registered_not_present": lengths[Ledger.REGISTERED_NOT_PRESENT.value],
    }


async def plan_of(read: Reading, due_id: int) -> WorkPlan | None:
    """The work plan that counts: the newest."""
    query = select(work_plans).where(work_plans.c.due_id == due_id)
    return await read.one(query.order_by(work_plans.c.id.desc()).limit(1), WorkPlan)
