"""[收到]: the message of the term's drill has arrived (P3)."""

from __future__ import annotations

from dataclasses import replace

from telegram import Update

from handlers.context import Context
from handlers.dispatch import on_press
from rules.decision import Decision, Entry
from rules.refusals import OldButton
from storage.drills import drill_of
from storage.views.drills import drill_view
from templates.presses_drills import DrillPress

KINDS = {"family": "family_drill", "staff": "staff_drill"}


async def receive(update: Update, context: Context) -> None:
    """The tap is the proof of reach; a second one changes nothing."""
    press = context.press(DrillPress)
    drill = await drill_of(context.work, press.drill_id, context.actor.person_ids)
    if drill is None or press.whom not in KINDS:
        raise OldButton
    if drill.answered_at is None:
        drill = replace(drill, answered_at=context.now)
        entry = Entry("drill_received", f"person:{drill.person_id}", drill.person_id)
        await context.carry_out(Decision((drill,), entries=(entry,)))
    await context.toast("drill.thanks")
    await context.show(KINDS[press.whom], await drill_view(context.work, drill))


HANDLERS = (on_press(receive, DrillPress),)
