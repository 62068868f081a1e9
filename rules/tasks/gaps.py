"""A level that nobody holds: a task for administrator and section (rules.md 6, The chain)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from rules.chain import Chain, Gap
from rules.decision import Decision
from rules.messages.staff import TaskCard
from rules.model.case import Task
from rules.tasks.context import TaskContext
from rules.tasks.opening import open_task

GAP = "gap"
#: Placeholders of gap tasks, far from those of other records in the same decision.
FIRST_ID = -9_000


def open_gaps(task: Task, context: TaskContext, gaps: Iterable[Gap], now: datetime) -> Decision:
    """Open a gap task for each level that was skipped, unless one is open for it already.

    The administrator owns it, the section sees it at once; without an administrator it is the
    section's.  A gap above a gap task opens no further one.
    """
    people = tuple(dict.fromkeys((*context.chain.admin_ids, *context.chain.section_ids)))
    if task.kind == GAP or not people:
        return Decision()
    new = [gap for gap in dict.fromkeys(gaps) if gap.subject not in context.open_gaps]
    opened = [_gap_task(task, context, gap, FIRST_ID - n, now) for n, gap in enumerate(new)]
    cards = [TaskCard(to=one, item=gap.id) for gap in opened for one in _told(context.chain, gap)]
    return Decision(records=tuple(opened), messages=tuple(cards))


def _gap_task(task: Task, context: TaskContext, gap: Gap, id: int, now: datetime) -> Task:
    owners = (*context.chain.admin_ids, *context.chain.section_ids)
    return open_task(
        GAP,
        gap.subject,
        owners[0],
        id=id,
        now=now,
        policy=context.policy,
        calendar=context.calendar,
        school_id=task.school_id,
    )


def _told(chain: Chain, gap: Task) -> tuple[int, ...]:
    return tuple(dict.fromkeys((gap.owner_id, *chain.admin_ids, *chain.section_ids)))
