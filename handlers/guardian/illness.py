"""孩子今天好些了吗: the question of a running illness."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from telegram import Update

from handlers.context import Context
from handlers.dispatch import Handler, on_press
from handlers.guardian.acting import day_in, decide_for, is_night, said
from rules.child.day_choices import DayChoice, return_days
from rules.child.draft import Draft
from rules.child.leaves import set_return_day
from rules.child.replies import accept_reply
from rules.model.attendance import Answer, Leave, Reply
from rules.refusals import NotYours, OldButton
from storage.facts.family import Child, children_of, leave_visible_to, reply_of
from templates.presses_guardian import IllPress

ANSWERS = frozenset({Answer.COMES_TODAY, Answer.STILL_ILL, Answer.CALL_ME})


@dataclass(frozen=True)
class IllnessView:
    """What was said, and the days that may be chosen."""

    child: Child
    answer: str
    at: datetime
    reply_id: int
    detail: str
    back_on: date | None
    days: tuple[DayChoice, ...]
    is_night: bool


async def answer_illness(update: Update, context: Context) -> None:
    """[今天能来] [还没好] [请老师打电话], on the day that they were asked."""
    press = context.press(IllPress)
    leave = await leave_visible_to(context.work, context.actor, press.leave_id)
    if press.answer not in ANSWERS or day_in(press.on) != context.today:
        raise OldButton
    reply = said(context, Answer(press.answer), leave.student_id)
    stored = await decide_for(
        context, leave.student_id, lambda draft: _accept(draft, reply, leave)
    )
    await context.toast("noted.kept")
    await show_illness(context, next(one.id for one in stored if isinstance(one, Reply)))


def _accept(draft: Draft, reply: Reply, leave: Leave) -> None:
    accept_reply(draft, reply)
    current = next((one for one in draft.facts.leaves if one.id == leave.id), None)
    if reply.kind is Answer.COMES_TODAY and current is not None:
        set_return_day(draft, current, draft.facts.today)


async def show_illness(context: Context, reply_id: int) -> None:
    """The message says what was noted, and asks for the day where it belongs to it."""
    reply = await reply_of(context.work, context.actor, reply_id)
    ids = [reply.student_id] if reply.student_id is not None else []
    found = await children_of(context.work, context.actor, ids, context.today)
    if not found:
        raise NotYours
    calendar = context.calendar.school(found[0].school_id, found[0].grade)
    detail = reply.detail or ""
    view = IllnessView(
        child=found[0],
        answer=reply.kind.value,
        at=reply.at,
        reply_id=reply.id,
        detail=detail,
        back_on=date.fromisoformat(detail) if detail[:1].isdigit() else None,
        days=return_days(calendar, context.today, context.today),
        is_night=is_night(context),
    )
    await context.show("ill_noted", view)


HANDLERS: tuple[Handler, ...] = (on_press(answer_illness, IllPress),)
