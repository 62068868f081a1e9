"""入户核查 in chat: a village, its households one line each, and what was said of each child.

No number and no address stands here: they come as pop-ups, each look logged (privacy D2).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select

from rules.model.case import Task, TaskState
from rules.model.eligible import Doorstep, Ending, Village
from storage.facts.listed import listed_name
from storage.facts.overdue import known_of, names_of
from storage.reconciling.doorsteps import (
    CHECK,
    PLACEMENT,
    VISIT,
    doorstep_by_id,
    village_by_id,
)
from storage.tables.eligible import doorsteps
from storage.tables.school import units
from storage.views import OutboxRow, Unwanted, view
from storage.views.cards import Viewer, as_sent, card
from storage.views.tasks import TaskLine, line_of
from storage.work import Reading

PER_PAGE = 8


@dataclass(frozen=True)
class ChildShown:
    """One line: whom to ask for, at whose door, and what was found."""

    line_id: int
    child: str
    age: int | None
    sex: str | None
    guardian: str | None
    answer: str | None
    outcome: str | None
    school: str | None = None


@dataclass(frozen=True)
class DoorstepCardView:
    """A village and its children, those still to ask for first."""

    task: TaskLine
    township: str
    village: str
    state: str
    by: str | None
    at: datetime | None
    is_mine: bool
    may: tuple[str, ...]
    children: tuple[ChildShown, ...]
    waiting: int
    page: int
    pages: int


@dataclass(frozen=True)
class DoorstepChildView:
    """One child, with the answers as keys."""

    task: TaskLine
    village: str
    child: ChildShown
    is_mine: bool


@dataclass(frozen=True)
class DoorstepCheckView:
    """What was said at the door, before whoever looks whether it holds."""

    task: TaskLine
    township: str
    village: str
    child: ChildShown
    said_by: str | None
    said_at: datetime | None
    state: str
    outcome: str | None
    by: str | None
    at: datetime | None
    is_mine: bool
    may: tuple[str, ...]
    has_file: bool


@dataclass(frozen=True)
class DoorstepNewsView:
    """A child was found, or has to be asked for again."""

    child: str
    village: str
    news: str


@view("doorstep_card")
async def own_doorstep_card(read: Reading, row: OutboxRow) -> DoorstepCardView | Unwanted:
    """The village as it comes to whoever goes there."""
    return await as_sent(read, row, doorstep_card_of)


@card("doorstep_card", VISIT)
async def doorstep_card_of(
    read: Reading, task: Task, viewer: Viewer, now: datetime
) -> DoorstepCardView:
    """The first page of it."""
    return await doorstep_page(read, task, viewer, now, page=0)


async def doorstep_page(
    read: Reading, task: Task, viewer: Viewer, now: datetime, page: int
) -> DoorstepCardView:
    """A page: households that wait first, those of one door beside each other."""
    known = await known_of(read, [task])
    village = await village_by_id(read, int(task.subject.rpartition(":")[2]))
    lines = await _lines_of(read, task)
    pages = max(1, -(-len(lines) // PER_PAGE))
    page = min(max(page, 0), pages - 1)
    shown = lines[page * PER_PAGE : (page + 1) * PER_PAGE]
    schools = await _schools(read, shown)
    is_open = task.state is TaskState.OPEN
    return DoorstepCardView(
        task=line_of(read, task, known, now),
        township=await _township(read, village),
        village=village.name,
        state=task.state.value,
        by=known.names.get(task.done_by or 0),
        at=task.done_at,
        is_mine=is_open and task.owner_id in viewer.persons,
        may=viewer.may if is_open else (),
        children=tuple(_shown(read, one, now.date(), schools) for one in shown),
        waiting=sum(one.is_waiting for one in lines),
        page=page,
        pages=pages,
    )


async def _lines_of(read: Reading, task: Task) -> list[Doorstep]:
    """What belongs to this round: everything not over when the task was opened."""
    query = select(doorsteps).where(
        doorsteps.c.village_id == int(task.subject.rpartition(":")[2]),
        or_(doorsteps.c.ended_at.is_(None), doorsteps.c.ended_at >= task.opened_at),
    )
    found = await read.all(query.order_by(doorsteps.c.id), Doorstep)
    renewed = {one.eligible_id: one.id for one in found}
    latest = [one for one in found if renewed[one.eligible_id] == one.id]
    return sorted(latest, key=lambda one: (not one.is_waiting, one.body.get("guardian") or ""))


async def _township(read: Reading, village: Village) -> str:
    query = select(units.c.name).where(units.c.id == village.township_id)
    return str(await read.scalar(query) or "")


async def _schools(read: Reading, lines: list[Doorstep]) -> dict[int, str]:
    ids = {one.school_id for one in lines if one.school_id}
    rows = (await read.execute(select(units.c.id, units.c.name).where(units.c.id.in_(ids)))).rows
    return {row[0]: row[1] for row in rows}


def _shown(read: Reading, line: Doorstep, today: date, schools: dict[int, str]) -> ChildShown:
    born = line.body.get("birth_on")
    return ChildShown(
        line_id=line.id,
        child=listed_name(read, line.eligible_id, line.name),
        age=_age(date.fromisoformat(born), today) if born else None,
        sex=line.body.get("sex"),
        guardian=line.body.get("guardian"),
        answer=line.answer.value if line.answer else None,
        outcome=line.outcome.value if line.outcome else None,
        school=schools.get(line.school_id or 0),
    )


def _age(born_on: date, today: date) -> int:
    return today.year - born_on.year - ((today.month, today.day) < (born_on.month, born_on.day))


async def child_at_door(
    read: Reading, task: Task, line: Doorstep, now: datetime, *, is_mine: bool
) -> DoorstepChildView:
    """One child, before it is answered for."""
    known = await known_of(read, [task])
    village = await village_by_id(read, line.village_id)
    shown = _shown(read, line, now.date(), await _schools(read, [line]))
    return DoorstepChildView(line_of(read, task, known, now), village.name, shown, is_mine)


@view("doorstep_check")
async def own_doorstep_check(read: Reading, row: OutboxRow) -> DoorstepCheckView | Unwanted:
    """The question as it comes to whoever looks."""
    return await as_sent(read, row, doorstep_check_of)


@card("doorstep_check", CHECK, PLACEMENT)
async def doorstep_check_of(
    read: Reading, task: Task, viewer: Viewer, now: datetime
) -> DoorstepCheckView:
    """The card of a task as it stands at this instant."""
    known = await known_of(read, [task])
    line = await doorstep_by_id(read, int(task.subject.rpartition(":")[2]))
    if line is None:
        raise LookupError(f"task {task.id} without its line")
    village = await village_by_id(read, line.village_id)
    names = await names_of(read, [line.answered_by])
    is_open = task.state is TaskState.OPEN
    return DoorstepCheckView(
        task=line_of(read, task, known, now),
        township=await _township(read, village),
        village=village.name,
        child=_shown(read, line, now.date(), await _schools(read, [line])),
        said_by=names.get(line.answered_by or 0),
        said_at=line.answered_at,
        state=task.state.value,
        outcome=None if is_open else task.outcome,
        by=known.names.get(task.done_by or 0),
        at=task.done_at,
        is_mine=is_open and task.owner_id in viewer.persons,
        may=viewer.may if is_open else (),
        has_file=line.file_id is not None,
    )


@view("doorstep_news")
async def doorstep_news(read: Reading, row: OutboxRow) -> DoorstepNewsView | Unwanted:
    """What became of a child that somebody was asked to look for."""
    line = await doorstep_by_id(read, row.item)
    if line is None or line.outcome not in (Ending.FOUND, Ending.REFUSED):
        return Unwanted("settled")
    village = await village_by_id(read, line.village_id)
    return DoorstepNewsView(
        listed_name(read, line.eligible_id, line.name), village.name, line.outcome.value
    )
