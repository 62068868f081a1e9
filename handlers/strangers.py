"""People whom we do not know, and codes that are no good."""

from __future__ import annotations

from telegram import Update

from handlers.context import Context
from handlers.dispatch import on_anything
from rules.codes import count_useless, count_wrong_code, forgive
from storage.actors import Actor
from storage.facts.binding import keep_stranger, stranger_on


async def meet_stranger(update: Update, context: Context) -> None:
    """Somebody unknown writes whatever: one neutral text; after five of them silence."""
    await answer_useless(context, "stranger")


async def answer_useless(context: Context, kind: str) -> None:
    """Say it as long as this chat is still heard, and count."""
    stranger = await stranger_on(context.work, context.chat_id)
    if stranger.is_heard(context.policy):
        await keep_stranger(context.work, count_useless(stranger))
        await context.say(kind, {})


async def may_try_code(context: Context) -> bool:
    """Whether this chat may try another code today; if not, it is told."""
    stranger = await stranger_on(context.work, context.chat_id)
    if stranger.may_try(context.today, context.policy):
        return True
    await answer_useless(context, "code_limit")
    return False


async def refuse_code(context: Context) -> None:
    """A wrong code, whatever is wrong with it."""
    stranger = await stranger_on(context.work, context.chat_id)
    await keep_stranger(context.work, count_wrong_code(stranger, context.today))
    await context.say("code_wrong", {})


async def welcome_code(context: Context) -> None:
    """A good code: the chat is heard again."""
    stranger = await stranger_on(context.work, context.chat_id)
    if stranger.id:
        await keep_stranger(context.work, forgive(stranger))


def is_unknown(actor: Actor) -> bool:
    """Nobody known speaks from this chat."""
    return actor.is_stranger


HANDLERS = (on_anything(meet_stranger, by=is_unknown),)
