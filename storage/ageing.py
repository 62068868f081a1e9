"""How old the oldest thing is that should have happened: what health, figures and auditor read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, text

from storage.outbox import State
from storage.tables.cases import tasks
from storage.tables.plumbing import UNSENT, WAITING, inbox, outbox
from storage.work import Reading


@dataclass(frozen=True)
class Ages:
    """Counts, and ages in seconds; an age of 0 says that nothing is late."""

    waiting_by_lane: Mapping[str, int]
    outbox_oldest_s: float
    inbox_waiting: int
    inbox_oldest_s: float
    inbox_aside: int
    uncertain: int
    tasks_overdue: int
    tasks_oldest_s: float  # a task about which time should have done something


async def ages_of(read: Reading, now: datetime) -> Ages:
    """Everything at one moment.  Messages held for a later time are not late."""
    is_due = outbox.c.not_before <= now
    by_lane = select(outbox.c.lane, func.count()).where(text(UNSENT), is_due)
    lanes = (await read.execute(by_lane.group_by(outbox.c.lane))).rows
    first_due = select(func.min(outbox.c.not_before)).where(text(UNSENT), is_due)
    first_in = select(func.min(inbox.c.received_at)).where(text(WAITING))
    planned = tasks.c.next_at.is_not(None)
    return Ages(
        waiting_by_lane={str(lane): int(number) for lane, number in lanes},
        outbox_oldest_s=_age(await read.scalar(first_due), now),
        inbox_waiting=await _count(read, select(func.count()).select_from(inbox), WAITING),
        inbox_oldest_s=_age(await read.scalar(first_in), now),
        inbox_aside=await _count(read, select(func.count()).select_from(inbox), "state = 'aside'"),
        uncertain=await _count(
            read,
            select(func.count()).select_from(outbox),
            f"state = '{State.UNCERTAIN.value}'",
        ),
        tasks_overdue=int(
            await read.scalar(
                select(func.count()).where(tasks.c.state == "open", tasks.c.due_at < now)
            )
            or 0
        ),
        tasks_oldest_s=_age(
            await read.scalar(select(func.min(tasks.c.next_at)).where(planned)), now
        ),
    )


async def _count(read: Reading, query: Select[Any], condition: str) -> int:
    return int(await read.scalar(query.where(text(condition))) or 0)


def _age(at: datetime | None, now: datetime) -> float:
    return max((now - at).total_seconds(), 0.0) if at is not None else 0.0
