"""What register and rosters say differently: the answers of the schools (rules.md 8)."""

from __future__ import annotations

from sqlalchemy import select
from telegram import Update

from handlers.children import book_of
from handlers.context import Context
from handlers.dispatch import on_press
from handlers.staff.cards import own_open, show_card
from rules.model.reconciling import DoubtPair
from rules.refusals import OldButton
from storage.reconciling.answering import HERE, NOT_HERE, OTHER, SAME, answer, decide_pair
from storage.reconciling.following import REVIEW, finding_by_id
from storage.tables.reconciling import doubts
from storage.views.cards import Viewer
from storage.views.reconciling import review_page
from templates.presses_reconciling import FindingPress, PairPress

ASKED = ("attends_here", "arrival_confirm")


async def answer_finding(update: Update, context: Context) -> None:
    """[在我校就读] [不在我校], [已报到] [没来报到]."""
    press = context.press(FindingPress)
    seen = await own_open(context, press.task_id, *ASKED)
    if seen is None:
        return
    found = await finding_by_id(context.work, int(seen.task.subject.rpartition(":")[2]))
    if found is None or press.act not in (HERE, NOT_HERE):
        raise OldButton
    here = press.act == HERE
    await answer(context.work, book_of(context), found, seen.task, here, seen.by)
    await context.toast(f"finding.{press.act}")
    await show_card(context, press.task_id)


async def look_at_pair(update: Update, context: Context) -> None:
    """[是同一人] [不是同一人] [下一对]."""
    press = context.press(PairPress)
    seen = await own_open(context, press.task_id, REVIEW)
    if seen is None:
        return
    query = select(doubts).where(
        doubts.c.id == press.pair_id, doubts.c.school_id == seen.task.school_id
    )
    pair = await context.work.one(query, DoubtPair)
    if pair is None or press.act not in (SAME, OTHER, "next"):
        raise OldButton
    if press.act == "next":
        viewer = Viewer({*context.actor.person_ids, *context.actor.acts_for})
        page = await review_page(context.work, seen.task, viewer, context.now, after=pair.id)
        await context.show("review_list", page)
        return
    await decide_pair(context.work, pair, same=press.act == SAME, by=seen.by)
    await context.toast(f"finding.pair_{press.act}")
    await show_card(context, press.task_id)


HANDLERS = (on_press(answer_finding, FindingPress), on_press(look_at_pair, PairPress))
