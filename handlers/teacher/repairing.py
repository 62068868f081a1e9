"""A family's new phone number or address: the class teacher checks and confirms it (P3, D7)."""

from __future__ import annotations

from telegram import Update

from handlers.context import Context
from handlers.dispatch import on_press
from handlers.staff.cards import Seen, decide, own_open
from handlers.staff.status import draft_for
from rules.child.asking import ContactChange, confirm_contact, refuse_contact
from rules.refusals import NotYours, OldButton
from storage.access_log import note_look
from storage.facts.child import guardians_of
from storage.lookups import phone_hash
from templates.presses_repair import RepairPress

KIND = "contact_repair"
#: A pop-up holds at most 200 characters.
POP_UP = 180


async def act_on_repair(update: Update, context: Context) -> None:
    """A key under the change that a family asked for."""
    press = context.press(RepairPress)
    seen = await own_open(context, press.task_id, KIND)
    if seen is None:
        return
    change = ContactChange.read(seen.task.note)
    if change is None or seen.task.student_id is None:
        raise OldButton
    if press.act == "look":
        await note_look(context.work, context.actor_id, seen.task.student_id, change.field)
        await context.pop_up("repair.value", value=change.value[:POP_UP])
    elif press.act in ("confirm", "refuse"):
        await _decide(context, seen, change, is_right=press.act == "confirm")
    else:
        raise OldButton


async def _decide(context: Context, seen: Seen, change: ContactChange, *, is_right: bool) -> None:
    draft = await draft_for(context, seen)
    if not is_right:
        refuse_contact(draft, seen.task, change)
        await decide(context, seen.task.id, draft.decision(), "repair.refused")
        return
    family = await guardians_of(context.work, draft.child_id)
    person = next((one.person for one in family if one.person.id == change.person_id), None)
    if person is None:
        raise NotYours
    mark = phone_hash(context.work.vault, change.value)
    confirm_contact(draft, seen.task, change, person, mark)
    await decide(context, seen.task.id, draft.decision(), "repair.confirmed")


HANDLERS = (on_press(act_on_repair, RepairPress),)
