"""The bulk guard's question: are so many children really missing?"""

from __future__ import annotations

from datetime import timedelta

from telegram import Update

from handlers.children import book_of
from handlers.context import Context
from handlers.dispatch import on_press
from rules.bulk import give_back, let_go
from rules.decision import Decision, Entry
from rules.messages.staff import DayCard
from rules.model.attendance import RollCall, Session
from rules.model.people import Role
from rules.refusals import NotAllowed, OldButton
from rules.tasks import open_task
from storage.access import roll_call_visible_to
from storage.facts.duties import duties_of_class
from storage.views.day_card import day_card_of
from templates.presses_staff import BulkPress

LOOKS = (Role.LEADER, Role.HEAD, Role.SECTION, Role.BUREAU_LEADER)


async def act_on_bulk(update: Update, context: Context) -> None:
    """[确实缺这么多] lets the alerts go; [先别通知，再核对] gives the roll call back."""
    press = context.press(BulkPress)
    roll_call = await roll_call_visible_to(
        context.work, context.actor, press.roll_call_id, context.today
    )
    if not context.actor.has_role(*LOOKS) and not context.actor.acts_for:
        raise NotAllowed
    if press.act == "real":
        changed, more = let_go(roll_call, context.now), Decision()
    elif press.act == "check":
        changed, more = give_back(roll_call), await _ask_teacher(context, roll_call)
    else:
        raise OldButton
    entry = Entry(f"bulk_{press.act}", f"roll_call:{roll_call.id}", context.actor_id)
    await context.carry_out(Decision((changed,), entries=(entry,)) + more)
    await context.toast(f"staff.bulk_{press.act}")
    await context.show("day_card", await day_card_of(context.work, roll_call.id, context.now))


async def _ask_teacher(context: Context, roll_call: RollCall) -> Decision:
    """The teacher's task opens again, and the card shows what was tapped.

    What is given back after its time is due at once, and climbs as long after that as it would
    have climbed after its own time.
    """
    duties = await duties_of_class(context.work, roll_call.class_id, roll_call.on)
    owner = duties.first
    if owner is None:
        return Decision()
    late = max(context.now - roll_call.due_at, timedelta(0))
    task = open_task(
        "roll_call" if roll_call.session is Session.MORNING else "evening_roll_call",
        f"roll_call:{roll_call.id}",
        owner,
        id=-1,
        now=context.now,
        policy=context.policy,
        calendar=book_of(context).calendar.school(roll_call.school_id),
        due_at=roll_call.due_at + late,
        shift_s=int(late.total_seconds()),
        school_id=roll_call.school_id,
        class_id=roll_call.class_id,
    )
    card = DayCard(to=owner, item=roll_call.id, round=f"check:{context.now.isoformat()}")
    return Decision((task,), (card,))


HANDLERS = (on_press(act_on_bulk, BulkPress),)
