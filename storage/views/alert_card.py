"""The card of a day's question as one family sees it: the children, and what was answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import bindparam, select

from rules.child.answers import SETTLES
from rules.child.day_choices import DayChoice
from rules.model.attendance import Question
from rules.model.case import CaseState
from storage.actors import Actor
from storage.asking import Lookup
from storage.by_key import CASE, OfChild
from storage.facts.family import Child, answer_to, children_of, questions_by_id, term_total
from storage.tables.attendance import marks
from storage.work import Reading

_SEEN = Lookup(
    select(marks.c.student_id)
    .where(
        marks.c.on >= bindparam("on"),
        marks.c.seen_by.is_not(None),
        marks.c.void.is_(False),
    )
    .distinct(),
    marks.c.student_id,
    OfChild,
)


@dataclass(frozen=True)
class AskedChild:
    """One child on the card of a day.

    `state`: open (nobody has said where the child is), answered (from this chat), settled (the
    teacher knows from somebody else), over (the child has been at school, or the matter ended).
    """

    question_id: int
    child: Child
    on: date
    total: int
    state: str
    answer: str = ""
    answered_at: datetime | None = None
    reply_id: int = 0
    detail: str = ""
    back_on: date | None = None
    is_seen: bool = False
    days: tuple[DayChoice, ...] = ()


@dataclass(frozen=True)
class AlertView:
    """The card: its children, and which of them has which page of keys open.

    `is_night`: the teacher reads it in the morning.
    """

    on: date
    children: tuple[AskedChild, ...]
    page: str = ""
    at: int = 0
    is_night: bool = False
    names: bool = False


async def alert_of(read: Reading, actor: Actor, question_ids: Sequence[int]) -> AlertView | None:
    """The card of these questions as it is now; None when no child of this chat is on it."""
    asked = [
        await asked_child(read, actor, question)
        for question in await questions_by_id(read, question_ids)
    ]
    found = tuple(one for one in asked if one is not None)
    if not found:
        return None
    return AlertView(max(one.on for one in found), found, names=len(found) > 1)


async def asked_child(read: Reading, actor: Actor, question: Question) -> AskedChild | None:
    """One child on a card; None when this chat may not hear of it."""
    found = await children_of(read, actor, [question.student_id], question.on)
    if not found:
        return None
    asked = AskedChild(
        question_id=question.id,
        child=found[0],
        on=question.on,
        total=await term_total(read, found[0], question.on),
        state=await _state(read, actor, question),
        is_seen=await seen_since(read, question),
    )
    is_mine = question.answer is not None and question.answered_by in actor.person_ids
    return await _with_answer(read, asked, question) if is_mine else asked


async def _state(read: Reading, actor: Actor, question: Question) -> str:
    if await _is_over(read, question):
        return "over"
    if question.answer is not None and question.answered_by in actor.person_ids:
        return "answered"
    return "settled" if question.answer in SETTLES else "open"


async def _with_answer(read: Reading, asked: AskedChild, question: Question) -> AskedChild:
    reply = await answer_to(read, question)
    detail = (reply.detail if reply else None) or ""
    return replace(
        asked,
        answer=question.answer or "",
        answered_at=question.answered_at,
        reply_id=reply.id if reply else 0,
        detail=detail,
        back_on=date.fromisoformat(detail) if detail[:1].isdigit() else None,
    )


async def _is_over(read: Reading, question: Question) -> bool:
    if await seen_since(read, question):
        return True
    case = await read.get(CASE, question.case_id)
    return case is not None and case.state is not CaseState.OPEN


async def seen_since(read: Reading, question: Question) -> bool:
    """Whether somebody has seen the child on the day that was asked about, or later."""
    return bool(await read.found(_SEEN, question.student_id, on=question.on))
