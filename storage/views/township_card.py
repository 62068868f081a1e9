"""The card of a case that was notified to a township; it explains itself in two lines.

The township reads the child's name, school and class, since when, and what was tried; number and
address come as pop-ups, health and poverty never (privacy D2, D3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from rules.model.case import Case, Task, TaskState
from rules.model.ladder import Referral
from rules.model.school import Unit
from storage.facts.on_paper import referral_id_of, referrals_by_id
from storage.facts.overdue import known_of, last_contacts
from storage.tables.cases import tasks
from storage.tables.ladder import referrals
from storage.tables.school import units
from storage.views import OutboxRow, Unwanted, view
from storage.views.cards import Viewer, as_sent, card
from storage.views.task_card import Tried
from storage.views.tasks import TaskLine, line_of
from storage.work import Reading

ACCEPTING, CONTACT = "township_acceptance", "joint_contact"
DISPUTE, COMPANY = "township_dispute", "joint_company"
SHOWN = 5
#: What the township's list shows: it was told, and is not out of it.
RUNNING = ("sent", "accepted")


@dataclass(frozen=True)
class TownshipCardView:
    """Everything that stands on the card; `may` are a superior's acts."""

    task: TaskLine
    state: str
    outcome: str | None
    by: str | None
    at: datetime | None
    is_mine: bool
    may: tuple[str, ...]
    may_reroute: bool
    township: str
    is_residence: bool
    responsible: str | None
    reason: str | None
    case_id: int
    student_id: int
    first_absent_on: date
    counted: int
    served_on: date | None
    tried: tuple[Tried, ...]
    is_on_paper: bool  # the section has delivered it; else the program told it


@view("township_card")
async def own_township_card(read: Reading, row: OutboxRow) -> TownshipCardView | Unwanted:
    """The card as it comes to the township, or back to the section; nothing once it is done."""
    return await as_sent(read, row, township_card_of)


@card("township_card", ACCEPTING, CONTACT, DISPUTE, COMPANY)
async def township_card_of(
    read: Reading, task: Task, viewer: Viewer, now: datetime
) -> TownshipCardView:
    """The card of a task as it stands at this instant."""
    known = await known_of(read, [task])
    case = known.cases.get(task.case_id or 0)
    referral = await _referral_of(read, task)
    if case is None:
        raise LookupError("a township's task without its case")
    is_open = task.state is TaskState.OPEN
    is_mine = is_open and task.owner_id in viewer.persons
    return TownshipCardView(
        task=line_of(read, task, known, now),
        state=task.state.value,
        outcome=None if is_open else task.outcome,
        by=known.names.get(task.done_by or 0),
        at=task.done_at,
        is_mine=is_mine,
        may=viewer.may if is_open else (),
        may_reroute=is_mine if task.kind == DISPUTE else is_open and bool(viewer.may),
        township=(await _names(read, [referral.township_id]))[referral.township_id],
        is_residence=referral.is_residence,
        responsible=referral.responsible,
        reason=referral.reason if task.kind == DISPUTE else None,
        student_id=case.student_id,
        tried=await _tried(read, case),
        is_on_paper=referral.sent_by is not None,
        case_id=case.id,
        first_absent_on=case.first_absent_on,
        counted=case.counted,
        served_on=case.served_on,
    )


async def _referral_of(read: Reading, task: Task) -> Referral:
    number = referral_id_of(task)
    return (await referrals_by_id(read, [number]))[number or 0]


async def _names(read: Reading, ids: Sequence[int]) -> dict[int, str]:
    found = await read.all(select(units).where(units.c.id.in_(ids)), Unit)
    return {one.id: one.name for one in found}


async def _tried(read: Reading, case: Case) -> tuple[Tried, ...]:
    latest = await last_contacts(read, case.student_id, SHOWN)
    return tuple(
        Tried(one.at, one.means, one.reached, one.result)
        for one in latest
        if one.case_id == case.id
    )


@dataclass(frozen=True)
class MyCase:
    """One case of the township, and the task to open."""

    task: TaskLine
    state: str


@dataclass(frozen=True)
class MyCasesView:
    """[我的个案], a page."""

    lines: tuple[MyCase, ...]
    page: int
    pages: int
    total: int


async def cases_of_townships(read: Reading, township_ids: Sequence[int]) -> list[Task]:
    """The open tasks of the cases that these townships were notified of, soonest due first."""
    mine = select(referrals.c.id).where(
        referrals.c.township_id.in_(township_ids), referrals.c.state.in_(RUNNING)
    )
    subjects = [f"referral:{one}" for one in await read.scalars(mine)]
    query = select(tasks).where(
        tasks.c.subject.in_(subjects),
        tasks.c.kind.in_((ACCEPTING, CONTACT)),
        tasks.c.state == TaskState.OPEN.value,
    )
    return await read.all(query.order_by(tasks.c.due_at, tasks.c.id), Task)


async def my_cases(
    read: Reading, found: Sequence[Task], page: int, per_page: int, now: datetime
) -> MyCasesView:
    """A page of them."""
    pages = max(1, -(-len(found) // per_page))
    page = min(max(page, 0), pages - 1)
    shown = found[page * per_page : (page + 1) * per_page]
    known = await known_of(read, list(shown))
    lines = tuple(MyCase(line_of(read, one, known, now), one.kind) for one in shown)
    return MyCasesView(lines, page, pages, len(found))
