"""[停用旧手机]: a lost phone is unlinked, and the person gets a new code."""

from __future__ import annotations

from dataclasses import dataclass

from telegram import Update

from handlers.context import Context
from handlers.dispatch import on_press
from handlers.menus import commands_of
from handlers.staff.staffing import led_schools, paged
from rules.model.people import Person
from rules.refusals import OldButton
from storage import outgoing, staffing
from storage.actors import actor_of
from storage.facts.away import people_below
from storage.inviting import Guest, issue
from storage.meta import BOT_NAME, recall
from templates.presses_staffing import PhonePress


@dataclass(frozen=True)
class PhoneView:
    """Whose phone; after it is done the new code, with a link where the bot's name is known."""

    step: str
    person: Person | None = None
    rows: tuple[tuple[Person, ...], ...] = ()
    page: int = 0
    pages: int = 1
    code: str = ""
    link: str = ""
    days: int = 0


async def take_phone_step(update: Update, context: Context) -> None:
    """Who, whether it is meant, and the new code."""
    press = context.press(PhonePress)
    await led_schools(context)
    found = await people_below(context.work, context.actor, context.today)
    if press.step == "list":
        await context.show("old_phone", PhoneView("list", **paged(found, press.number)))
        return
    person = next((one for one in found if one.id == press.number), None)
    if person is None or press.step not in ("ask", "do"):
        raise OldButton
    if press.step == "ask":
        await context.show("old_phone", PhoneView("ask", person))
    else:
        await _stop(context, person)


async def _stop(context: Context, person: Person) -> None:
    chat_id = person.chat_id
    await staffing.unbind(context.work, person, by=context.actor_id)
    if chat_id is not None:
        rest = await actor_of(context.work, chat_id, context.today, person.language)
        key = f"commands:unbound:{context.arrived.update_id}"
        await outgoing.register(context.work, key, chat_id, commands_of(rest))
    guest = Guest(person.id, person.name, "")
    (code,) = await issue(context.work, [guest], context.policy)
    bot = await recall(context.work, BOT_NAME)
    link = f"https://t.me/{bot}?start={code}" if bot else ""
    days = context.policy.binding.code_valid_days
    await context.toast("staffing.phone_stopped")
    view = PhoneView("do", person, code=code, link=link, days=days)
    await context.show("old_phone", view)


HANDLERS = (on_press(take_phone_step, PhonePress),)
