"""The class teacher's one sentence for the Friday total (rules.md 7)."""

from __future__ import annotations

from datetime import date

from telegram import Update

from handlers.context import Context
from handlers.dispatch import in_flow, on_press
from rules.families import keep_sentence
from rules.model.school import WeekSentence
from rules.refusals import NotYours, OldButton
from storage.access import classes_of
from storage.facts.week import sentence_of
from storage.views.week import sentence_view
from templates.presses_week import SentencePress

FLOW = "week_sentence"
#: The ready ones: names of phrases, `sentence`.
READY = ("call_me", "catch_up", "well_done")
OWN = "own"


async def choose(update: Update, context: Context) -> None:
    """A ready sentence, or [自己写]."""
    press = context.press(SentencePress)
    if press.on != context.today.isoformat():
        raise OldButton
    await _require_class(context, press.class_id)
    if press.what == OWN:
        await context.keep(FLOW, "words", {"class": press.class_id, "on": press.on})
        await context.say("sentence_ask", {"class_id": press.class_id})
    elif press.what in READY:
        await _keep(context, press.class_id, context.words(f"sentence.{press.what}"))
    else:
        raise OldButton


async def take_words(update: Update, context: Context) -> None:
    """The teacher's own sentence."""
    draft = await context.draft()
    if draft is None or draft.body.get("on") != context.today.isoformat():
        raise OldButton
    class_id = int(draft.body["class"])
    await _require_class(context, class_id)
    await _keep(context, class_id, context.text)
    await context.forget()


async def _require_class(context: Context, class_id: int) -> None:
    if class_id not in await classes_of(context.work, context.actor, context.today):
        raise NotYours


async def _keep(context: Context, class_id: int, text: str) -> None:
    on: date = context.today
    known = await sentence_of(context.work, class_id, on)
    new = WeekSentence(0, class_id, on, text, context.actor_id, context.now)
    await context.carry_out(keep_sentence(known, new))
    await context.toast("sentence.kept")
    await context.show("sentence_asked", await sentence_view(context.work, class_id, on))


HANDLERS = (
    on_press(choose, SentencePress),
    in_flow(take_words, FLOW),
)
