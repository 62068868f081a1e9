"""疑似辍学 and 辍学 are confirmed or objected to by people (rules.md 4, D10)."""

from __future__ import annotations

from telegram import Update

from handlers.children import book_of
from handlers.context import Context
from handlers.dispatch import in_flow, on_press
from handlers.files import keep_enclosure
from handlers.staff.asking import ask_words, asked_about
from handlers.staff.cards import Seen, decide, own_open
from rules.child.draft import Draft
from rules.decision import Decision
from rules.refusals import NotYours, OldButton
from rules.status_decisions import OBJECTION, Evidence, confirm, object_to, uphold, withdraw
from storage.facts.child import draft_about
from storage.facts.overdue import last_change
from templates.presses_staff import StatusPress

OBJECTING, DECIDING = "object", "objection"
CONFIRM = "status_confirm"


async def act_on_status(update: Update, context: Context) -> None:
    """A key of the status card, or of the section's card of an objection."""
    press = context.press(StatusPress)
    kind = CONFIRM if press.act in ("confirm", "object") else OBJECTION
    seen = await own_open(context, press.task_id, kind)
    if seen is None:
        return
    if press.act == "confirm":
        await _confirm(context, seen)
    elif press.act == "object":
        await ask_words(context, OBJECTING, seen, "evidence")
    elif press.act in ("uphold", "withdraw"):
        await ask_words(context, DECIDING, seen, "decision_reason", act=press.act)
    else:
        raise OldButton


async def _confirm(context: Context, seen: Seen) -> None:
    draft = await draft_for(context, seen)
    change = await last_change(context.work, draft.child_id)
    decision = confirm(draft, seen.task, change, seen.acting_for)
    await decide(context, seen.task.id, decision, "staff.confirmed")


async def draft_for(context: Context, seen: Seen) -> Draft:
    """A decision about the child of a task."""
    if seen.task.student_id is None:
        raise NotYours
    return await draft_about(context.work, seen.task.student_id, book_of(context), by=seen.by)


async def take_evidence(update: Update, context: Context) -> None:
    """The evidence of an objection: a line, a photo or another file."""
    asked, _ = await asked_about(context)
    seen = await own_open(context, asked.task.id, CONFIRM)
    if seen is None:
        await context.forget()
        return
    draft = await draft_for(context, seen)
    file = None
    if context.enclosure is not None:
        case_id = seen.task.case_id
        file = await keep_enclosure(context, context.enclosure, draft.child_id, case_id)
    change = await last_change(context.work, draft.child_id)
    evidence = Evidence(context.text, file)
    await _close(
        context, seen, object_to(draft, seen.task, change, evidence, seen.acting_for), "objected"
    )


async def take_reason(update: Update, context: Context) -> None:
    """The section's reason, and with it the decision."""
    asked, body = await asked_about(context)
    seen = await own_open(context, asked.task.id, OBJECTION)
    if seen is None:
        await context.forget()
        return
    draft = await draft_for(context, seen)
    if body["act"] == "withdraw":
        decision = withdraw(draft, seen.task, context.text, seen.acting_for)
        await _close(context, seen, decision, "withdrawn")
        return
    change = await last_change(context.work, draft.child_id)
    decision = uphold(draft, seen.task, change, context.text, seen.acting_for)
    await _close(context, seen, decision, "upheld")


async def _close(context: Context, seen: Seen, decision: Decision, name: str) -> None:
    await context.forget()
    await decide(context, seen.task.id, decision, f"staff.{name}")


HANDLERS = (
    on_press(act_on_status, StatusPress),
    in_flow(take_evidence, OBJECTING),
    in_flow(take_reason, DECIDING),
)
