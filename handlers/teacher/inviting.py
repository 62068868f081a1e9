"""[邀请单]: the printable invites of a class, handed over in the chat of its teacher."""

from __future__ import annotations

from telegram import Update

from handlers.context import Context
from handlers.dispatch import Handler, on_press
from papers.invites import InviteSheet, Strip
from papers.orders import InviteOrder
from rules.refusals import NotNow, NotYours
from storage.access import classes_of
from storage.facts.binding import class_of
from storage.inviting import GUARDIAN, Wanted, guests, issue
from storage.meta import BOT_NAME, recall
from storage.views.binding import place_of
from templates.presses_invites import InviteSheetPress
from templates.render import class_name


async def hand_over_sheet(update: Update, context: Context) -> None:
    """A strip for each guardian of the class who is not linked; each has a new code."""
    class_id = context.press(InviteSheetPress).class_id
    if class_id not in await classes_of(context.work, context.actor, context.today):
        raise NotYours
    bot = await recall(context.work, BOT_NAME)
    if not bot:
        raise NotNow("invite_sheet.no_name")
    place = await place_of(context.work, class_id)
    strips = await _strips(context, class_id, bot)
    if not strips:
        await context.toast("invite_sheet.nobody")
        return
    label = class_name(context.language, place.grade, place.number)
    days = context.policy.binding.code_valid_days
    order = InviteOrder(InviteSheet(place.school, label, strips), context.language, days)
    view = {"place": place, "strips": len(strips), "days": days}
    await context.hand_over(f"{label}.docx", order, "invite_sheet", view, is_protected=True)


async def _strips(context: Context, class_id: int, bot: str) -> tuple[Strip, ...]:
    school_id = (await class_of(context.work, class_id)).school_id
    wanted = Wanted(school_id, class_id, GUARDIAN, unbound=True)
    invited = await guests(context.work, wanted)
    codes = await issue(context.work, invited, context.policy)
    return tuple(
        Strip(guest.student or "", guest.name, f"https://t.me/{bot}?start={code}")
        for guest, code in zip(invited, codes, strict=True)
    )


HANDLERS: tuple[Handler, ...] = (on_press(hand_over_sheet, InviteSheetPress),)
