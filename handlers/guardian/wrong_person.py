"""发错人了: this chat belongs to somebody else (privacy D14)."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select
from telegram import Update

from handlers.context import Context, content_of
from handlers.dispatch import Handler, on_press
from handlers.guardian.acting import decide_about, earlier, said, show_card
from handlers.menus import look_again, say_with_menu
from rules.child.replies import accept_reply
from rules.messages.catalogue import audience_of, by_kind
from rules.model.attendance import Answer, Question
from rules.model.people import Guardianship, Person
from rules.model.school import Student
from rules.quiet import Audience
from rules.refusals import NotYours
from storage import outgoing
from storage.facts.family import links_on, messages_shown, question_visible_to
from storage.tables.people import people
from storage.tables.school import students
from templates.presses_guardian import WrongPersonPress


async def decide_wrong_person(update: Update, context: Context) -> None:
    """[确定] unbinds at once, whatever child it was about; [点错了] changes nothing."""
    press = context.press(WrongPersonPress)
    question = await question_visible_to(context.work, context.actor, press.question_id)
    if press.sure != "yes":
        await show_card(context, question.id)
        return
    await unbind_chat(context, question)


async def unbind_chat(context: Context, question: Question | None = None) -> None:
    """Everything that leads from this chat to a child ends; `question` was the one asked about."""
    for link in await links_on(context.work, context.actor):
        await _unbind(context, link, question)
    await _neutralise(context)
    await _release_chat(context)
    await look_again(context)
    await context.show("wrong_person_done", {"at": context.now})
    await say_with_menu(context, "wrong_person_bye", {})


async def _unbind(context: Context, link: Guardianship, question: Question | None) -> None:
    query = select(students).where(students.c.id == link.student_id)
    student = await context.work.one(query, Student)
    if student is None:
        raise NotYours
    asked = question if question and student.id == question.student_id else None
    reply = said(context, Answer.WRONG_PERSON, student.id, asked)
    reply = replace(reply, person_id=link.person_id)
    about = earlier(context, asked)
    await decide_about(context, student, lambda draft: accept_reply(draft, reply, about))


async def _release_chat(context: Context) -> None:
    """The chat goes; a colleague's chat stays for the work."""
    staff = {post.person_id for post in context.actor.posts}
    query = select(people).where(people.c.id.in_(context.actor.person_ids))
    for person in await context.work.all(query, Person):
        if person.id not in staff:
            await context.work.save(people, replace(person, chat_id=None, bound_at=None))


async def _neutralise(context: Context) -> None:
    """Earlier messages about the children become a neutral line."""
    kinds = {kind for kind in by_kind() if audience_of(kind) is Audience.GUARDIANS}
    if not context.actor.is_staff:
        kinds.add(outgoing.SCREEN)
    content = {**content_of(context.rendered("taken_back", {})), "language": context.language}
    for message_id in await messages_shown(context.work, context.actor, kinds):
        if message_id != context.message_id:
            key = f"neutral:{context.arrived.update_id}:{message_id}"
            await outgoing.answer(context.work, key, context.chat_id, content, edits=message_id)


HANDLERS: tuple[Handler, ...] = (on_press(decide_wrong_person, WrongPersonPress),)
