"""What guardians hear: the day's question, and the short lines around it (rules.md 7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select

from rules.model.attendance import Leave, LeaveState
from rules.model.case import Case, Safety
from storage.actors import Actor
from storage.facts.family import (
    Child,
    children_of,
    family_of,
    latest_question,
    questions_by_id,
    term_total,
)
from storage.tables.attendance import leaves, marks
from storage.tables.cases import cases, safety
from storage.views import OutboxRow, Unwanted, view
from storage.views.alert_card import AlertView, AskedChild, alert_of, seen_since
from storage.work import Reading


@dataclass(frozen=True)
class ChildView:
    """A line about one child."""

    child: Child
    on: date
    item: int = 0
    total: int = 0
    state: str = ""
    line: str = ""
    back_on: date | None = None


async def _asking(read: Reading, row: OutboxRow) -> AlertView | Unwanted:
    """The children about whom the question still stands, for this person."""
    actor = await _family(read, row)
    card = await alert_of(read, actor, row.items) if actor else None
    if card is None:
        return Unwanted("unbound")
    still = [one for one in card.children if one.state == "open"]
    current = tuple([one for one in still if await _is_newest(read, one)])
    if not current:
        return Unwanted(_why(card.children))
    return replace(card, children=current, names=len(current) > 1)


def _why(children: Sequence[AskedChild]) -> str:
    """Why nobody is asked about any more."""
    states = {one.state for one in children}
    if "over" in states:
        return "returned"
    return "answered" if states & {"answered", "settled"} else "superseded"


async def _is_newest(read: Reading, asked: AskedChild) -> bool:
    newest = await latest_question(read, asked.child.student_id)
    return newest is not None and newest.id == asked.question_id


@view("absence_alert")
async def absence_alert(read: Reading, row: OutboxRow) -> AlertView | Unwanted:
    """Not at school this morning: what is the matter?"""
    return await _asking(read, row)


@view("second_alert")
async def second_alert(read: Reading, row: OutboxRow) -> AlertView | Unwanted:
    """The same, an hour later."""
    return await _asking(read, row)


@view("asked_again")
async def asked_again(read: Reading, row: OutboxRow) -> AlertView | Unwanted:
    """After an outage in which answers may have been lost."""
    return await _asking(read, row)


@view("question_settled")
async def question_settled(read: Reading, row: OutboxRow) -> AlertView | Unwanted:
    """The alert as it stands now that somebody else has answered."""
    actor = await _family(read, row)
    card = await alert_of(read, actor, row.items) if actor else None
    return card or Unwanted("unbound")


@view("carer_asked")
async def carer_asked(read: Reading, row: OutboxRow) -> AlertView | Unwanted:
    """Somebody else does not know where the child is."""
    actor = await _family(read, row)
    question = await latest_question(read, row.student_id or 0)
    card = await alert_of(read, actor, [question.id]) if actor and question else None
    if card is None:
        return Unwanted("unbound")
    return Unwanted("returned") if card.children[0].state == "over" else card


@view("child_arrived")
async def child_arrived(read: Reading, row: OutboxRow) -> ChildView | Unwanted:
    """The child is there after all."""
    questions = await questions_by_id(read, row.items)
    if not questions or not await seen_since(read, questions[0]):
        return Unwanted("not_seen")
    return await _line(read, row, questions[0].student_id, questions[0].on)


@view("welcome_back")
async def welcome_back(read: Reading, row: OutboxRow) -> ChildView | Unwanted:
    """The child is back; the day it was seen is in the message's round."""
    case = await read.one(select(cases).where(cases.c.id == row.item), Case)
    on = date.fromisoformat(str(row.payload.get("round")))
    if case is None or not await _was_seen_on(read, case.student_id, on):
        return Unwanted("not_seen")
    return await _line(read, row, case.student_id, on)


async def _was_seen_on(read: Reading, student_id: int, on: date) -> bool:
    query = select(marks.c.id).where(
        marks.c.student_id == student_id,
        marks.c.on == on,
        marks.c.kind == "present",
        marks.c.void.is_(False),
    )
    return await read.scalar(query.limit(1)) is not None


@view("still_ill")
async def still_ill(read: Reading, row: OutboxRow) -> ChildView | Unwanted:
    """Is the child better today?"""
    leave = await _leave(read, row.item)
    if leave is None or leave.state in (LeaveState.VERIFY, LeaveState.REFUSED):
        return Unwanted("no_leave")
    on = _day_of(row) or leave.from_on
    if leave.back_on is not None and leave.back_on <= on:
        return Unwanted("leave_over")
    return await _line(read, row, leave.student_id, on)


@view("leave_answered")
async def leave_answered(read: Reading, row: OutboxRow) -> ChildView | Unwanted:
    """The teacher has decided."""
    leave = await _leave(read, row.item)
    if leave is None or leave.state is LeaveState.OPEN:
        return Unwanted("undecided")
    found = await _line(read, row, leave.student_id, leave.from_on)
    if isinstance(found, Unwanted):
        return found
    return replace(found, state=leave.state.value, back_on=leave.back_on)


@view("child_is_safe")
async def child_is_safe(read: Reading, row: OutboxRow) -> ChildView | Unwanted:
    """The search is over."""
    search = await read.one(select(safety).where(safety.c.id == row.item), Safety)
    if search is None or search.ended_at is None:
        return Unwanted("not_ended")
    found = await _line(read, row, search.student_id, search.ended_at.date())
    if isinstance(found, Unwanted):
        return found
    return replace(found, state=search.ended_as or "")


@view("teacher_visited")
async def teacher_visited(read: Reading, row: OutboxRow) -> ChildView | Unwanted:
    """Did the teacher come?"""
    case = await read.one(select(cases).where(cases.c.id == row.item), Case)
    on = _day_of(row)
    if case is None or on is None:
        return Unwanted("no_case")
    return await _line(read, row, case.student_id, on)


@view("weekly_total")
async def weekly_total(read: Reading, row: OutboxRow) -> ChildView | Unwanted:
    """The term's total, and the teacher's one sentence (`more["sentence"]`)."""
    on = _day_of(row) or (row.created_at.date() if row.created_at else date.min)
    found = await _line(read, row, row.item, on)
    if isinstance(found, Unwanted):
        return found
    total = await term_total(read, found.child, on)
    return replace(found, total=total, line=str(row.more.get("sentence", "")))


async def _line(read: Reading, row: OutboxRow, student_id: int, on: date) -> ChildView | Unwanted:
    actor = await _family(read, row)
    found = await children_of(read, actor, [student_id], on) if actor else []
    return ChildView(found[0], on, item=row.item) if found else Unwanted("unbound")


async def _family(read: Reading, row: OutboxRow) -> Actor | None:
    on = row.created_at.date() if row.created_at else date.min
    return await family_of(read, row.person_id, on)


async def _leave(read: Reading, leave_id: int) -> Leave | None:
    return await read.one(select(leaves).where(leaves.c.id == leave_id), Leave)


def _day_of(row: OutboxRow) -> date | None:
    """The day that a repeated message is about: its round, when that is a day."""
    try:
        return date.fromisoformat(str(row.payload.get("round", ""))[:10])
    except ValueError:
        return None


@dataclass(frozen=True)
class ContactDecidedView:
    """What became of a new number or address."""

    field: str
    is_right: bool


@view("contact_decided")
async def contact_decided(read: Reading, row: OutboxRow) -> ContactDecidedView | Unwanted:
    """To whoever asked for it."""
    return ContactDecidedView(str(row.more.get("field", "")), bool(row.more.get("is_right")))
