"""A child's card: late arrival, leave, numbers as pop-ups (rules.md 2, privacy D2)."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select
from telegram import Update

from handlers.children import act_on, book_of, child_of
from handlers.context import Context
from handlers.dispatch import on_press
from handlers.files import open_files
from handlers.ladder.steps import steps_for
from handlers.teacher.contact import ask_how_it_went
from handlers.teacher.correcting import ask_which_day
from rules.child import leaves
from rules.child.rollcall import see_child
from rules.model.school import Student
from rules.refusals import AlreadyDone
from storage.access import leave_visible_to
from storage.access_log import note_look
from storage.facts.child import draft_about, guardians_of
from storage.facts.closings import may_close
from storage.naming import child_name
from storage.tables.people import people
from storage.views.child_card import child_card
from templates.presses_teacher import ChildPress, LeavePress

#: A pop-up holds at most 200 characters.
POP_UP = 200


async def open_child(update: Update, context: Context) -> None:
    """[处理]: the child's card, beside the card it was pressed on."""
    student = await _child(context)
    view = await child_card(context.work, student, context.today)
    await context.say("child_card", view)


async def show_more(update: Update, context: Context) -> None:
    """[更多]: what is rarely needed."""
    student = await _child(context)
    steps = await steps_for(context, student.id)
    draft = await draft_about(context.work, student.id, book_of(context))
    view = await child_card(context.work, student, context.today, is_more=True, steps=steps)
    is_theirs = may_close(context.actor, draft)
    await context.show("child_card", replace(view, may_close=is_theirs))


async def arrive(update: Update, context: Context) -> None:
    """[已到校]."""
    press = context.press(ChildPress)
    student = await act_on(context, press.student_id, lambda draft: see_child(draft, is_late=True))
    await context.toast("roll.arrived", name=child_name(context.work, student))
    await context.show("child_card", await child_card(context.work, student, context.today))


async def start_contact(update: Update, context: Context) -> None:
    """[记录联系] [记录劝返]."""
    await ask_how_it_went(context, await _child(context, with_townships=True))


async def start_correction(update: Update, context: Context) -> None:
    """[更正出勤]."""
    await ask_which_day(context, await _child(context))


async def show_number(update: Update, context: Context) -> None:
    """[显示号码]: a pop-up that does not stay in the chat; each look is logged."""
    student = await _child(context, with_townships=True)
    await note_look(context.work, context.actor_id, student.id, "phone")
    known = [
        context.words("contact.number", who=g.person.name, number=g.person.phone)
        for g in await guardians_of(context.work, student.id)
        if g.person.phone
    ]
    if known:
        await context.pop_up("contact.numbers", lines="\n".join(known)[:POP_UP])
    else:
        await context.pop_up("contact.no_number")


async def show_address(update: Update, context: Context) -> None:
    """[显示地址]."""
    student = await _child(context, with_townships=True)
    await note_look(context.work, context.actor_id, student.id, "address")
    if student.address:
        await context.pop_up("contact.address", address=student.address[:POP_UP])
    else:
        await context.pop_up("contact.no_address")


async def show_files(update: Update, context: Context) -> None:
    """[打开附件]: photos, voice and files about the child, as they were stored."""
    student = await _child(context)
    if not await open_files(context, student.id, child_name(context.work, student)):
        await context.toast("contact.no_files")


async def decide_leave(update: Update, context: Context) -> None:
    """[准假] [先核实]."""
    press = context.press(LeavePress)
    leave = await leave_visible_to(context.work, context.actor, press.leave_id, context.today)
    if leave.decided_by is not None and leave.decided_at is not None:
        at = f"{context.calendar.local(leave.decided_at):%H:%M}"
        raise AlreadyDone(await name_of(context, leave.decided_by), at)
    granted = press.act == "grant"
    await act_on(
        context, leave.student_id, lambda draft: leaves.decide(draft, leave, granted=granted)
    )
    await context.toast("leave.granted" if granted else "leave.verify")


async def name_of(context: Context, person_id: int) -> str:
    """A colleague's name."""
    found = await context.work.scalar(select(people.c.name).where(people.c.id == person_id))
    return str(found or "")


async def _child(context: Context, *, with_townships: bool = False) -> Student:
    student_id = context.press(ChildPress).student_id
    return await child_of(context, student_id, with_townships=with_townships)


_ACTS = {
    "open": open_child,
    "more": show_more,
    "arrived": arrive,
    "contact": start_contact,
    "correct": start_correction,
    "phone": show_number,
    "address": show_address,
    "files": show_files,
}


async def act_on_child(update: Update, context: Context) -> None:
    """A key of the child's card."""
    await _ACTS[context.press(ChildPress).act](update, context)


HANDLERS = (
    on_press(act_on_child, ChildPress),
    on_press(decide_leave, LeavePress),
)
