"""What anybody may ask of the bot about itself and about themselves."""

from __future__ import annotations

from dataclasses import replace

from telegram import Update

from handlers import contactability
from handlers.children import book_of
from handlers.context import Context
from handlers.dispatch import Handler, on_command, on_menu, on_press
from handlers.menus import (
    GUARDIAN_KEYS,
    look_again,
    roles_of,
    say_with_menu,
    waits_for_teacher,
)
from rules.leaving import stop
from rules.model.people import GuardianState
from rules.parties import Party
from rules.refusals import OldButton
from storage.facts.binding import party_of, person_of
from storage.tables.people import people
from storage.views.binding import place_of
from storage.views.my_data import my_data
from templates.presses_binding import LanguagePress, StopPress
from templates.words import LANGUAGES


async def say_help(context: Context) -> None:
    """What there is to do here, with the keyboard."""
    await say_with_menu(context, "help", roles_of(context.actor))


async def get_help(update: Update, context: Context) -> None:
    """`/help`."""
    await say_help(context)


async def read_privacy(update: Update, context: Context) -> None:
    """`/privacy`: anybody may read it, linked or not."""
    await context.say("privacy", roles_of(context.actor))


async def choose_language(update: Update, context: Context) -> None:
    """`/language`."""
    await context.say("language_ask", {})


async def set_language(update: Update, context: Context) -> None:
    """[中文] [English]: for everybody on this chat."""
    language = context.press(LanguagePress).language
    if language not in LANGUAGES:
        raise OldButton
    for person_id in context.actor.person_ids:
        person = await person_of(context.work, person_id)
        await context.work.save(people, replace(person, language=language))
    context.actor = replace(context.actor, language=language)
    await context.show("language_changed", {})
    if not context.actor.is_stranger:
        await look_again(context)
        await say_help(context)


async def leave_flow(update: Update, context: Context) -> None:
    """`/cancel` leaves any flow."""
    await context.say("cancelled", {"had_draft": await context.forget()})


async def read_my_data(update: Update, context: Context) -> None:
    """`/mydata`: own data and no one else's, a message for each person on the chat."""
    for person_id in context.actor.person_ids or (context.actor_id,):
        await context.say("my_data", await my_data(context.work, person_id))


async def ask_stop(update: Update, context: Context) -> None:
    """`/stop`: one question, so that a slip of the finger stops nothing."""
    if context.actor.is_guardian:
        await context.say("stop_ask", {})
    else:
        await context.say("stop_not_yours", roles_of(context.actor))


async def stop_or_not(update: Update, context: Context) -> None:
    """[确定] [点错了]."""
    if not context.press(StopPress).sure:
        await context.show("stop_kept", {})
        return
    stopped = [party for party in await _parties(context) if await _stop(context, party)]
    if not stopped:
        raise OldButton
    await context.show("stop_done", {"at": context.now})
    await look_again(context)
    await say_with_menu(context, "stopped", {})


async def _parties(context: Context) -> list[Party]:
    book = book_of(context)
    ids = context.actor.person_ids
    return [await party_of(context.work, one, book, context.today) for one in ids]


async def _stop(context: Context, party: Party) -> bool:
    """One person leaves; what was asked and is still open becomes a call at once."""
    decision = stop(party, context.now)
    if decision is None:
        return False
    await context.carry_out(decision)
    await contactability.lost(context.work, party.person.id, "stopped")
    if party.has_posts:  # the chat itself stays open, for the work
        await contactability.found_again(context.work, party.person.id)
    return True


async def ask_for_patience(update: Update, context: Context) -> None:
    """A guardian's key, tapped before the teacher has confirmed them: no child data yet."""
    for party in await _parties(context):
        for tie in party.in_state(GuardianState.CLAIMED):
            place = await place_of(context.work, tie.school_class.id)
            await context.say("waits_for_teacher", {"place": place})
            return


_WAITING: tuple[Handler, ...] = tuple(
    on_menu(ask_for_patience, name, by=waits_for_teacher) for row in GUARDIAN_KEYS for name in row
)

HANDLERS: tuple[Handler, ...] = (
    on_command(get_help, "help"),
    on_command(read_privacy, "privacy"),
    on_command(choose_language, "language"),
    on_command(leave_flow, "cancel"),
    on_command(read_my_data, "mydata"),
    on_command(ask_stop, "stop"),
    on_press(set_language, LanguagePress),
    on_press(stop_or_not, StopPress),
    *_WAITING,
)
