"""The card of one task: what it is, who, since when, what was tried, and what may be pressed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select

from rules.child.asking import ContactChange
from rules.corrections import KIND as CORRECTION
from rules.corrections import Asked, asked_in
from rules.masking import masked_phone
from rules.model.attendance import Leave
from rules.model.case import Task, TaskState
from rules.model.school import Student
from rules.status_decisions import OBJECTION, Evidence, evidence_in
from storage.facts.overdue import known_of, last_contacts, names_of
from storage.tables.attendance import leaves
from storage.views import OutboxRow, Unwanted, view
from storage.views.cards import Steps, Viewer, as_sent, card
from storage.views.tasks import TaskLine, line_of
from storage.work import Reading

#: A tap that it is done is all that the program can know of these.
PLAIN = (
    "bulk_guard",
    "watch",
    "poverty_support",
    "mental_health",
    "register_correction",
    "contact_repair",
    "data_repair",
    "roster_check",
    "gap",
    "calendar_unknown",
    "transfer_verify",
    "transfer",
)


@dataclass(frozen=True)
class Tried:
    """One contact with the family."""

    at: datetime
    means: str
    reached: bool
    result: str | None


@dataclass(frozen=True)
class TaskCardView:
    """Everything that stands on the card; `may` are a superior's acts."""

    task: TaskLine
    state: str
    outcome: str | None
    by: str | None
    at: datetime | None
    is_mine: bool
    may: tuple[str, ...]
    is_plain: bool
    may_stand_in: bool
    note: str | None
    case_id: int | None
    stage: str | None
    counted: int
    untaken: int
    first_absent_on: date | None
    seen_on: date | None
    level: int
    status: str | None
    confirmation: str | None
    tried: tuple[Tried, ...]
    asked: Asked | None
    asked_by: str | None
    evidence: Evidence | None
    leave: Leave | None
    steps: Steps | None = None
    change: Change | None = None


@dataclass(frozen=True)
class Change:
    """What a family wants changed; the value itself comes as a pop-up (privacy D2)."""

    field: str
    who: str
    shown: str


@view("task_card")
@view("status_card")
@view("approval_card")
async def own_card(read: Reading, row: OutboxRow) -> TaskCardView | Unwanted:
    """The card as it comes to whoever has to decide; nothing once it is decided."""
    return await as_sent(read, row, task_card_of)


@card("task_card", "task_card")
@card("status_card", "status_confirm")
@card("approval_card", CORRECTION)
async def task_card_of(read: Reading, task: Task, viewer: Viewer, now: datetime) -> TaskCardView:
    """The card of a task as it stands at this instant."""
    asked = asked_in(task) if task.kind == CORRECTION and task.note else None
    evidence = evidence_in(task) if task.kind == OBJECTION and task.note else None
    known = await known_of(read, [task])
    case, child = known.cases.get(task.case_id or 0), known.children.get(task.student_id or 0)
    prepared = asked.by if asked else evidence.by if evidence else None
    names = await names_of(read, [prepared])
    is_open = task.state is TaskState.OPEN
    line = line_of(read, task, known, now)
    return TaskCardView(
        task=line if viewer.names_school else replace(line, school=None),
        state=task.state.value,
        outcome=task.outcome if not is_open else None,
        by=known.names.get(task.done_by or 0),
        at=task.done_at,
        is_mine=is_open and task.owner_id in viewer.persons,
        may=viewer.may if is_open else (),
        is_plain=task.kind in PLAIN,
        may_stand_in=viewer.may_stand_in and is_open,
        note=task.note if not (asked or evidence) and task.kind in PLAIN else None,
        case_id=case.id if case else None,
        stage=case.stage.value if case else None,
        counted=case.counted if case else 0,
        untaken=case.untaken if case else 0,
        first_absent_on=case.first_absent_on if case else None,
        seen_on=case.seen_on if case else None,
        level=max(task.level, case.level if case else 0),
        asked=asked,
        asked_by=names.get(prepared or 0),
        evidence=evidence,
        leave=await _leave_of(read, task),
        steps=viewer.steps if is_open else None,
        change=await _change_in(read, task) if is_open else None,
        tried=await _tried(read, task),
        **_of_child(child),
    )


async def _change_in(read: Reading, task: Task) -> Change | None:
    """The number masked, of an address nothing but that there is one."""
    change = ContactChange.read(task.note) if task.kind == "contact_repair" else None
    if change is None:
        return None
    names = await names_of(read, [change.person_id])
    shown = masked_phone(change.value) if change.field == "phone" else ""
    return Change(change.field, names.get(change.person_id, ""), shown)


def _of_child(child: Student | None) -> dict[str, str | None]:
    return {
        "status": child.status.value if child else None,
        "confirmation": child.confirmation.value if child else None,
    }


async def _tried(read: Reading, task: Task) -> tuple[Tried, ...]:
    if task.student_id is None:
        return ()
    found = await last_contacts(read, task.student_id)
    return tuple(Tried(one.at, one.means, one.reached, one.result) for one in found)


async def _leave_of(read: Reading, task: Task) -> Leave | None:
    sort, _, number = task.subject.partition(":")
    if sort != "leave":
        return None
    return await read.one(select(leaves).where(leaves.c.id == int(number)), Leave)
