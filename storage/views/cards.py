"""On which card a task is decided: every kind of card registers for its kinds of tasks.

    @card("paper_card", "notice_approval", ...)
    async def paper_card_of(read, task, viewer, now) -> PaperCardView: ...

Kinds that nobody registered stand on the plain `task_card`; where one kind has several sorts of
subject, `kind/sort` comes before `kind` (`correction_approval/flag`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from rules.model.case import Task
from storage.facts.overdue import stands_for, tasks_by_id
from storage.views import OutboxRow, Unwanted, kinds
from storage.views.tasks import instant_of
from storage.work import Reading


@dataclass(frozen=True)
class Steps:
    """What the responsible teacher may ask for, and what is still missing for it."""

    notice: tuple[str, ...] = ()
    report: tuple[str, ...] = ()


@dataclass(frozen=True)
class Viewer:
    """Who looks: everybody they stand for, and what they may do as a superior.

    `steps` is given where the viewer is the one who persuades in the child's case.
    """

    persons: Collection[int]
    may: tuple[str, ...] = ()
    may_stand_in: bool = False
    names_school: bool = True
    steps: Steps | None = None


CardOf = Callable[[Reading, Task, Viewer, datetime], Awaitable[object]]
_C = TypeVar("_C", bound=CardOf)
_V = TypeVar("_V")
_CARDS: dict[str, tuple[str, CardOf]] = {}
PLAIN = "task_card"


def card(kind: str, *task_kinds: str) -> Callable[[_C], _C]:
    """Register the card of some kinds of tasks; two for one kind are a ValueError."""

    def register(function: _C) -> _C:
        for one in task_kinds:
            if one in _CARDS:
                raise ValueError(f"two cards for {one}")
            _CARDS[one] = (kind, function)
        return function

    return register


def _registered(task: Task) -> tuple[str, CardOf]:
    kinds()  # every view, and with it every card, has been read in
    sort = task.subject.partition(":")[0]
    return _CARDS.get(f"{task.kind}/{sort}") or _CARDS.get(task.kind, _CARDS[PLAIN])


def card_kind(task: Task) -> str:
    """The message kind whose words this card has."""
    return _registered(task)[0]


async def card_of_task(read: Reading, task: Task, viewer: Viewer, now: datetime) -> object:
    """The card of a task as it stands at this instant, for whoever looks."""
    return await _registered(task)[1](read, task, viewer, now)


async def as_sent(
    read: Reading,
    row: OutboxRow,
    card_of: Callable[[Reading, Task, Viewer, datetime], Awaitable[_V]],
) -> _V | Unwanted:
    """The card of a task as it comes to its receiver; nothing once there is no such task."""
    found = await tasks_by_id(read, [row.item])
    if not found:
        return Unwanted("done")
    now = instant_of(row)
    persons = await stands_for(read, row.to, now.date())
    return await card_of(read, found[0], Viewer(persons), now)
