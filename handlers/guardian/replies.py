"""Guardians answering the day's question, and the messages around it."""

from __future__ import annotations

from telegram import Update

from handlers.context import Context
from handlers.dispatch import Handler, on_press
from handlers.guardian import sending
from handlers.guardian.acting import decide_for, earlier, said, show_card
from rules.child.answers import ELSEWHERE
from rules.child.replies import accept_reply
from rules.model.attendance import Answer, Question
from rules.refusals import OldButton
from storage.facts.family import answer_to, question_visible_to
from templates.presses_guardian import AlertPress, ReplyPress

#: The answers that stand on the card; 发错人了 asks first.
ON_CARD = frozenset(
    {
        Answer.SICK,
        Answer.FAMILY,
        Answer.ON_THE_WAY,
        Answer.LEFT_HOME,
        Answer.CALL_ME,
        Answer.UNWILLING,
        Answer.TRANSFERRED,
        Answer.ELSEWHERE,
        Answer.DONT_KNOW,
    }
)
PAGES = {"first": "first", "other": "other", "wrong": "wrong", "card": ""}


async def answer_question(update: Update, context: Context) -> None:
    """A guardian taps an answer: it is kept at this first tap, and stands until another one."""
    press = context.press(ReplyPress)
    if press.answer not in ON_CARD:
        raise OldButton
    kind = Answer(press.answer)
    question = await question_visible_to(context.work, context.actor, press.question_id)
    if not await _stands_already(context, question, kind):
        await _keep(context, question, kind)
    await context.toast("noted.kept")
    await show_card(context, question.id)


async def _keep(context: Context, question: Question, kind: Answer) -> None:
    reply = said(context, kind, question.student_id, question)
    await decide_for(
        context,
        question.student_id,
        lambda draft: accept_reply(draft, reply, earlier(context, question)),
    )
    if kind in ELSEWHERE:
        await sending.expect(context, "where", question.student_id, question.id)
    elif kind is Answer.SICK:
        await sending.expect(context, "proof", question.student_id, question.id)


async def _stands_already(context: Context, question: Question, kind: Answer) -> bool:
    """Whether this is the second of two quick taps; a call may be asked for again."""
    is_same = question.answer == kind.value and question.answered_by in context.actor.person_ids
    if kind is Answer.CALL_ME or not is_same:
        return False
    reply = await answer_to(context.work, question)
    return reply is not None and reply.detail is None


async def turn_page(update: Update, context: Context) -> None:
    """[其他情况], [返回], [改一下], [发错人了]: other keys on the same message."""
    press = context.press(AlertPress)
    if press.page not in PAGES:
        raise OldButton
    question = await question_visible_to(context.work, context.actor, press.question_id)
    await show_card(context, question.id, PAGES[press.page])


HANDLERS: tuple[Handler, ...] = (
    on_press(answer_question, ReplyPress),
    on_press(turn_page, AlertPress),
)
