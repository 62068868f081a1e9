"""无学籍, 人在籍不在, 籍在人不在: what comparing register and rosters had found by that day."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import or_, select, true

from rules.model.reconciling import FindingState, FoundLine
from rules.model.school import Student, Unit
from rules.naming import shown_name
from rules.reconciling.lines import Line
from rules.reconciling.sorting import Kind
from storage.ledgers import pupils
from storage.ledgers.scope import Scope, Table
from storage.tables.reconciling import findings
from storage.tables.school import units
from storage.work import Reading

SEATED = (*pupils.COLUMNS, "found_on", "standing")
ELSEWHERE = (*pupils.COLUMNS, "registered_at", "found_on", "standing")
REGISTERED = (*pupils.COLUMNS, "sits_at", "found_on", "standing")


async def unregistered(read: Reading, scope: Scope) -> Table:
    """In a classroom, on no register; new pupils who still wait for theirs are marked so."""
    rows = []
    names = await _schools(read)
    for one in await _standing(read, scope, (Kind.UNREGISTERED, Kind.NEWCOMER)):
        line = one.line
        if scope.covers(line.school):
            state = "newcomer" if one.kind is Kind.NEWCOMER else "unregistered"
            rows.append((*_cells(one, line, names, scope), one.opened_at, state))
    return Table(SEATED, tuple(sorted(rows, key=_order)))


async def present_elsewhere(read: Reading, scope: Scope) -> Table:
    """In the classrooms of these schools, registered at another."""
    rows = []
    names = await _schools(read)
    for one in await _standing(read, scope, (Kind.ELSEWHERE,)):
        if one.seated is not None and scope.covers(one.seated.school):
            cells = _cells(one, one.seated, names, scope)
            there = names.get(one.register_school_id or 0, "")
            rows.append((*cells, there, one.opened_at, _state(one, scope.upto)))
    return Table(ELSEWHERE, tuple(sorted(rows, key=_order)))


async def registered_not_present(read: Reading, scope: Scope) -> Table:
    """On the register of these schools, not in their classrooms; those whom another school has
    confirmed are left out (plan 二(一)2)."""
    kinds = (Kind.MISSING, Kind.LEAVER_MISSING, Kind.ELSEWHERE, Kind.LEAVER_ARRIVED)
    rows = []
    names = await _schools(read)
    for one in await _standing(read, scope, kinds):
        state = _state(one, scope.upto)
        if one.registered is None or state == "confirmed" or not scope.covers(one.line.school):
            continue
        cells = _cells(one, one.registered, names, scope)
        there = names.get(one.roster_school_id or 0) if one.seated else None
        rows.append((*cells, there, one.opened_at, "checking" if there is None else state))
    return Table(REGISTERED, tuple(sorted(rows, key=_order)))


async def _standing(read: Reading, scope: Scope, kinds: Collection[Kind]) -> list[FoundLine]:
    places = (findings.c.register_school_id, findings.c.roster_school_id)
    here = true() if scope.schools is None else or_(*(one.in_(scope.schools) for one in places))
    query = select(findings).where(
        findings.c.kind.in_([one.value for one in kinds]),
        here,
        findings.c.opened_at < scope.upto,
        or_(findings.c.ended_at.is_(None), findings.c.ended_at >= scope.upto),
    )
    return await read.all(query.order_by(findings.c.id), FoundLine)


def _state(one: FoundLine, upto: datetime) -> str:
    """What the other school had said by then."""
    if one.answered_at is None or one.answered_at >= upto:
        return "asked"
    if one.state is FindingState.DENIED:
        return "denied"
    return "confirmed"


async def _schools(read: Reading) -> dict[int, str]:
    return {one.id: one.name for one in await read.all(select(units), Unit)}


def _cells(one: FoundLine, line: Line, names: dict[int, str], scope: Scope) -> tuple[object, ...]:
    child = Student(one.student_id or one.id, line.school, 0, line.name)
    name = shown_name(child, scope.names)
    known = (name, line.sex, line.birth_on, line.id_number, line.register_number)
    return names.get(line.school, ""), line.grade, line.number, *known


def _order(row: tuple[object, ...]) -> tuple[str, ...]:
    return str(row[0]), f"{row[1]:>2}", f"{row[2]:>3}", str(row[3])
