"""What families write, say and photograph in their own words: kept first, understood by a human.

The reply is stored before anything is asked back; nothing is guessed.
"""

from __future__ import annotations

import asyncio

from telegram import Update

from handlers.context import Context, Enclosure
from handlers.dispatch import (
    Handler,
    in_flow,
    on_anything,
    on_document,
    on_photo,
    on_press,
    on_text,
    on_voice,
)
from handlers.guardian import sending
from handlers.guardian.acting import is_family, is_family_only
from handlers.guardian.whom import answer_kept, choose_child, link_reply, meant_child
from papers.attachments import check_attachment
from papers.refusals import PaperRefused
from rules.decision import Entry
from rules.model.attendance import Answer, Reply
from storage import attachments
from storage.attachments import Parcel
from storage.tables.attendance import replies
from templates.presses_guardian import WhichPress

SORTS = {"photo": Answer.PHOTO, "voice": Answer.VOICE, "document": Answer.DOCUMENT}
#: What a flow may have asked for: words, or a picture of a paper.
SORT_OF = {Answer.TEXT: "text", Answer.VOICE: "text"}
#: Longer than Telegram lets anybody write.
LONGEST = 5000


async def keep_words(update: Update, context: Context) -> None:
    """Text (also a changed or forwarded one), voice, photo or file, at any time."""
    if context.enclosure is None and not context.text.strip():
        await context.say("say_more", {})
        return
    reply, problem = await _keep(context)
    meant = await meant_child(context, SORT_OF.get(reply.kind, "file"))
    if meant is not None:
        reply = await link_reply(context, reply, *meant)
    await answer_kept(context, reply, problem)


async def _keep(context: Context) -> tuple[Reply, str | None]:
    """Store it; what could not be stored of it is named by a phrase."""
    attachment_id, problem = None, None
    if context.enclosure is not None:
        attachment_id, problem = await _keep_file(context, context.enclosure)
    sort = context.enclosure.sort if context.enclosure else ""
    reply = Reply(
        id=0,
        student_id=None,
        person_id=context.actor_id,
        question_id=None,
        case_id=None,
        kind=SORTS.get(sort, Answer.TEXT),
        at=context.now,
        body=context.text.strip()[:LONGEST] or None,
        attachment_id=attachment_id,
        detail=_remark(context, problem),
    )
    kept = await context.work.save(replies, reply)
    public = {"answer": kept.kind.value, "by": kept.person_id}
    context.work.journal(Entry("reply_kept", f"person:{kept.person_id}", kept.person_id, public))
    return kept, problem


def _remark(context: Context, problem: str | None) -> str | None:
    """How it came: changed afterwards, passed on from somebody else, or without its file."""
    message = context.arrived.effective_message
    if problem is not None:
        return "not_received"
    if context.is_edited:
        return "edited"
    return "forwarded" if message is not None and message.forward_origin is not None else None


async def _keep_file(context: Context, file: Enclosure) -> tuple[int | None, str | None]:
    if file.content is None:
        return None, file.problem
    try:
        checked = await asyncio.to_thread(check_attachment, file.content)
    except PaperRefused:
        return None, "noted.file_refused"
    parcel = Parcel(checked.content, checked.sha256, checked.mime, file.name)
    stored = await attachments.keep(context.work, parcel, context.actor_id)
    return stored.id, None


async def be_kind(update: Update, context: Context) -> None:
    """Stickers, places, unknown commands: what to send instead."""
    await context.say("say_more", {})


async def keep_in_flow(update: Update, context: Context) -> None:
    """The words or the photo that a key has just asked for."""
    await keep_words(update, context)


async def say_whom(update: Update, context: Context) -> None:
    """The picker: whom it is about."""
    press = context.press(WhichPress)
    await choose_child(context, press.reply_id, press.student_id)


HANDLERS: tuple[Handler, ...] = (
    on_press(say_whom, WhichPress),
    in_flow(keep_in_flow, sending.FLOW, by=is_family),
    on_text(keep_words, by=is_family),
    on_voice(keep_words, by=is_family),
    on_photo(keep_words, by=is_family),
    on_document(keep_words, by=is_family_only),
    on_anything(be_kind, by=is_family_only),
)
