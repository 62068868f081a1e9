"""The question of the term: [收到] [要改] [发错人了] (P3, privacy D14)."""

from __future__ import annotations

from dataclasses import replace

from telegram import Update

from handlers.context import Context
from handlers.dispatch import on_press
from handlers.guardian.acting import is_family
from handlers.guardian.contact_details import begin
from handlers.guardian.wrong_person import unbind_chat
from rules.decision import Decision, Entry
from rules.model.drill import Drill
from rules.refusals import OldButton
from storage.drills import drill_of
from storage.views.drills import drill_view
from templates.presses_drills import DrillElsePress, DrillPress

KINDS = {"family": "family_drill", "staff": "staff_drill"}
FAMILY = KINDS["family"]


async def receive(update: Update, context: Context) -> None:
    """The tap is the proof of reach; a second one changes nothing."""
    press = context.press(DrillPress)
    if press.whom not in KINDS:
        raise OldButton
    drill = await _received(context, await _own(context, press.drill_id))
    await context.toast("drill.thanks")
    await context.show(KINDS[press.whom], await drill_view(context.work, drill))


async def answer_else(update: Update, context: Context) -> None:
    """[要改] leads to `/contact`; [发错人了] unbinds at once, after one more tap."""
    press = context.press(DrillElsePress)
    drill = await _own(context, press.drill_id)
    view = await drill_view(context.work, drill)
    if press.act == "change":
        drill = await _received(context, drill)
        await context.show(FAMILY, await drill_view(context.work, drill))
        await begin(update, context)
    elif press.act == "sure":
        await unbind_chat(context)
    elif press.act in ("wrong", "slip"):
        await context.show(FAMILY, replace(view, is_wrong=press.act == "wrong"))
    else:
        raise OldButton


async def _own(context: Context, drill_id: int) -> Drill:
    drill = await drill_of(context.work, drill_id, context.actor.person_ids)
    if drill is None:
        raise OldButton
    return drill


async def _received(context: Context, drill: Drill) -> Drill:
    if drill.answered_at is not None:
        return drill
    drill = replace(drill, answered_at=context.now)
    entry = Entry("drill_received", f"person:{drill.person_id}", drill.person_id)
    await context.carry_out(Decision((drill,), entries=(entry,)))
    return drill


HANDLERS = (
    on_press(receive, DrillPress),
    on_press(answer_else, DrillElsePress, by=is_family),
)
