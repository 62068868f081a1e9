"""The keys of a paper's card that are no approval: handing in, stamping, serving, delivering."""

from __future__ import annotations

from telegram import Update

from handlers.context import Context
from handlers.dispatch import in_flow, on_press
from handlers.ladder.handing_in import begin_with_paper
from handlers.ladder.proofs import received
from handlers.ladder.serving import begin_service
from handlers.staff.asking import ask_words, asked_about
from handlers.staff.cards import Seen, decide, own_open
from handlers.staff.status import draft_for
from rules.child import joint, notices
from rules.child.draft import Draft
from rules.model.case import Task
from rules.model.ladder import Referral, ServiceWay
from rules.refusals import OldButton
from storage.facts.on_paper import referral_id_of
from templates.presses_ladder import PaperPress

STAMPING, DELIVERING = "stamp", "deliver"
SERVED = "notice_service"
TOWNSHIP, COUNTY = "township_delivery", "county_delivery"


async def act_on_paper(update: Update, context: Context) -> None:
    """A key of a paper's card."""
    press = context.press(PaperPress)
    if press.act == "submit":
        await begin_with_paper(context, press.task_id)
    elif press.act == "stamp":
        await _ask_for_file(context, press.task_id, STAMPING, SERVED)
    elif press.act == "sent":
        await _ask_for_file(context, press.task_id, DELIVERING, TOWNSHIP, COUNTY)
    elif press.act in list(ServiceWay):
        seen = await own_open(context, press.task_id, SERVED)
        if seen is not None:
            await begin_service(context, seen, ServiceWay(press.act))
    else:
        raise OldButton


async def _ask_for_file(context: Context, task_id: int, flow: str, *kinds: str) -> None:
    seen = await own_open(context, task_id, *kinds)
    if seen is not None:
        field = "stamped_file" if flow == STAMPING else "receipt_file"
        await ask_words(context, flow, seen, field)


async def take_stamped(update: Update, context: Context) -> None:
    """The stamped copy: from now on the card offers the ways of service."""
    seen = await _asked(context, SERVED)
    if seen is None:
        return
    draft = await draft_for(context, seen)
    file = await received(context, seen, "stamped_file")
    notices.keep_stamped(draft, file.id, file.sha256)
    await _close(context, seen, draft, "ladder.stamped")


async def take_receipt(update: Update, context: Context) -> None:
    """[已送乡镇] [已报县政府]: the receipt, and with it the delivery."""
    seen = await _asked(context, TOWNSHIP, COUNTY)
    if seen is None:
        return
    draft = await draft_for(context, seen)
    file = await received(context, seen, "receipt_file")
    if seen.task.kind == COUNTY:
        joint.deliver_county(draft, seen.task, file.id, file.sha256)
        await _close(context, seen, draft, "ladder.sent_county")
        return
    joint.deliver(draft, seen.task, _referral(draft, seen.task), file.id, file.sha256)
    await _close(context, seen, draft, "ladder.sent_township")


def _referral(draft: Draft, task: Task) -> Referral:
    number = referral_id_of(task)
    found = next((one for one in draft.facts.ladder.referrals if one.id == number), None)
    if found is None:
        raise OldButton
    return found


async def _asked(context: Context, *kinds: str) -> Seen | None:
    """The task that the draft is about, if it is still the speaker's to do."""
    asked, _ = await asked_about(context)
    seen = await own_open(context, asked.task.id, *kinds)
    if seen is None:
        await context.forget()
    return seen


async def _close(context: Context, seen: Seen, draft: Draft, toast: str) -> None:
    await context.forget()
    await decide(context, seen.task.id, draft.decision(), toast)


HANDLERS = (
    on_press(act_on_paper, PaperPress),
    in_flow(take_stamped, STAMPING),
    in_flow(take_receipt, DELIVERING),
)
