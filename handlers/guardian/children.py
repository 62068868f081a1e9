"""[孩子情况] and [找老师]: how the children stand, and the way to their teacher."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from telegram import Update

from handlers.context import Context
from handlers.dispatch import Handler, on_command, on_menu, on_press
from handlers.guardian.acting import (
    card_of,
    decide_for,
    is_family,
    is_night,
    only_child,
    said,
)
from handlers.guardian.whom import NO_CARD
from rules.attendance import holds
from rules.child.replies import ask_for_call
from rules.model.attendance import Answer, Leave
from storage.facts.family import (
    Child,
    children_of,
    children_on,
    latest_question,
    leaves_of,
    term_total,
)
from storage.facts.rosters import roll_call_on
from storage.views.alert_card import asked_child
from templates.presses_guardian import CallMePress
from templates.render import variables

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class ChildNow:
    """One child: the term's total, what is still open, the leave that runs or comes."""

    child: Child
    total: int
    open_on: date | None
    leave: Leave | None


async def show_children(update: Update, context: Context) -> None:
    """[孩子情况]: what the school has on record about each child (privacy D7)."""
    mine = await children_of(
        context.work, context.actor, children_on(context.actor), context.today
    )
    known = [await _known_until(context, child) for child in mine]
    asked = [
        await _open_question(context, child, until)
        for child, until in zip(mine, known, strict=True)
    ]
    lines = [
        ChildNow(
            child=child,
            total=await term_total(context.work, child, until),
            open_on=question[1] if question else None,
            leave=await _leave(context, child.student_id),
        )
        for child, until, question in zip(mine, known, asked, strict=True)
    ]
    ids = [question[0] for question in asked if question]
    view = {**await _keys(context, ids), "lines": lines, "today": context.today}
    await context.say("children_now", view)


async def _known_until(context: Context, child: Child) -> date:
    """The last day of which the family may hear: not today, while the bulk guard holds it."""
    roll_call = await roll_call_on(context.work, child.class_id, context.today)
    is_held = roll_call is not None and roll_call.is_held_back
    return context.today - ONE_DAY if is_held else context.today


async def _open_question(context: Context, child: Child, until: date) -> tuple[int, date] | None:
    """The newest question, as long as nobody has said where the child is."""
    question = await latest_question(context.work, child.student_id)
    if question is None or question.on > until:
        return None
    asked = await asked_child(context.work, context.actor, question)
    if asked is None or asked.state != "open":
        return None
    return question.id, question.on


async def _keys(context: Context, question_ids: list[int]) -> Mapping[str, Any]:
    card = await card_of(context, question_ids)
    return NO_CARD if card is None else variables(replace(card, names=len(card.children) > 1))


async def _leave(context: Context, student_id: int) -> Leave | None:
    """The leave that has not ended, the latest asked for."""
    today = context.today
    found = [
        one
        for one in await leaves_of(context.work, student_id)
        if holds(one)
        and one.from_on != one.back_on
        and (one.back_on is None or today < one.back_on)
    ]
    return found[-1] if found else None


async def reach_teacher(update: Update, context: Context) -> None:
    """[找老师]: the teacher is asked to call; with several children, whose."""
    student_id = only_child(context)
    if student_id is not None:
        await context.say("teacher_reached", await _reach(context, student_id))
        return
    mine = await children_of(
        context.work, context.actor, children_on(context.actor), context.today
    )
    await context.say("reach_whose", {"children": mine})


async def reach_for(update: Update, context: Context) -> None:
    """The teacher of this child."""
    view = await _reach(context, context.press(CallMePress).student_id)
    await context.toast("noted.kept")
    await context.show("teacher_reached", view)


async def _reach(context: Context, student_id: int) -> Mapping[str, Any]:
    reply = said(context, Answer.CALL_ME, student_id)
    await decide_for(context, student_id, lambda draft: ask_for_call(draft, reply))
    found = await children_of(context.work, context.actor, [student_id], context.today)
    return {"child": found[0], "at": context.now, "is_night": is_night(context)}


HANDLERS: tuple[Handler, ...] = (
    on_menu(show_children, "my_child", by=is_family),
    on_command(show_children, "children", by=is_family),
    on_menu(reach_teacher, "reach_teacher", by=is_family),
    on_command(reach_teacher, "teacher", by=is_family),
    on_press(reach_for, CallMePress),
)
