"""Whom own words are about: never guessed, asked back with a picker (rules.md 7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from handlers.context import Context
from handlers.guardian import sending
from handlers.guardian.acting import card_of, decide_for, earlier, is_night
from rules.child.draft import Draft
from rules.child.replies import accept_reply
from rules.givennames import given_name
from rules.model.attendance import Question, Reply
from storage import attachments
from storage.facts.family import (
    children_on,
    family_visible_to,
    latest_question,
    questions_by_id,
    questions_on_message,
    reply_of,
)
from storage.tables.attendance import replies
from storage.views.alert_card import AlertView, asked_child
from templates.render import variables

Meant = tuple[int, Question | None]
NO_CARD: Mapping[str, Any] = {
    "on": None,
    "children": (),
    "page": "",
    "at": 0,
    "names": False,
}


async def meant_child(context: Context, sort: str) -> Meant | None:
    """Whom it is about, where that needs no guess: what was just asked for, the one child of a
    message that is replied to, the family's only child.  None: a picker asks."""
    draft = await context.draft()
    if draft is not None and sending.is_meant(context, draft, sort):
        await sending.forget(context)
        return await _with_question(context, int(draft.body["student_id"]))
    replied = await _replied_to(context)
    if replied is not None:
        return replied
    mine = children_on(context.actor)
    if len(mine) != 1 or context.actor.is_staff:
        return None
    return await _with_question(context, mine[0])


async def _replied_to(context: Context) -> Meant | None:
    message = context.arrived.effective_message
    source = message.reply_to_message if message else None
    if source is None:
        return None
    ids = await questions_on_message(context.work, context.actor, source.message_id)
    found = await questions_by_id(context.work, ids)
    mine = {one.student_id: one for one in found if one.student_id in children_on(context.actor)}
    if len(mine) != 1:
        return None
    student_id, question = next(iter(mine.items()))
    return student_id, question


async def _with_question(context: Context, student_id: int) -> Meant:
    """The child, and its newest question unless that is over."""
    question = await latest_question(context.work, student_id)
    asked = await asked_child(context.work, context.actor, question) if question else None
    return student_id, (question if asked is not None and asked.state != "over" else None)


async def link_reply(
    context: Context, reply: Reply, student_id: int, question: Question | None
) -> Reply:
    """Say whom a kept reply is about; the teacher sees it from now on."""
    meant = replace(
        reply,
        student_id=student_id,
        question_id=question.id if question else None,
        case_id=question.case_id if question else None,
    )

    def accept(draft: Draft) -> None:
        accept_reply(draft, replace(meant, case_id=draft.case_id), earlier(context, question))

    stored = await decide_for(context, student_id, accept)
    kept = next(one for one in stored if isinstance(one, Reply) and one.id == reply.id)
    if kept.attachment_id is not None:
        await attachments.link(context.work, kept.attachment_id, student_id, kept.case_id)
    return kept


async def answer_kept(context: Context, reply: Reply, problem: str | None) -> None:
    """Thank, say who reads it and when, and ask what is still open."""
    if problem is not None:
        await context.say("file_problem", {"problem": context.words(problem)})
        if reply.body is None:
            return
    if not children_on(context.actor):
        await context.say("words_kept", _view(context, None))
    elif reply.student_id is None or reply.question_id is None:
        await context.say("which_child", await _picker(context, reply))
    else:
        await context.say("words_kept", await _thanks(context, reply.question_id))


async def _picker(context: Context, reply: Reply) -> Mapping[str, Any]:
    """The children by name; `is_told`: the only child is taken to be meant until they say no."""
    names = []
    for student_id in children_on(context.actor):
        student = await family_visible_to(context.work, context.actor, student_id)
        names.append((student_id, given_name(student.name)))
    return {
        "reply_id": reply.id,
        "names": tuple(names),
        "is_told": reply.student_id is not None,
        "is_night": is_night(context),
    }


async def _thanks(context: Context, question_id: int) -> Mapping[str, Any]:
    """Thanks; where nobody has said yet where the child is, with the keys of the question."""
    card = await card_of(context, [question_id])
    is_open = card is not None and any(one.state == "open" for one in card.children)
    return _view(context, card if is_open else None)


def _view(context: Context, card: AlertView | None) -> Mapping[str, Any]:
    shown = NO_CARD if card is None else variables(card)
    return {**shown, "is_night": is_night(context), "at_time": context.now}


async def choose_child(context: Context, reply_id: int, student_id: int) -> None:
    """A key of the picker: one of the children, or none of them (0)."""
    reply = await reply_of(context.work, context.actor, reply_id)
    if student_id == 0:
        await _unlink(context, reply)
        await context.show("which_none", {"at": context.now})
        return
    await family_visible_to(context.work, context.actor, student_id)
    meant = await _with_question(context, student_id)
    if reply.student_id != student_id:
        reply = await link_reply(context, reply, *meant)
    await context.toast("noted.kept")
    if reply.question_id is None:
        await context.show("words_kept", _view(context, None))
    else:
        await context.show("words_kept", await _thanks(context, reply.question_id))


async def _unlink(context: Context, reply: Reply) -> None:
    """It is about none of them; what was said stays on record."""
    about_nobody = replace(reply, student_id=None, question_id=None, case_id=None)
    await context.work.save(replies, about_nobody)
    if reply.attachment_id is not None:
        await attachments.link(context.work, reply.attachment_id, None, None)
