"""`/case N` and [看经过]: a case with its timeline, for whoever may see the child."""

from __future__ import annotations

from dataclasses import replace

from telegram import Update

from handlers.children import book_of
from handlers.context import Context
from handlers.dispatch import on_command, on_press
from rules.child.draft import Draft
from rules.decision import Decision
from rules.messages.casefile import CaseFileSent
from rules.model.case import Case, CaseState
from rules.refusals import NotYours
from storage.access import case_visible_to, student_visible_to
from storage.access_log import note_look
from storage.casefile.sight import may_export
from storage.facts.child import draft_about
from storage.facts.closings import is_newest_case, may_close, may_reopen
from storage.views.case_card import CaseCardView, case_card
from templates.presses_casefile import CaseFilePress
from templates.presses_staff import CasePress


async def open_case(update: Update, context: Context) -> None:
    """`/case 12`."""
    words = context.args or []
    if not context.actor.is_staff:
        raise NotYours
    if len(words) != 1 or not words[0].isdecimal() or len(words[0]) > 9:
        await context.say("case_usage", {})
        return
    await context.say("case_card", await _card(context, int(words[0]), 0))


async def turn_page(update: Update, context: Context) -> None:
    """[看经过] opens the case beside the card it was pressed on; the keys on it turn pages."""
    press = context.press(CasePress)
    view = await _card(context, press.case_id, max(press.page - 1, 0))
    answer = context.show if press.page > 0 else context.say
    await answer("case_card", view)


async def export_case(update: Update, context: Context) -> None:
    """[导出一生一案]: the page follows as soon as it is put together, with numbers masked."""
    press = context.press(CaseFilePress)
    case = await case_visible_to(context.work, context.actor, press.case_id, context.today)
    child = await student_visible_to(context.work, context.actor, case.student_id, context.today)
    if not await may_export(context.work, context.actor, child.school_id, context.today):
        raise NotYours
    reader = context.actor_id
    await note_look(context.work, reader, child.id, "case_file_asked", f"case:{case.id}")
    sent = CaseFileSent(
        to=reader,
        item=case.id,
        round=f"{context.now:%Y%m%d%H%M%S}",
        student_id=child.id,
        case_id=case.id,
        more={"on": context.today.isoformat()},
    )
    await context.carry_out(Decision(messages=(sent,)))
    await context.toast("casefile.coming")


async def _card(context: Context, case_id: int, page: int) -> CaseCardView:
    case = await case_visible_to(context.work, context.actor, case_id, context.today)
    if not context.actor.is_staff:
        raise NotYours
    child = await student_visible_to(context.work, context.actor, case.student_id, context.today)
    await note_look(context.work, context.actor_id, child.id, "case")
    card = await case_card(context.work, case, child, page)
    may = await may_export(context.work, context.actor, child.school_id, context.today)
    draft = await draft_about(context.work, child.id, book_of(context))
    return replace(
        card,
        may_export=may,
        may_close=case.state is CaseState.OPEN and may_close(context.actor, draft),
        may_reopen=await _may_reopen(context, case, draft),
    )


async def _may_reopen(context: Context, case: Case, draft: Draft) -> bool:
    is_over = case.state is CaseState.CLOSED and may_reopen(context.actor, draft)
    return is_over and await is_newest_case(context.work, case)


HANDLERS = (
    on_command(open_case, "case"),
    on_press(turn_page, CasePress),
    on_press(export_case, CaseFilePress),
)
