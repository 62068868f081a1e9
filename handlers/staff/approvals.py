"""[批准] [退回修改] [查看材料] (rules.md 6, Approvals)."""

from __future__ import annotations

from telegram import Update

from handlers.context import Context
from handlers.dispatch import in_flow, on_press
from handlers.files import open_files
from handlers.staff.asking import ask_words, asked_about
from handlers.staff.cards import Seen, decide, own_open, seen_by
from handlers.staff.status import draft_for
from rules.corrections import KIND, approve_correction, asked_in, return_correction
from rules.refusals import OldButton, OwnPaper
from storage.access import student_visible_to
from templates.presses_staff import ApprovalPress

FLOW = "return"


async def act_on_approval(update: Update, context: Context) -> None:
    """A key of an approval card."""
    press = context.press(ApprovalPress)
    if press.act == "papers":
        await _show_papers(context, press.task_id)
        return
    seen = await own_open(context, press.task_id, KIND)
    if seen is None:
        return
    if asked_in(seen.task).by in context.actor.person_ids:
        raise OwnPaper
    if press.act == "approve":
        await _approve(context, seen)
    else:
        await ask_words(context, FLOW, seen, "return_comment")


async def _approve(context: Context, seen: Seen) -> None:
    draft = await draft_for(context, seen)
    acting_for = seen.acting_for or _in_place_of(context, seen)
    decision = approve_correction(draft, seen.task, acting_for)
    await decide(context, seen.task.id, decision, "staff.approved")


def _in_place_of(context: Context, seen: Seen) -> int | None:
    """[代批]: the section decides in the leader's place."""
    owner = seen.task.owner_id
    return None if context.actor.is_one_of(owner) else owner


async def take_comment(update: Update, context: Context) -> None:
    """What is to be changed: the paper goes back with it."""
    asked, _ = await asked_about(context)
    seen = await own_open(context, asked.task.id, KIND)
    if seen is None:
        await context.forget()
        return
    draft = await draft_for(context, seen)
    acting_for = seen.acting_for or _in_place_of(context, seen)
    decision = return_correction(draft, seen.task, context.text, acting_for)
    await context.forget()
    await decide(context, seen.task.id, decision, "staff.returned")


async def _show_papers(context: Context, task_id: int) -> None:
    """[查看材料]: the files about the child; each look is logged."""
    seen = await seen_by(context, task_id)
    student_id = seen.task.student_id
    if student_id is None:
        raise OldButton
    child = await student_visible_to(context.work, context.actor, student_id, context.today)
    if not await open_files(context, child.id, child.name):
        await context.pop_up("staff.no_papers")


HANDLERS = (
    on_press(act_on_approval, ApprovalPress),
    in_flow(take_comment, FLOW),
)
