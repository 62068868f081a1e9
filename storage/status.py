"""The figures of `guixiao status`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import and_, exists, func, select

from rules.model.people import GuardianState
from storage import inbox, outbox
from storage.inviting import GUARDIAN, ROLES
from storage.tables.cases import cases, tasks
from storage.tables.people import guardianships, invites, people, posts
from storage.tables.school import students
from storage.work import Reading


async def status_of(read: Reading, now: datetime) -> dict[str, Any]:
    """Everything at one moment, in the fixed form that programs read."""
    by_status = await _counts(read, students.c.status)
    return {
        "students": {"total": sum(by_status.values()), **by_status},
        "cases": await _counts(read, cases.c.stage, cases.c.state != "closed"),
        "tasks": await _tasks(read, now),
        "outbox": {str(state): n for state, n in (await outbox.counts(read)).items()},
        "inbox": await inbox.count_waiting(read),
        "bindings": await _bindings(read, now),
    }


async def _counts(read: Reading, column: Any, *conditions: Any) -> dict[str, int]:
    query = select(column, func.count()).where(*conditions).group_by(column).order_by(column)
    return {row[0]: row[1] for row in (await read.execute(query)).rows}


async def _tasks(read: Reading, now: datetime) -> dict[str, int]:
    is_open = tasks.c.state == "open"
    late = select(func.count()).select_from(tasks).where(is_open, tasks.c.due_at < now)
    due = select(func.count()).select_from(tasks).where(is_open, tasks.c.due_at >= now)
    return {"due": await read.scalar(due), "overdue": await read.scalar(late)}


async def _bindings(read: Reading, now: datetime) -> dict[str, dict[str, int]]:
    figures = {GUARDIAN: await _guardians(read, now)}
    for name, roles in ROLES.items():
        held = exists().where(
            posts.c.person_id == people.c.id,
            posts.c.to_on.is_(None),
            posts.c.role.in_([role.value for role in roles]),
        )
        figures[name] = await _people(read, held, now)
    return figures


async def _people(read: Reading, who: Any, now: datetime) -> dict[str, int]:
    count = select(func.count()).select_from(people).where(who, people.c.left_on.is_(None))
    has_code = exists().where(invites.c.person_id == people.c.id, _is_good(now))
    return {
        "bound": await read.scalar(count.where(people.c.chat_id.is_not(None))),
        "invited": await read.scalar(count.where(people.c.chat_id.is_(None), has_code)),
    }


async def _guardians(read: Reading, now: datetime) -> dict[str, int]:
    count = select(func.count()).select_from(guardianships)
    has_code = exists().where(invites.c.guardianship_id == guardianships.c.id, _is_good(now))
    is_bound = guardianships.c.state == GuardianState.BOUND.value
    return {
        "bound": await read.scalar(count.where(is_bound)),
        "invited": await read.scalar(count.where(~is_bound, has_code)),
    }


def _is_good(now: datetime) -> Any:
    return and_(
        invites.c.used_at.is_(None), invites.c.revoked_at.is_(None), invites.c.expires_at > now
    )
