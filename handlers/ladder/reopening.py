"""[在我校就读] [不在我校] at the receiving school; [重新打开] on the card of a closed case."""

from __future__ import annotations

from telegram import Update

from handlers.children import book_of
from handlers.context import Context
from handlers.dispatch import in_flow, on_press
from handlers.staff.cards import Seen, decide, seen_by_or_after, tell_too_late
from handlers.staff.status import draft_for
from rules.child import closings
from rules.child.reopening import reopen_closed
from rules.model.case import Case, CaseState, TaskState
from rules.refusals import NotAllowed, NotYours, OldButton
from storage.access import case_visible_to
from storage.facts.child import draft_about
from storage.facts.closings import is_newest_case, may_reopen
from storage.facts.on_paper import closing_of_task
from storage.views.case_card import case_card
from storage.views.closing_card import receivers_of
from templates.presses_closing import ReopenPress, TransferPress

FLOW = "reopen"
ANSWERS = {"here": closings.confirm_here, "not_here": closings.deny_here}


async def answer_transfer(update: Update, context: Context) -> None:
    """[在我校就读] [不在我校], by the receiving school's register clerk or head."""
    press = context.press(TransferPress)
    answer = ANSWERS.get(press.act)
    seen = await seen_by_or_after(context, press.task_id)
    if answer is None or seen.task.kind != closings.CONFIRMING:
        raise OldButton
    await _require_receiver(context, seen)
    if seen.task.state is not TaskState.OPEN:
        await tell_too_late(context, seen)
        return
    draft = await draft_for(context, seen)
    answer(draft, seen.task)
    await decide(context, seen.task.id, draft.decision(), f"ladder.{press.act}")


async def _require_receiver(context: Context, seen: Seen) -> None:
    closing = await closing_of_task(context.work, seen.task)
    persons = await receivers_of(context.work, seen.task, closing, context.today)
    if not any(context.actor.is_one_of(one) for one in persons):
        raise NotYours


async def ask_why(update: Update, context: Context) -> None:
    """[重新打开]: with a reason."""
    case = await _closed_case(context, context.press(ReopenPress).case_id)
    await context.keep(FLOW, "words", {"case": case.id})
    await context.say("reopen_ask", {"case_id": case.id})


async def _closed_case(context: Context, case_id: int) -> Case:
    """A closed case that the speaker may reopen: the child's newest."""
    case = await case_visible_to(context.work, context.actor, case_id, context.today)
    draft = await draft_about(context.work, case.student_id, book_of(context))
    if not may_reopen(context.actor, draft):
        raise NotAllowed
    if case.state is not CaseState.CLOSED or not await is_newest_case(context.work, case):
        raise OldButton
    return case


async def take_reason(update: Update, context: Context) -> None:
    """The reason, and with it the case is open again, under its number and with its history."""
    kept = await context.draft()
    case = await _closed_case(context, int(kept.body["case"]) if kept else 0)
    draft = await draft_about(context.work, case.student_id, book_of(context), by=context.actor_id)
    reopen_closed(draft, case, context.text)
    await context.carry_out(draft.decision())
    await context.forget()
    opened = await case_visible_to(context.work, context.actor, case.id, context.today)
    await context.say("case_card", await case_card(context.work, opened, draft.facts.student))


HANDLERS = (
    on_press(answer_transfer, TransferPress),
    on_press(ask_why, ReopenPress),
    in_flow(take_reason, FLOW),
)
