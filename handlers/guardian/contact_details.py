"""`/contact`: a new phone number or address, which the class teacher confirms (plan 二(二)1)."""

from __future__ import annotations

from dataclasses import replace

from telegram import Update
from telegram.ext import filters

from handlers.context import Context
from handlers.dispatch import Handler, in_flow, on_command, on_press
from handlers.guardian.acting import decide_for, is_family, said
from rules.child.asking import ContactChange, repair_contact
from rules.child.draft import Draft
from rules.identity import Flaw, fold, read_phone
from rules.model.attendance import Answer, Reply
from rules.refusals import NotYours, OldButton
from storage.facts.family import children_on
from templates.presses_guardian import MyContactPress

FLOW = "contact_details"
FIELDS = ("phone", "address")
SHORTEST, LONGEST = 4, 200


async def begin(update: Update, context: Context) -> None:
    """`/contact`."""
    await context.say("contact_ask", {"field": "", "is_wrong": False})


async def choose_field(update: Update, context: Context) -> None:
    """[手机号] [住址]."""
    press = context.press(MyContactPress)
    if press.field == "drop":
        await context.forget()
        await context.show("contact_dropped", {})
        return
    if press.field not in FIELDS:
        raise OldButton
    await context.keep(FLOW, press.field, {})
    await context.show("contact_ask", {"field": press.field, "is_wrong": False})


async def take_value(update: Update, context: Context) -> None:
    """What was typed; kept as it is, and put before the teacher."""
    draft = await context.draft()
    field = draft.step if draft else ""
    value = _read(field, context.text)
    if value is None:
        await context.say("contact_ask", {"field": field, "is_wrong": True})
        return
    await context.forget()
    for student_id in _concerned(context, field):
        await _propose(context, student_id, ContactChange(field, context.actor_id, value))
    await context.say("contact_sent", {"field": field, "at": context.now})


def _read(field: str, text: str) -> str | None:
    """A phone number in bare digits, an address as written; None when it cannot be one."""
    if field == "phone":
        number = read_phone(text)
        return None if isinstance(number, Flaw) else number
    address = " ".join(fold(text).split())
    return address if SHORTEST <= len(address) <= LONGEST else None


def _concerned(context: Context, field: str) -> tuple[int, ...]:
    """A number belongs to the person: one teacher confirms it; an address to every child."""
    mine = children_on(context.actor)
    if not mine:
        raise NotYours
    return mine[:1] if field == "phone" else mine


async def _propose(context: Context, student_id: int, change: ContactChange) -> None:
    reply = replace(said(context, Answer.TEXT, student_id), body=change.value, detail=change.field)
    change = replace(change, person_id=reply.person_id)
    await decide_for(context, student_id, lambda draft: _decide(draft, reply, change))


def _decide(draft: Draft, reply: Reply, change: ContactChange) -> None:
    """The typed value is kept as a reply that answers no question."""
    draft.put(replace(reply, id=draft.new_id()))
    draft.note("contact_change_asked", {"field": change.field})
    repair_contact(draft, change)


HANDLERS: tuple[Handler, ...] = (
    on_command(begin, "contact", by=is_family),
    on_press(choose_field, MyContactPress, by=is_family),
    in_flow(take_value, FLOW, accepts=filters.TEXT & ~filters.COMMAND, by=is_family),
)
