"""Opening the bot: `/start`, with a code or without."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from telegram import Update

from handlers.account import say_help
from handlers.consent import ask_who, offer_return
from handlers.context import Context
from handlers.dispatch import on_command
from handlers.invites import Opened, is_spent_here, open_code
from handlers.menus import Roles, look_again, roles_of, say_with_menu
from handlers.strangers import answer_useless, welcome_code
from rules.binding import bind_staff
from storage.views.posts import PostLine, posts_of


@dataclass(frozen=True)
class StaffWelcome:
    """Who has been linked, what they are, and when the first roll call comes."""

    name: str
    posts: tuple[PostLine, ...]
    roles: Roles
    ask_at: time
    due_at: time


async def start(update: Update, context: Context) -> None:
    """Somebody opens the bot."""
    if context.args:
        await _start_with_code(context, context.args[0])
    elif not context.actor.is_stranger:
        await say_help(context)
    elif not await offer_return(context):
        await answer_useless(context, "stranger")


async def _start_with_code(context: Context, code: str) -> None:
    if await is_spent_here(context, code) and await offer_return(context):
        return
    opened = await open_code(context, code)
    if opened is None:
        return
    await welcome_code(context)
    if opened.tie is not None:
        await ask_who(context, code, opened.tie)
    else:
        await _bind_staff(context, opened)


async def _bind_staff(context: Context, opened: Opened) -> None:
    """Staff are bound by the code alone (conversations.md)."""
    person = opened.party.person
    await context.carry_out(bind_staff(person, opened.invite, context.chat_id, context.now))
    await look_again(context)
    roll_call = context.policy.roll_call
    welcome = StaffWelcome(
        name=person.name,
        posts=await posts_of(context.work, person.id, context.today),
        roles=roles_of(context.actor),
        ask_at=roll_call.ask_at,
        due_at=roll_call.due_at,
    )
    await say_with_menu(context, "staff_welcome", welcome)


HANDLERS = (on_command(start, "start"),)
