"""The school days of a case: what each was, and who said so; leave."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import or_, select

from rules.attendance import DayFact, DayState, LeaveLimits, read_days
from rules.calendar import SchoolCalendar
from rules.model.attendance import Leave, Mark, RollCallState, Session
from rules.model.case import Case
from rules.model.dossier import DayLine, LeaveLine
from rules.model.school import Student
from rules.policy import Policy
from storage.facts.overdue import names_of
from storage.facts.started import first_run_at
from storage.tables.attendance import leaves, marks, roll_calls
from storage.work import Reading

_ABSENT = (DayState.ABSENT, DayState.UNTAKEN)


async def day_lines(
    read: Reading, case: Case, child: Student, calendar: SchoolCalendar, now: datetime
) -> tuple[DayLine, ...]:
    """Every school day that was not plainly present, counted from the first absent one."""
    span = (case.first_absent_on, last_day(case, calendar, now))
    found = await _marks(read, child.id, span)
    by_day = {mark.on: mark for mark in found if mark.session is Session.MORNING}
    evenings = [mark for mark in found if mark.session is Session.EVENING]
    names = await names_of(read, [n for one in found for n in (one.recorded_by, one.seen_by)])
    facts = await _facts(read, child, calendar, span, by_day, Policy.from_json(case.policy))
    limits = _limits(Policy.from_json(case.policy))
    lines, counted = [], 0
    for day in read_days(facts, await _leaves(read, child.id, span), limits, now):
        mark = by_day.get(day.on)
        counted += day.state in _ABSENT
        if mark is not None or day.state is DayState.UNTAKEN:
            number = counted if day.state in _ABSENT else None
            state = "contradicted" if mark and mark.void else day.state.value
            lines.append(_line(day.on, "morning", state, number, mark, names))
    lines += [_line(one.on, "evening", one.kind.value, None, one, names) for one in evenings]
    return tuple(sorted(lines, key=lambda one: (one.on, one.session == "evening")))


def last_day(case: Case, calendar: SchoolCalendar, now: datetime) -> date:
    """Until when the days of a case are told: its end, or today."""
    if case.ended_at is None:
        return calendar.local_date(now)
    return case.watch_until or calendar.local_date(case.ended_at)


def _line(
    on: date,
    session: str,
    state: str,
    number: int | None,
    mark: Mark | None,
    names: dict[int, str],
) -> DayLine:
    by = (mark.seen_by or mark.recorded_by) if mark else None
    at = (mark.seen_at or mark.recorded_at) if mark else None
    return DayLine(on, session, state, number, names.get(by or 0), at, bool(mark and mark.late))


async def _marks(read: Reading, child_id: int, span: tuple[date, date]) -> list[Mark]:
    query = select(marks).where(marks.c.student_id == child_id, marks.c.on.between(*span))
    return await read.all(query.order_by(marks.c.on), Mark)


async def _facts(
    read: Reading,
    child: Student,
    calendar: SchoolCalendar,
    span: tuple[date, date],
    by_day: dict[date, Mark],
    policy: Policy,
) -> list[DayFact]:
    query = select(roll_calls.c.on).where(
        roll_calls.c.class_id == child.class_id,
        roll_calls.c.session == Session.MORNING.value,
        roll_calls.c.state == RollCallState.RELEASED.value,
        roll_calls.c.on.between(*span),
    )
    taken = set(await read.scalars(query))
    started_at = await first_run_at(read)
    started_on = calendar.local_date(started_at) if started_at else None
    return [
        DayFact(
            on,
            calendar.at_local(on, policy.roll_call.due_at),
            is_taken=on in taken or on in by_day,
            mark=by_day.get(on),
        )
        for on in calendar.school_days(*span)
        if on in by_day or (started_on is not None and on >= started_on)
    ]


def _limits(policy: Policy) -> LeaveLimits:
    leave = policy.leave
    return LeaveLimits(
        leave.proof_over_school_days, leave.leader_over_school_days, leave.section_over_school_days
    )


async def _leaves(read: Reading, child_id: int, span: tuple[date, date]) -> list[Leave]:
    query = select(leaves).where(
        leaves.c.student_id == child_id,
        leaves.c.from_on <= span[1],
        or_(leaves.c.back_on.is_(None), leaves.c.back_on >= span[0]),
    )
    return await read.all(query.order_by(leaves.c.from_on, leaves.c.id), Leave)


async def leave_lines(
    read: Reading, child: Student, span: tuple[date, date]
) -> tuple[LeaveLine, ...]:
    """The leave that touches the case."""
    found = await _leaves(read, child.id, span)
    names = await names_of(
        read, [n for one in found for n in (one.asked_by, one.noted_by, one.decided_by)]
    )
    return tuple(
        LeaveLine(
            kind=one.kind,
            from_on=one.from_on,
            back_on=one.back_on,
            asked_by=names.get(one.asked_by or one.noted_by or 0),
            way=one.way,
            asked_at=one.asked_at,
            state=one.state.value,
            decided_by=names.get(one.decided_by or 0),
            has_proof=one.has_proof,
        )
        for one in found
    )
