"""[孩子有危险]: passed on to the head and one named person of the section, and to nobody else."""

from __future__ import annotations

from telegram import Update

from handlers.children import book_of, child_of
from handlers.context import Context
from handlers.dispatch import in_flow, on_press
from handlers.files import keep_enclosure
from rules import danger as rules
from rules.decision import Decision
from rules.messages.danger import DangerReceipt
from storage.access_log import note_look
from storage.actors import Actor
from storage.attachments import link
from storage.facts.danger import danger_tasks, danger_visible_to, keep_danger
from storage.facts.duties import duties_of
from storage.naming import child_name
from storage.views.protection import danger_view
from templates.presses_safety import DangerKey, DangerPress, ReceiptFilePress, ReceiptPress

FLOW, RECEIPT = "danger", "danger_receipt"


def is_staff(actor: Actor) -> bool:
    """Families never reach this, whatever key they forge."""
    return actor.is_staff


async def ask_first(update: Update, context: Context) -> None:
    """[孩子有危险]: one question, so that a slip of the finger alarms nobody."""
    student = await child_of(context, context.press(DangerKey).student_id)
    rules.require_readers(await duties_of(context.work, student, context.today))
    await context.say(
        "danger_ask", {"student_id": student.id, "name": child_name(context.work, student)}
    )


async def ask_for_words(update: Update, context: Context) -> None:
    """[确定，我来写] [点错了]."""
    press = context.press(DangerPress)
    if not press.sure:
        await context.show("danger_left", {})
        return
    student = await child_of(context, press.student_id)
    await context.keep(FLOW, "words", {"student": student.id}, message_id=context.message_id)
    await context.show("danger_write", {})


async def pass_on(update: Update, context: Context) -> None:
    """One line of what was seen: the record is made, and both readers are rung."""
    kept = await context.draft()
    note = context.text.strip()
    if kept is None or not note:
        await context.say("write_line", {})
        return
    student = await child_of(context, int(kept.body["student"]))
    duties = await duties_of(context.work, student, context.today)
    made = rules.record(student, duties, note, by=context.actor_id, now=context.now)
    danger = await keep_danger(context.work, made)
    calendar = book_of(context).calendar.school(student.school_id)
    await context.carry_out(rules.tell(danger, context.policy, calendar, context.now))
    await context.forget()
    await context.say("danger_passed_on", {})


async def ask_for_receipt(update: Update, context: Context) -> None:
    """[已报警，上传回执]."""
    number = context.press(ReceiptPress).danger_id
    danger = await danger_visible_to(context.work, context.actor, number)
    await note_look(context.work, context.actor_id, None, f"danger:{danger.id}")
    await context.keep(RECEIPT, "number", {"danger": danger.id}, message_id=context.message_id)
    await context.say("receipt_ask", {})


async def keep_receipt(update: Update, context: Context) -> None:
    """The police's receipt, number or picture; the other reader hears that it is done."""
    kept = await context.draft()
    receipt = context.text.strip() or None
    if kept is None or (receipt is None and context.enclosure is None):
        await context.say("receipt_number", {})
        return
    danger = await danger_visible_to(context.work, context.actor, int(kept.body["danger"]))
    by = danger.require_reader(context.actor.person_ids)
    file_id = await _file(context, danger.student_id)
    made = rules.keep_receipt(danger, receipt, file_id, by=by, now=context.now)
    stored = await keep_danger(context.work, made)
    tasks = await danger_tasks(context.work, stored)
    await context.carry_out(rules.close_tasks(stored, tasks, by, context.now))
    await context.forget()
    await context.say("child_in_danger", await danger_view(context.work, stored))


async def show_receipt(update: Update, context: Context) -> None:
    """[看回执]: the picture as it was stored, to one of the two readers."""
    number = context.press(ReceiptFilePress).danger_id
    danger = await danger_visible_to(context.work, context.actor, number)
    by = danger.require_reader(context.actor.person_ids)
    await note_look(context.work, by, None, f"danger:{danger.id}", "receipt")
    sent = DangerReceipt(to=by, item=danger.id, round=f"{context.now:%Y%m%d%H%M%S}")
    await context.carry_out(Decision(messages=(sent,)))


async def _file(context: Context, student_id: int) -> int | None:
    """The picture, tied to no child: those who may see the child must not find it."""
    if context.enclosure is None:
        return None
    file_id = await keep_enclosure(context, context.enclosure, student_id)
    await link(context.work, file_id, None, None)
    return file_id


HANDLERS = (
    on_press(ask_first, DangerKey, by=is_staff),
    on_press(ask_for_words, DangerPress, by=is_staff),
    on_press(ask_for_receipt, ReceiptPress, by=is_staff),
    on_press(show_receipt, ReceiptFilePress, by=is_staff),
    in_flow(pass_on, FLOW, "words", by=is_staff),
    in_flow(keep_receipt, RECEIPT, "number", by=is_staff),
)
