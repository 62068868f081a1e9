"""[收到]: the township says that a school's monthly report has arrived."""

from __future__ import annotations

from telegram import Update

from handlers.context import Context
from handlers.dispatch import on_press
from rules.refusals import OldButton
from rules.reports.signing import received
from storage.access import township_report_visible_to
from storage.facts.reports import due_by_id
from storage.views import Unwanted
from storage.views.township_report import report_view
from templates.presses_reports import ReceiptPress


async def note_receipt(update: Update, context: Context) -> None:
    """The first tap is the receipt."""
    due_id = context.press(ReceiptPress).due_id
    due = await township_report_visible_to(context.work, context.actor, due_id, context.today)
    await context.carry_out(received(due, context.actor_id, context.now))
    await context.toast("report.received")
    as_it_is = await due_by_id(context.work, due_id)
    shown = await report_view(context.work, as_it_is or due)
    if isinstance(shown, Unwanted):
        raise OldButton
    await context.show("township_report", shown)


HANDLERS = (on_press(note_receipt, ReceiptPress),)
