"""What the record says beside a report's figures: the grounds of contradictions (rules.md 9)."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import exists, func, or_, select

from rules.model.attendance import MarkKind, RollCallState, Session
from rules.model.reports import Report, ReportDue
from rules.model.school import CategoryKind
from rules.reports.doubts import Around, says_none
from storage.figures.weekly import AWAY, REGISTERED, Asked
from storage.tables.attendance import marks, roll_calls
from storage.tables.ladder import categories
from storage.tables.reports import report_dues, reports
from storage.tables.school import status_changes, students
from storage.work import Reading

#: How many earlier reports are looked at.
LOOKED_AT = 60


async def around(read: Reading, due: ReportDue, asked: Asked, school_days: int) -> Around:
    """The grounds for one report; `school_days` are those of its week so far."""
    here = students.c.school_id.in_(asked.schools)
    away = select(func.count()).where(here, students.c.status.in_(AWAY))
    enrolled = select(func.count()).where(here, students.c.status.in_(REGISTERED))
    absent = (
        select(func.count())
        .select_from(marks.join(students, students.c.id == marks.c.student_id))
        .where(
            here,
            marks.c.on >= due.from_on,
            marks.c.on <= asked.on,
            marks.c.session == Session.MORNING.value,
            or_(marks.c.kind == MarkKind.ABSENT.value, marks.c.void.is_(True)),
        )
    )
    found = Around(
        suspected=int(await read.scalar(away) or 0),
        absent_days=int(await read.scalar(absent) or 0),
        school_days=int(await read.scalar(enrolled) or 0) * school_days,
        untaken=await _untaken(read, due, asked),
    )
    return await _with_earlier(read, due, asked, found)


async def _untaken(read: Reading, due: ReportDue, asked: Asked) -> int:
    query = select(func.count()).where(
        roll_calls.c.school_id.in_(asked.schools),
        roll_calls.c.on >= due.from_on,
        roll_calls.c.on <= asked.on,
        roll_calls.c.session == Session.MORNING.value,
        roll_calls.c.state == RollCallState.OPEN.value,
        roll_calls.c.due_at <= asked.until,
    )
    return int(await read.scalar(query) or 0)


async def _with_earlier(read: Reading, due: ReportDue, asked: Asked, found: Around) -> Around:
    """How many zeros came before without a gap, and what has become of those who stood there."""
    before = report_dues.c.from_on < due.from_on
    same = (report_dues.c.unit_id == due.unit_id) & (report_dues.c.rhythm == due.rhythm)
    query = select(report_dues).where(same, before).order_by(report_dues.c.from_on.desc())
    earlier = await read.all(query.limit(LOOKED_AT), ReportDue)
    signed = select(reports).where(reports.c.due_id.in_([one.id for one in earlier]))
    last = {one.due_id: one for one in await read.all(signed.order_by(reports.c.number), Report)}
    newest = next((last[one.id] for one in earlier if one.id in last), None)
    zeros = 0
    for one in earlier:
        if one.id not in last or not says_none(dict(last[one.id].figures)):
            break
        zeros += 1
    if newest is None:
        return replace(found, zeros=zeros)
    figures = dict(newest.figures)
    stood = (figures.get("suspected") or 0) + (figures.get("dropout") or 0)
    return replace(found, zeros=zeros, stood=stood, ended=await _ended(read, asked, newest))


async def _ended(read: Reading, asked: Asked, since: Report) -> int:
    """The children of monitored households whose suspicion or dropout has ended on record."""
    was_monitored = exists().where(
        categories.c.student_id == students.c.id,
        categories.c.kind == CategoryKind.MONITORED.value,
    )
    query = (
        select(func.count(status_changes.c.student_id.distinct()))
        .join(students, students.c.id == status_changes.c.student_id)
        .where(
            students.c.school_id.in_(asked.schools),
            was_monitored,
            status_changes.c.at > since.at,
            status_changes.c.old.in_(AWAY),
            status_changes.c.new.not_in(AWAY),
        )
    )
    return int(await read.scalar(query) or 0)
