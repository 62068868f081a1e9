"""Whom the rhythms of the day concern; each question is one query, however many people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, literal_column, select, union

from rules.digests import Workplace
from rules.model.case import TaskState
from rules.model.people import Role
from rules.model.school import UnitKind
from storage.held import acts_on, holds_on
from storage.outbox import Outgoing, State
from storage.tables.cases import tasks
from storage.tables.people import deputies, people, posts
from storage.tables.plumbing import outbox
from storage.tables.school import units
from storage.work import Reading

LEADING = (Role.LEADER.value, Role.HEAD.value)
_OPEN = tasks.c.state == TaskState.OPEN.value
#: Spelled out, so that the index of those that are held serves.
_WAITING: ColumnElement[str] = literal_column(f"'{State.WAITING}'")
_WAITS = and_(
    outbox.c.state == _WAITING,
    outbox.c.not_before.is_(None),
    outbox.c.person_id.is_not(None),
)


async def concerned(read: Reading, on: date) -> list[Workplace]:
    """Everybody for whom something is open, own or as a deputy, or a line waits."""
    own = select(tasks.c.owner_id).where(_OPEN)
    stood_in_for = (
        select(deputies.c.deputy_id)
        .join(tasks, tasks.c.owner_id == deputies.c.person_id)
        .where(_OPEN, acts_on(on))
    )
    lines = select(outbox.c.person_id).where(_WAITS)
    persons = union(own, stood_in_for, lines).subquery()
    return await _workplaces(read, on, posts.c.person_id.in_(select(persons)))


async def leaders(
    read: Reading, on: date, school_ids: Collection[int] | None = None
) -> list[Workplace]:
    """The leaders and heads of schools (of these, or of all), and their deputies today."""
    leads: ColumnElement[bool] = posts.c.role.in_(LEADING)
    if school_ids is not None:
        leads = and_(leads, posts.c.unit_id.in_(school_ids))
    found = await _workplaces(read, on, and_(leads, units.c.kind == UnitKind.SCHOOL.value))
    acting = await _deputies(read, on)
    stand_ins = [
        Workplace(deputy, one.school_id) for one in found for deputy in acting[one.person_id]
    ]
    return [*found, *stand_ins]


async def late_owners(read: Reading, now: datetime) -> dict[int, frozenset[int]]:
    """The owners of overdue tasks, by school."""
    query = select(tasks.c.school_id, tasks.c.owner_id).where(
        _OPEN, tasks.c.due_at <= now, tasks.c.school_id.is_not(None)
    )
    found: dict[int, set[int]] = defaultdict(set)
    for school_id, owner_id in (await read.execute(query.distinct())).rows:
        found[school_id].add(owner_id)
    return {school_id: frozenset(owners) for school_id, owners in found.items()}


async def lines_by_person(read: Reading) -> dict[int, list[Outgoing]]:
    """The messages that wait for a digest, oldest first."""
    found: dict[int, list[Outgoing]] = defaultdict(list)
    for line in await read.all(select(outbox).where(_WAITS).order_by(outbox.c.id), Outgoing):
        if line.person_id is not None:
            found[line.person_id].append(line)
    return found


async def _workplaces(read: Reading, on: date, which: ColumnElement[bool]) -> list[Workplace]:
    """Where these people, as far as a message reaches them, hold a post today."""
    query: Select[Any] = (
        select(posts.c.person_id, units.c.kind, units.c.id)
        .join(people, people.c.id == posts.c.person_id)
        .join(units, units.c.id == posts.c.unit_id)
        .where(
            which,
            people.c.chat_id.is_not(None),
            people.c.blocked_at.is_(None),
            people.c.left_on.is_(None),
            holds_on(posts, on),
        )
        .order_by(posts.c.person_id, posts.c.id)
    )
    return [
        Workplace(person, unit if kind == UnitKind.SCHOOL else None)
        for person, kind, unit in (await read.execute(query)).rows
    ]


async def _deputies(read: Reading, on: date) -> dict[int, list[int]]:
    query = (
        select(deputies.c.person_id, deputies.c.deputy_id)
        .join(people, people.c.id == deputies.c.deputy_id)
        .where(acts_on(on), people.c.chat_id.is_not(None), people.c.blocked_at.is_(None))
        .order_by(deputies.c.id)
    )
    found: dict[int, list[int]] = defaultdict(list)
    for person, deputy in (await read.execute(query)).rows:
        found[person].append(deputy)
    return found
