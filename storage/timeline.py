"""One case with its timeline, as the record has it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from rules.model.attendance import Reply
from rules.model.case import Case, Contact, Task
from rules.model.school import StatusChange, Student
from storage.outbox import Outgoing
from storage.tables.attendance import replies
from storage.tables.cases import cases, contacts, tasks
from storage.tables.people import people
from storage.tables.plumbing import journal, outbox
from storage.tables.school import status_changes, students, units
from storage.work import Reading


@dataclass(frozen=True)
class Moment:
    """One line: when, what (a code), who, and the plain values that belong to it."""

    at: datetime
    what: str
    who: str | None = None
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class CaseFile:
    """A case, whom it is about, and everything that happened."""

    case: Case
    student: str
    school: str
    moments: tuple[Moment, ...]


async def case_file(read: Reading, case_id: int) -> CaseFile | None:
    """The file of a case; None when there is no such case."""
    case = await read.one(select(cases).where(cases.c.id == case_id), Case)
    if case is None:
        return None
    student = await read.one(select(students).where(students.c.id == case.student_id), Student)
    school = await read.scalar(select(units.c.name).where(units.c.id == case.school_id))
    found = [
        *await _journal(read, case_id),
        *await _contacts(read, case_id),
        *await _replies(read, case_id),
        *await _tasks(read, case_id),
        *await _statuses(read, case_id),
        *await _messages(read, case_id),
    ]
    moments = tuple(sorted(await _named(read, found), key=lambda one: (one.at, one.what)))
    return CaseFile(case, student.name if student else "", school or "", moments)


Raw = tuple[datetime, str, int | None, dict[str, Any]]


async def _named(read: Reading, found: Iterable[Raw]) -> list[Moment]:
    every = list(found)
    ids = {by for _, _, by, _ in every if by}
    rows = (
        await read.execute(select(people.c.id, people.c.name).where(people.c.id.in_(ids)))
    ).rows
    names = {row[0]: row[1] for row in rows}
    return [Moment(at, what, names.get(by or 0), details) for at, what, by, details in every]


async def _journal(read: Reading, case_id: int) -> list[Raw]:
    query = select(journal.c.at, journal.c.kind, journal.c.by, journal.c.public).where(
        journal.c.subject == f"case:{case_id}"
    )
    return [
        (at, kind, by, json.loads(public))
        for at, kind, by, public in (await read.execute(query)).rows
    ]


async def _contacts(read: Reading, case_id: int) -> list[Raw]:
    found = await read.all(select(contacts).where(contacts.c.case_id == case_id), Contact)
    return [
        (
            one.at,
            "contact",
            one.by,
            _given(means=one.means, reached=one.reached, result=one.result, reason=one.reason),
        )
        for one in found
    ]


async def _replies(read: Reading, case_id: int) -> list[Raw]:
    found = await read.all(select(replies).where(replies.c.case_id == case_id), Reply)
    return [(one.at, "reply", one.person_id, _given(answer=one.kind)) for one in found]


async def _tasks(read: Reading, case_id: int) -> list[Raw]:
    found = await read.all(select(tasks).where(tasks.c.case_id == case_id), Task)
    opened: list[Raw] = [
        (one.opened_at, "task_opened", one.owner_id, {"task": one.kind}) for one in found
    ]
    done: list[Raw] = [
        (one.done_at, f"task_{one.state}", one.done_by, _given(task=one.kind, outcome=one.outcome))
        for one in found
        if one.done_at is not None
    ]
    return opened + done


async def _statuses(read: Reading, case_id: int) -> list[Raw]:
    query = select(status_changes).where(status_changes.c.case_id == case_id)
    return [
        (one.at, "status", one.by, _given(old=one.old, new=one.new, on=one.effective_on))
        for one in await read.all(query, StatusChange)
    ]


async def _messages(read: Reading, case_id: int) -> list[Raw]:
    query = select(outbox).where(or_(outbox.c.case_id == case_id))
    return [
        (
            one.delivered_at or one.created_at,
            f"message_{one.state}",
            one.person_id,
            _given(message=one.kind, cause=one.cause),
        )
        for one in await read.all(query, Outgoing)
        if one.created_at is not None
    ]


def _given(**values: Any) -> dict[str, Any]:
    return {name: str(value) for name, value in values.items() if value is not None}
