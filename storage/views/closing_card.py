"""A case that is to end without a return: for whoever decides, for the school that is said to have
the child now, and the answer to whoever asked (rules.md 5, Closing)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from rules.model.case import Case, Task, TaskState
from rules.model.ladder import Closing, ClosingState
from rules.model.school import SchoolClass, Student
from storage.facts.duties import duties_of_school
from storage.facts.on_paper import closing_of_task
from storage.facts.overdue import known_of, names_of
from storage.naming import child_name
from storage.tables.cases import cases
from storage.tables.ladder import closings
from storage.tables.school import classes, students, units
from storage.views import OutboxRow, Unwanted, view
from storage.views.cards import Viewer, as_sent, card
from storage.views.tasks import TaskLine, line_of
from storage.work import Reading


@dataclass(frozen=True)
class ClosingCardView:
    """Everything that stands on the card; `may` are a superior's acts."""

    task: TaskLine
    state: str
    outcome: str | None
    by: str | None
    at: datetime | None
    is_mine: bool
    may: tuple[str, ...]
    may_stand_in: bool
    reason: str
    words: str | None
    until_on: date | None
    has_proof: bool
    receiving: str | None
    confirmed_by: str | None
    confirmed_at: datetime | None
    asked_by: str
    asked_at: datetime
    head_by: str | None
    head_at: datetime | None
    case_id: int
    stage: str
    first_absent_on: date
    counted: int
    untaken: int


@view("closing_card")
async def own_closing_card(read: Reading, row: OutboxRow) -> ClosingCardView | Unwanted:
    """The card as it comes to whoever decides; nothing once it is decided."""
    return await as_sent(read, row, closing_card_of)


@card("closing_card", "closing_approval")
async def closing_card_of(
    read: Reading, task: Task, viewer: Viewer, now: datetime
) -> ClosingCardView:
    """The card of a task as it stands at this instant."""
    known = await known_of(read, [task])
    case, closing = known.cases.get(task.case_id or 0), await closing_of_task(read, task)
    if case is None or closing is None:
        raise LookupError("a closing's task without its case")
    names = await names_of(read, [closing.asked_by, closing.confirmed_by, closing.head_by])
    is_open = task.state is TaskState.OPEN
    return ClosingCardView(
        task=line_of(read, task, known, now),
        state=task.state.value,
        outcome=None if is_open else task.outcome,
        by=known.names.get(task.done_by or 0),
        at=task.done_at,
        is_mine=is_open and task.owner_id in viewer.persons,
        may=viewer.may if is_open else (),
        may_stand_in=viewer.may_stand_in and is_open,
        reason=closing.reason.value,
        words=closing.words,
        until_on=closing.until_on,
        has_proof=closing.proof_file_id is not None,
        receiving=await _school(read, closing),
        confirmed_by=names.get(closing.confirmed_by or 0),
        confirmed_at=closing.confirmed_at,
        asked_by=names.get(closing.asked_by, ""),
        asked_at=closing.asked_at,
        head_by=names.get(closing.head_by or 0),
        head_at=closing.head_at,
        case_id=case.id,
        stage=case.stage.value,
        first_absent_on=case.first_absent_on,
        counted=case.counted,
        untaken=case.untaken,
    )


async def _school(read: Reading, closing: Closing) -> str | None:
    found = await read.scalar(select(units.c.name).where(units.c.id == closing.receiving_id))
    return str(found) if found else None


@dataclass(frozen=True)
class TransferCardView:
    """What the receiving school needs to find the child on its own roster, and no more."""

    task: TaskLine
    state: str
    outcome: str | None
    by: str | None
    at: datetime | None
    is_mine: bool
    may: tuple[str, ...]
    sender: str
    asked_by: str
    first_absent_on: date


async def receivers_of(
    read: Reading, task: Task, closing: Closing | None, on: date
) -> frozenset[int]:
    """Who may answer: the task's owner, the receiving school's register clerk or head."""
    school_id = closing.receiving_id if closing else None
    duties = await duties_of_school(read, school_id or 0, on)
    known = (task.owner_id, duties.register_clerk_id, duties.head_id)
    return frozenset(one for one in known if one is not None)


@view("transfer_card")
async def own_transfer_card(read: Reading, row: OutboxRow) -> TransferCardView | Unwanted:
    """The card as it comes to the receiving school; nothing once it has answered."""
    return await as_sent(read, row, transfer_card_of)


@card("transfer_card", "transfer_confirm")
async def transfer_card_of(
    read: Reading, task: Task, viewer: Viewer, now: datetime
) -> TransferCardView:
    """The card of a task as it stands at this instant."""
    known = await known_of(read, [task])
    case, closing = known.cases.get(task.case_id or 0), await closing_of_task(read, task)
    if case is None or closing is None:
        raise LookupError("a transfer's task without its case")
    is_open = task.state is TaskState.OPEN
    answers = await receivers_of(read, task, closing, now.date())
    return TransferCardView(
        task=line_of(read, task, known, now),
        state=task.state.value,
        outcome=None if is_open else task.outcome,
        by=known.names.get(task.done_by or 0),
        at=task.done_at,
        is_mine=is_open and bool(answers & {*viewer.persons}),
        may=viewer.may if is_open else (),
        sender=str(await read.scalar(select(units.c.name).where(units.c.id == case.school_id))),
        asked_by=(await names_of(read, [closing.asked_by])).get(closing.asked_by, ""),
        first_absent_on=case.first_absent_on,
    )


@dataclass(frozen=True)
class ClosingDecidedView:
    """The answer to whoever asked; refused without a comment: the named school said no."""

    child: str
    grade: int
    number: int
    case_id: int
    reason: str
    is_granted: bool
    comment: str | None
    receiving: str | None


@view("closing_decided")
async def closing_decided(read: Reading, row: OutboxRow) -> ClosingDecidedView | Unwanted:
    """Nothing where the child came back before it was heard."""
    closing = await read.one(select(closings).where(closings.c.id == row.item), Closing)
    if closing is None or closing.state not in (ClosingState.GRANTED, ClosingState.REFUSED):
        return Unwanted("withdrawn")
    case = await read.one(select(cases).where(cases.c.id == closing.case_id), Case)
    child = await read.one(select(students).where(students.c.id == closing.student_id), Student)
    class_id = child.class_id if child else 0
    place = await read.one(select(classes).where(classes.c.id == class_id), SchoolClass)
    if case is None or child is None or place is None:
        raise LookupError(f"child of closing {closing.id}")
    return ClosingDecidedView(
        child=child_name(read, child),
        grade=place.grade,
        number=place.number,
        case_id=case.id,
        reason=closing.reason.value,
        is_granted=closing.state is ClosingState.GRANTED,
        comment=closing.comment,
        receiving=await _school(read, closing),
    )
