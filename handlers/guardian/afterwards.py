"""What a family says after the day: [孩子没去] under the welcome, and whether the teacher came."""

from __future__ import annotations

from datetime import date

from telegram import Update

from handlers.context import Context
from handlers.dispatch import Handler, on_press
from handlers.guardian.acting import day_in, decide_for, said
from rules.child.asking import confirm_visit
from rules.child.draft import Draft
from rules.child.replies import accept_reply
from rules.model.attendance import Answer, Reply
from rules.refusals import OldButton
from storage.facts.family import case_visible_to, children_of
from templates.presses_guardian import NotTherePress, VisitedPress


async def contradict_return(update: Update, context: Context) -> None:
    """[孩子没去]: the child was not at school after all; for one school day."""
    press = context.press(NotTherePress)
    case = await case_visible_to(context.work, context.actor, press.case_id)
    on = day_in(press.on)
    found = await children_of(context.work, context.actor, [case.student_id], on)
    reply = said(context, Answer.NOT_THERE, case.student_id)
    await decide_for(context, case.student_id, lambda draft: _contradict(draft, reply, on))
    await context.toast("noted.kept")
    await context.show("not_there_noted", {"child": found[0], "on": on, "at": context.now})


def _contradict(draft: Draft, reply: Reply, on: date) -> None:
    """Until the next school day's roll call is due, and only once."""
    mark = draft.facts.mark_on(on)
    calendar, due_at = draft.facts.calendar, draft.facts.county_policy.roll_call.due_at
    following = calendar.next_school_day(on)
    is_late = following is not None and draft.now >= calendar.at_local(following, due_at)
    if mark is None or mark.seen_by is None or mark.void or is_late:
        raise OldButton
    accept_reply(draft, reply)


async def say_whether_visited(update: Update, context: Context) -> None:
    """[来过] [没来过]: for the leader's eyes."""
    press = context.press(VisitedPress)
    case = await case_visible_to(context.work, context.actor, press.case_id)
    came = press.came == "yes"
    await decide_for(context, case.student_id, lambda draft: confirm_visit(draft, came=came))
    await context.toast("noted.kept")
    view = {"came": came, "on": day_in(press.on), "at": context.now}
    await context.show("visit_noted", view)


HANDLERS: tuple[Handler, ...] = (
    on_press(contradict_return, NotTherePress),
    on_press(say_whether_visited, VisitedPress),
)
