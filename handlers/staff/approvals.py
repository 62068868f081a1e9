"""[批准] [退回修改] [查看材料], [签收] [退回补充], [签发] (rules.md 6, Approvals)."""

from __future__ import annotations

from telegram import Update

from handlers.children import book_of
from handlers.context import Context
from handlers.dispatch import in_flow, on_press
from handlers.files import open_files
from handlers.staff.asking import ask_words, asked_about
from handlers.staff.cards import Seen, decide, in_place_of, own_open, seen_by
from handlers.staff.status import draft_for
from rules.approvals import APPROVALS
from rules.child.closings import KIND as CLOSING
from rules.child.draft import Draft
from rules.refusals import OldButton, OwnPaper
from storage.access import student_visible_to
from storage.facts.on_paper import files_of_task
from storage.reconciling.answering import after_closing
from templates.presses_staff import ApprovalPress

FLOW = "return"


async def act_on_approval(update: Update, context: Context) -> None:
    """A key of an approval card."""
    press = context.press(ApprovalPress)
    if press.act == "papers":
        await _show_papers(context, press.task_id)
        return
    seen = await own_open(context, press.task_id, *APPROVALS)
    if seen is None:
        return
    draft = await _draft_of_others(context, seen)
    if press.act == "approve":
        await _approve(context, seen, draft)
    elif press.act == "return":
        await ask_words(context, FLOW, seen, "return_comment")
    else:
        raise OldButton


async def _draft_of_others(context: Context, seen: Seen) -> Draft:
    """Nobody decides about what somebody on the same chat prepared."""
    draft = await draft_for(context, seen)
    if APPROVALS[seen.task.kind].prepared_by(draft, seen.task) in context.actor.person_ids:
        raise OwnPaper
    return draft


async def _approve(context: Context, seen: Seen, draft: Draft) -> None:
    approval = APPROVALS[seen.task.kind]
    decision = approval.approve(draft, seen.task, in_place_of(context, seen))
    await decide(context, seen.task.id, decision, f"approved.{seen.task.kind}")
    if seen.task.kind == CLOSING:
        await after_closing(context.work, book_of(context), draft.child_id, context.actor_id)


async def take_comment(update: Update, context: Context) -> None:
    """What is to be changed: the paper goes back with it."""
    asked, _ = await asked_about(context)
    seen = await own_open(context, asked.task.id, *APPROVALS)
    if seen is None:
        await context.forget()
        return
    draft = await _draft_of_others(context, seen)
    send_back = APPROVALS[seen.task.kind].send_back
    decision = send_back(draft, seen.task, context.text, in_place_of(context, seen))
    await context.forget()
    await decide(context, seen.task.id, decision, "staff.returned")


async def _show_papers(context: Context, task_id: int) -> None:
    """[查看材料]: the papers of the task and the files about the child; each look is logged."""
    seen = await seen_by(context, task_id)
    student_id = seen.task.student_id
    if student_id is None:
        raise OldButton
    child = await student_visible_to(context.work, context.actor, student_id, context.today)
    case = seen.press.context.case
    papers = await files_of_task(context.work, seen.task, case)
    if not await open_files(context, child.id, child.name, papers):
        await context.pop_up("staff.no_papers")


HANDLERS = (
    on_press(act_on_approval, ApprovalPress),
    in_flow(take_comment, FLOW),
)
