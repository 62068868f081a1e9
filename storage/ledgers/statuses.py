"""疑似辍学 and 辍学: children by their status on record that day."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, or_, select

from rules.ledgers import Standing, standing_at
from rules.model.case import Case, Contact
from rules.model.people import PairingLevel
from rules.model.school import Confirmation, EnrolmentStatus, StatusChange
from storage.chunks import chunks
from storage.ledgers import pupils
from storage.ledgers.pairings import Paired, paired_on
from storage.ledgers.pupils import Pupil, pupils_of
from storage.ledgers.scope import Scope, Table
from storage.tables.cases import cases, contacts, tasks
from storage.tables.school import status_changes
from storage.work import Reading

OBJECTION = "objection"
COLUMNS = (
    *pupils.COLUMNS,
    "since",
    "confirmation",
    "first_absent_on",
    "contacts",
    "last_contact",
    "last_result",
    "reason",
    "teacher",
    "leader",
)


@dataclass(frozen=True)
class _Followed:
    """What was done about a child until that day."""

    first_absent_on: date | None = None
    contacts: tuple[Contact, ...] = ()


async def suspected(read: Reading, scope: Scope) -> Table:
    """Enrolled children absent for more than five school days (plan 二(二)3), school by school."""
    return await _with_status(read, scope, EnrolmentStatus.SUSPECTED)


async def dropout(read: Reading, scope: Scope) -> Table:
    """Children absent for more than a month."""
    return await _with_status(read, scope, EnrolmentStatus.DROPOUT)


async def _with_status(read: Reading, scope: Scope, status: EnrolmentStatus) -> Table:
    standing = {
        child: one for child, one in (await standings(read, scope)).items() if one.status is status
    }
    found = await pupils_of(read, standing, scope)
    paired = await paired_on(read, list(found.values()), scope)
    done = await _followed(read, scope, set(found))
    for child in await _objected(read, scope, set(found)):
        standing[child] = replace(standing[child], confirmation=Confirmation.OBJECTED)
    rows = [
        _row(one, standing[one.student.id], done[one.student.id], paired[one.student.id])
        for one in sorted(found.values(), key=lambda one: one.order)
    ]
    return Table(COLUMNS, tuple(rows))


async def standings(read: Reading, scope: Scope) -> dict[int, Standing]:
    """The status of every child of the scope of whom there is any history."""
    history: dict[int, list[StatusChange]] = defaultdict(list)
    of_these = pupils.belonging(status_changes.c.student_id, scope)
    query = select(status_changes).where(status_changes.c.at < scope.upto, of_these)
    for one in await read.all(query, StatusChange):
        history[one.student_id].append(one)
    found = {child: standing_at(steps, scope.upto) for child, steps in history.items()}
    return {child: one for child, one in found.items() if one is not None}


async def _objected(read: Reading, scope: Scope, ids: set[int]) -> set[int]:
    """Children whose status somebody had objected to, and nobody had decided about it yet."""
    found: set[int] = set()
    for some in chunks(ids):
        query = select(tasks.c.student_id).where(
            tasks.c.student_id.in_(some),
            tasks.c.kind == OBJECTION,
            tasks.c.opened_at < scope.upto,
            or_(tasks.c.done_at.is_(None), tasks.c.done_at >= scope.upto),
        )
        found |= set(await read.scalars(query))
    return found


def _row(pupil: Pupil, standing: Standing, done: _Followed, paired: Paired) -> tuple[object, ...]:
    last = max(done.contacts, key=lambda one: (one.at, one.id), default=None)
    reasons = [one.reason for one in done.contacts if one.reason is not None]
    return (
        *pupil.cells,
        standing.since,
        standing.confirmation,
        done.first_absent_on,
        len(done.contacts),
        last.at if last else None,
        _result(last),
        reasons[-1] if reasons else None,
        paired.name(PairingLevel.TEACHER),
        paired.name(PairingLevel.LEADER),
    )


def _result(last: Contact | None) -> str | None:
    if last is None:
        return None
    return last.result or ("reached" if last.reached else "not_reached")


async def _followed(read: Reading, scope: Scope, ids: set[int]) -> dict[int, _Followed]:
    """The newest case of that day, and the contacts until then."""
    begun: dict[int, date] = {}
    logged: dict[int, list[Contact]] = defaultdict(list)
    for some in chunks(ids):
        opened = select(cases).where(cases.c.student_id.in_(some), cases.c.opened_at < scope.upto)
        for case in await read.all(opened.order_by(cases.c.opened_at, cases.c.id), Case):
            begun[case.student_id] = case.first_absent_on
        for contact in await read.all(_contacts(some, scope.upto), Contact):
            logged[contact.student_id].append(contact)
    return {one: _Followed(begun.get(one), tuple(logged[one])) for one in ids}


def _contacts(ids: list[int], upto: datetime) -> Select[*tuple[Any, ...]]:
    return (
        select(contacts)
        .where(contacts.c.student_id.in_(ids), contacts.c.at < upto)
        .order_by(contacts.c.at, contacts.c.id)
    )
