"""[上传截图]: a register correction ends with a picture of the national register (rules.md 4)."""

from __future__ import annotations

from telegram import Update

from handlers.context import Context
from handlers.dispatch import in_flow
from handlers.ladder.proofs import received
from handlers.staff.asking import ask_words, asked_about
from handlers.staff.cards import decide, own_open
from rules.decision import Decision, Entry
from rules.tasks import finish
from storage.facts.register import CORRECTION

FLOW = "register_screenshot"
FIELD = "register_screenshot"


async def ask_for_screenshot(context: Context, task_id: int) -> None:
    """The key under the task; the picture comes next."""
    seen = await own_open(context, task_id, CORRECTION)
    if seen is not None:
        await ask_words(context, FLOW, seen, FIELD)


async def take_screenshot(update: Update, context: Context) -> None:
    """The picture is kept among the papers of the child, and the correction is done."""
    asked, _ = await asked_about(context)
    seen = await own_open(context, asked.task.id, CORRECTION)
    if seen is None:
        await context.forget()
        return
    file = await received(context, seen, FIELD)
    subject = f"case:{seen.task.case_id}" if seen.task.case_id else f"child:{seen.task.student_id}"
    facts = {"child": seen.task.student_id, "sha256": file.sha256}
    entry = Entry("register_corrected", subject, seen.by, facts)
    done = finish(seen.task, seen.by, context.now, "done", seen.acting_for)
    await context.forget()
    await decide(context, seen.task.id, Decision(entries=(entry,)) + done, "staff.done")


HANDLERS = (in_flow(take_screenshot, FLOW),)
