"""What has outlived its period, found by an index and taken away (privacy D8)."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import delete, exists, select, update

from rules.model.case import CaseState
from rules.model.people import Guardianship, GuardianState
from rules.model.school import EnrolmentStatus
from storage.attachments import folder, path_of
from storage.tables.cases import cases
from storage.tables.eligible import doorsteps, eligible
from storage.tables.ladder import papers
from storage.tables.packages import work_plans
from storage.tables.people import guardianships
from storage.tables.plumbing import access_log, attachments
from storage.tables.school import students
from storage.work import Reading, Work

#: Children who are at no school of the county any more.
GONE = (EnrolmentStatus.LEFT.value, EnrolmentStatus.TRANSFERRED.value)
MANY = 500
_LINKED = (GuardianState.BOUND.value, GuardianState.CLAIMED.value)


async def drop_looks_before(work: Work, instant: datetime) -> int:
    """Lines of the access log; returns how many."""
    return (await work.execute(delete(access_log).where(access_log.c.at < instant))).rowcount


async def families_of_gone(
    read: Reading, since: date, limit: int
) -> dict[int, list[Guardianship]]:
    """Links that are still there to children who were gone by that day, by person."""
    query = (
        select(guardianships)
        .join(students, students.c.id == guardianships.c.student_id)
        .where(
            students.c.status.in_(GONE),
            students.c.status_on <= since,
            guardianships.c.state.in_(_LINKED),
        )
        .order_by(guardianships.c.person_id)
        .limit(limit)
    )
    found: dict[int, list[Guardianship]] = {}
    for link in await read.all(query, Guardianship):
        found.setdefault(link.person_id, []).append(link)
    return found


async def age_out_files(work: Work, instant: datetime) -> int:
    """Mark files as removed that came before `instant`; returns how many.

    What a running case needs stays, and so does the file of a case that has official papers.
    """
    is_open = exists().where(
        cases.c.student_id == attachments.c.student_id, cases.c.state != CaseState.CLOSED.value
    )
    is_official = exists().where(papers.c.case_id == attachments.c.case_id)
    is_plan = exists().where(work_plans.c.file_id == attachments.c.id)
    is_asked = exists().where(
        doorsteps.c.file_id == attachments.c.id, doorsteps.c.ended_at.is_(None)
    )
    outcome = await work.execute(
        update(attachments)
        .where(
            attachments.c.received_at < instant,
            attachments.c.removed_at.is_(None),
            ~is_open,
            ~is_official,
            ~is_plan,
            ~is_asked,
        )
        .values(removed_at=work.now, name=None)
    )
    return outcome.rowcount


async def drop_grown(work: Work, born_before: date) -> int:
    """Lines of the age-eligible list of children who are long past school; returns how many.
    One who is still asked for stays."""
    is_sought = exists().where(
        doorsteps.c.eligible_id == eligible.c.id, doorsteps.c.ended_at.is_(None)
    )
    grown = select(eligible.c.id).where(eligible.c.birth_on < born_before, ~is_sought)
    ids = await work.scalars(grown)
    for first in range(0, len(ids), MANY):
        some = ids[first : first + MANY]
        await work.execute(delete(doorsteps).where(doorsteps.c.eligible_id.in_(some)))
        await work.execute(delete(eligible).where(eligible.c.id.in_(some)))
    return len(ids)


async def contents_to_remove(read: Reading, since: datetime, before: datetime) -> set[str]:
    """Contents of which no file is left, marked in this span: never in a transaction that may
    still be taken back."""
    removed = select(attachments.c.sha256).where(
        attachments.c.removed_at >= since, attachments.c.removed_at < before
    )
    gone = set(await read.scalars(removed))
    kept = select(attachments.c.sha256).where(
        attachments.c.sha256.in_(gone), attachments.c.removed_at.is_(None)
    )
    return gone - set(await read.scalars(kept))


async def remove_contents(sums: Collection[str]) -> None:
    """Take them out of the data folder; one that is gone already is no matter."""
    await asyncio.to_thread(_unlink, tuple(sums))


def _unlink(sums: tuple[str, ...]) -> None:
    for one in sums:
        path_of(folder(), one).unlink(missing_ok=True)
