"""The second tap: on which day, with whom, at which school."""

from __future__ import annotations

from datetime import date

from telegram import Update

from handlers.context import Context
from handlers.dispatch import Handler, on_press
from handlers.guardian import sending
from handlers.guardian.acting import day_in, decide_for, show_card
from handlers.guardian.illness import show_illness
from rules.child.answers import ELSEWHERE
from rules.child.asking import (
    LEADER,
    TEACHER,
    UNKNOWN,
    choose_whom,
    leave_of,
    say_return_day,
    say_whether_at_school,
)
from rules.child.draft import Draft
from rules.model.attendance import Answer, Reply
from rules.refusals import NotYours, OldButton
from storage.facts.family import question_visible_to, reply_of
from templates.presses_guardian import ElsewherePress, TalkPress, UntilPress

ILL = frozenset({Answer.SICK, Answer.FAMILY, Answer.STILL_ILL})


async def _reply(context: Context, reply_id: int, kinds: frozenset[Answer]) -> tuple[Reply, int]:
    """The reply that the key belongs to, and its child."""
    reply = await reply_of(context.work, context.actor, reply_id)
    if reply.kind not in kinds:
        raise OldButton
    if reply.student_id is None:
        raise NotYours
    return reply, reply.student_id


async def _stands(context: Context, reply: Reply) -> bool:
    """Whether it is still the answer; another one may have been given since."""
    if reply.question_id is None:
        return True
    question = await question_visible_to(context.work, context.actor, reply.question_id)
    return question.answer == reply.kind.value


async def set_return_day(update: Update, context: Context) -> None:
    """哪天能来上学: a day, or not sure yet."""
    press = context.press(UntilPress)
    reply, student_id = await _reply(context, press.reply_id, ILL)
    back_on = None if press.on == UNKNOWN else day_in(press.on)
    if back_on is not None and back_on <= context.today:
        await context.toast("noted.day_over")
    elif await _stands(context, reply):
        await decide_for(context, student_id, lambda draft: _say_day(draft, reply, back_on))
        await context.toast("noted.kept")
    await _show(context, reply)


def _say_day(draft: Draft, reply: Reply, back_on: date | None) -> None:
    leave = leave_of(draft, reply)
    if leave is None:
        raise OldButton
    say_return_day(draft, reply, leave, back_on)


async def choose_person(update: Update, context: Context) -> None:
    """想和谁说: [班主任] [校领导]."""
    press = context.press(TalkPress)
    reply, student_id = await _reply(context, press.reply_id, frozenset({Answer.UNWILLING}))
    if press.who not in (TEACHER, LEADER):
        raise OldButton
    if await _stands(context, reply):
        await decide_for(context, student_id, lambda draft: choose_whom(draft, reply, press.who))
        await context.toast("noted.kept")
    await _show(context, reply)


async def say_school(update: Update, context: Context) -> None:
    """[在那边上学] [没有上学]."""
    press = context.press(ElsewherePress)
    reply, student_id = await _reply(context, press.reply_id, ELSEWHERE)
    attends = press.attends == "yes"
    if await _stands(context, reply):
        await decide_for(
            context,
            student_id,
            lambda draft: say_whether_at_school(draft, reply, attends=attends),
        )
        await context.toast("noted.kept")
    if attends:
        await sending.expect(context, "proof", student_id, reply.question_id)
    await _show(context, reply)


async def _show(context: Context, reply: Reply) -> None:
    if reply.question_id is None:
        await show_illness(context, reply.id)
    else:
        await show_card(context, reply.question_id)


HANDLERS: tuple[Handler, ...] = (
    on_press(set_return_day, UntilPress),
    on_press(choose_person, TalkPress),
    on_press(say_school, ElsewherePress),
)
