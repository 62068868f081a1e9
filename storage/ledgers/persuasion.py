"""劝返记录: every contact about a case, until that day."""

from __future__ import annotations

from sqlalchemy import select

from rules.model.case import Contact
from rules.model.people import Person
from storage.ledgers.pupils import pupils_of
from storage.ledgers.scope import Scope, Table
from storage.tables.cases import contacts
from storage.tables.people import people
from storage.work import Reading

COLUMNS = (
    "school",
    "grade",
    "class",
    "name",
    "case",
    "at",
    "means",
    "whom",
    "result",
    "reason",
    "agreed_on",
    "by",
    "note",
)


async def persuasion(read: Reading, scope: Scope) -> Table:
    """By school, child and time."""
    query = select(contacts).where(contacts.c.at < scope.upto, contacts.c.case_id.is_not(None))
    logged = await read.all(query.order_by(contacts.c.at, contacts.c.id), Contact)
    found = await pupils_of(read, {one.student_id for one in logged}, scope)
    names = {one.id: one.name for one in await read.all(select(people), Person)}
    rows = []
    for one in logged:
        pupil = found.get(one.student_id)
        if pupil is not None:
            result = one.result or ("reached" if one.reached else "not_reached")
            place = (pupil.school, pupil.grade, pupil.number, pupil.name, one.case_id)
            said = (one.at, one.means, one.whom, result, one.reason, one.agreed_on)
            row = (*place, *said, names.get(one.by), one.note)
            rows.append(((*pupil.order, one.at, one.id), row))
    rows.sort(key=lambda pair: pair[0])
    return Table(COLUMNS, tuple(row for _, row in rows))
