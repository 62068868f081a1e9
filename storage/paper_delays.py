"""What a paper says of delays: silences that were passed, duties that are late, and why."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from rules.child.facts import ChildFacts
from rules.model.case import Case, Task
from rules.model.ladder import Referral
from rules.model.official import LateDuty, Silence
from storage.facts.overdue import names_of
from storage.tables.plumbing import journal
from storage.work import Reading

#: Duties of the bureau and the townships, and what only its owner knows of: no school is urged.
_NOT_OF_SCHOOL = frozenset(
    {
        "danger",
        "safety",
        "objection",
        "gap",
        "reassignment",
        "report_acknowledgement",
        "joint_issue",
        "township_delivery",
        "county_delivery",
        "township_acceptance",
        "township_dispute",
        "joint_contact",
    }
)
_OF_TOWNSHIP = frozenset({"township_acceptance", "joint_contact"})


async def silences_of(
    read: Reading, case: Case, local_day: Callable[[datetime], date]
) -> tuple[Silence, ...]:
    """Each silence of the present round that the case passed, with the person's name."""
    found = [
        (at, facts)
        for at, facts in await _entries(read, case, "went_on")
        if facts.get("mark") in case.marks
    ]
    names = await names_of(read, [facts.get("silent") for _, facts in found])
    latest = {
        facts["mark"]: Silence(facts["mark"], local_day(at), names.get(facts.get("silent") or 0))
        for at, facts in found
    }
    return tuple(latest[mark] for mark in case.marks if mark in latest)


async def last_why(read: Reading, case: Case) -> str | None:
    """Why the case reached its present stage."""
    found = [facts for _, facts in await _entries(read, case, "stage")]
    mine = [facts.get("why") for facts in found if facts.get("to") == case.stage.value]
    return mine[-1] if mine else None


async def late_of(
    read: Reading, facts: ChildFacts, referral: Referral | None, now: datetime
) -> tuple[LateDuty, ...]:
    """What the school, or this township, has not done in time."""
    late = [task for task in facts.tasks if task.due_at < now and _is_of(task, referral)]
    names = await names_of(read, [task.owner_id for task in late])
    return tuple(
        LateDuty(task.kind, facts.calendar.local_date(task.due_at), names.get(task.owner_id))
        for task in sorted(late, key=lambda task: (task.due_at, task.id))
    )


def _is_of(task: Task, referral: Referral | None) -> bool:
    if referral is None:
        return task.kind not in _NOT_OF_SCHOOL
    return task.kind in _OF_TOWNSHIP and task.subject == f"referral:{referral.id}"


async def _entries(read: Reading, case: Case, kind: str) -> list[tuple[datetime, dict[str, Any]]]:
    query = (
        select(journal.c.at, journal.c.public)
        .where(journal.c.subject == f"case:{case.id}", journal.c.kind == kind)
        .order_by(journal.c.number)
    )
    return [(at, json.loads(public)) for at, public in (await read.execute(query)).rows]
