"""What comparing register and rosters has found and not yet settled, for the reports."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import and_, func, or_, select

from rules.model.reconciling import FindingState
from rules.reconciling.sorting import Kind
from storage.tables.reconciling import findings, reconciliations
from storage.work import Reading

_STANDS = findings.c.ended_at.is_(None)
_LOOKED_FOR = (Kind.MISSING.value, Kind.LEAVER_MISSING.value)


async def was_compared(read: Reading) -> bool:
    """Whether the county's lists have ever been compared: before that there is no number."""
    return await read.scalar(select(func.max(reconciliations.c.id))) is not None


async def not_present(read: Reading, schools: Collection[int]) -> set[int]:
    """Children on the registers of these schools whom no classroom has, or none has confirmed."""
    waits = and_(
        findings.c.kind == Kind.ELSEWHERE.value,
        findings.c.state != FindingState.CONFIRMED.value,
    )
    query = select(findings.c.student_id).where(
        _STANDS,
        findings.c.register_school_id.in_(schools),
        findings.c.student_id.is_not(None),
        or_(findings.c.kind.in_(_LOOKED_FOR), waits),
    )
    return set(await read.scalars(query))


async def present_elsewhere(read: Reading, schools: Collection[int]) -> dict[int, int]:
    """Children in the classrooms of these schools, registered at another; the school of each."""
    query = select(findings.c.student_id, findings.c.roster_school_id).where(
        _STANDS,
        findings.c.kind == Kind.ELSEWHERE.value,
        findings.c.state != FindingState.DENIED.value,
        findings.c.roster_school_id.in_(schools),
        findings.c.student_id.is_not(None),
    )
    return {row[0]: row[1] for row in (await read.execute(query)).rows}
