"""Special groups: monitored households, disabled and left-behind children (rules.md 10)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select

from rules.model.people import PairingLevel
from rules.model.school import Category, CategoryKind, EnrolmentStatus, Student
from storage.held import holds_on
from storage.ledgers import pupils
from storage.ledgers.pairings import Paired, paired_on
from storage.ledgers.pupils import Pupil, pupils_of
from storage.ledgers.scope import Scope, Table
from storage.ledgers.statuses import standings
from storage.tables.ladder import categories
from storage.tables.school import past_pupils, students
from storage.work import Reading

_Lines = list[Category]
_Cells = Callable[[Student, _Lines], tuple[object, ...]]


async def monitored(read: Reading, scope: Scope) -> Table:
    """建档立卡脱贫户及监测对象, from whom nobody may be out of school because of poverty."""
    kinds = (CategoryKind.MONITORED,)
    return await _listed(read, scope, kinds, ("from_on", "source"), _dated)


async def disabled(read: Reading, scope: Scope) -> Table:
    """Children with a disability by register or federation, and whoever is taught at home."""
    columns = ("disability", "from_on", "source")
    kinds = (CategoryKind.DISABLED,)
    return await _listed(read, scope, kinds, columns, _with_disability, _IS_DISABLED)


async def left_behind(read: Reading, scope: Scope) -> Table:
    """Left-behind by the register's flag, and by civil affairs: two definitions, two columns."""
    columns = ("left_behind", "from_on", "source")
    kinds = (CategoryKind.LEFT_BEHIND,)
    return await _listed(read, scope, kinds, columns, _with_parents, _IS_LEFT_BEHIND)


@dataclass(frozen=True)
class _ByRegister:
    """A flag of the register: how it is asked for, and whether it was set on the day; a status
    that stands on the same ledger."""

    among: Callable[[Any], ColumnElement[bool]]
    is_set: Callable[[Student], bool]
    status: EnrolmentStatus | None = None


_LEFT = ("one", "both")
_IS_DISABLED = _ByRegister(
    lambda table: table.c.disability.is_not(None),
    lambda one: one.is_disabled,
    EnrolmentStatus.HOME_TEACHING,
)
_IS_LEFT_BEHIND = _ByRegister(
    lambda table: table.c.left_behind.in_(_LEFT), lambda one: one.left_behind in _LEFT
)


def _dated(student: Student, lines: _Lines) -> tuple[object, ...]:
    return (lines[0].from_on, lines[0].source) if lines else (None, None)


def _with_disability(student: Student, lines: _Lines) -> tuple[object, ...]:
    return (student.disability if student.is_disabled else None, *_dated(student, lines))


def _with_parents(student: Student, lines: _Lines) -> tuple[object, ...]:
    flag = student.left_behind if student.left_behind in _LEFT else None
    return (flag, *_dated(student, lines))


async def _listed(
    read: Reading,
    scope: Scope,
    kinds: Collection[CategoryKind],
    columns: tuple[str, ...],
    cells: _Cells,
    by_register: _ByRegister | None = None,
) -> Table:
    lines: dict[int, _Lines] = defaultdict(list)
    query = select(categories).where(
        categories.c.kind.in_([kind.value for kind in kinds]), holds_on(categories, scope.as_of)
    )
    for one in await read.all(query.order_by(categories.c.id), Category):
        lines[one.student_id].append(one)
    standing = await standings(read, scope)
    ids = set(lines)
    if by_register is not None:
        ids |= {child for child, one in standing.items() if one.status is by_register.status}
    flagged = await _flagged(read, by_register) if by_register is not None else set[int]()
    found = await pupils_of(read, ids | flagged, scope)
    if by_register is not None:
        found = {
            child: one
            for child, one in found.items()
            if child in ids or by_register.is_set(one.student)
        }
    paired = await paired_on(read, list(found.values()), scope)

    def row(one: Pupil, chain: Paired) -> tuple[object, ...]:
        known = standing.get(one.student.id)
        status = known.status if known else "enrolled"
        ours = cells(one.student, lines[one.student.id])
        return (*one.cells, status, *ours, chain.name(PairingLevel.TEACHER))

    rows = [
        row(one, paired[one.student.id])
        for one in sorted(found.values(), key=lambda one: one.order)
    ]
    return Table((*pupils.COLUMNS, "status", *columns, "teacher"), tuple(rows))


async def _flagged(read: Reading, by_register: _ByRegister) -> set[int]:
    """Who has the flag, or had it before a correction."""
    now = select(students.c.id).where(by_register.among(students))
    before = select(past_pupils.c.student_id).where(by_register.among(past_pupils))
    return {*await read.scalars(now), *await read.scalars(before)}
