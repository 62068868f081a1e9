"""A running search: look again, found, not found, and where (rules.md 5, Safety lane)."""

from __future__ import annotations

from dataclasses import replace

from telegram import Update

from handlers.children import book_of
from handlers.context import Context
from handlers.dispatch import in_flow, on_press
from rules.child import safety_lane, search_acts
from rules.child.draft import Draft
from rules.child.rollcall import see_child
from rules.child.search_facts import is_tonights
from rules.model.case import Safety, SafetyState
from rules.refusals import NotAllowed, OldButton
from storage.access import search_visible_to
from storage.facts.child import draft_about
from storage.facts.searches import evening_mark, name_of, search_by_id
from storage.views.safety import Act, SearchView, search_view
from templates.presses_safety import SearchPress

FLOW = "found"
#: What a person who is told may press: as class teacher, as staff of the school, as superior.
_TEACHER, _SCHOOL, _LEADS = "is_teacher", "is_of_school", "leads"


async def act_on_search(update: Update, context: Context) -> None:
    """A key of the search; an old one shows how things stand."""
    press = context.press(SearchPress)
    search = await search_visible_to(context.work, context.actor, press.safety_id, context.today)
    seen = await _view(context, search)
    if press.act not in _ACTS:
        raise OldButton
    act, allowed = _ACTS[press.act]
    if not any(getattr(seen, one) for one in allowed):
        raise NotAllowed
    if press.act != "line" and search.state is SafetyState.ENDED:
        await context.toast("search.over")
        await _show(context, seen)
    else:
        await act(context, search, seen)


async def _see_in_class(context: Context, search: Safety, seen: SearchView) -> None:
    """[在教室，点错了]."""
    await _see(context, search, seen, is_late=False)


async def _see_arrived(context: Context, search: Safety, seen: SearchView) -> None:
    """[已到校]."""
    await _see(context, search, seen, is_late=True)


async def _see(context: Context, search: Safety, seen: SearchView, *, is_late: bool) -> None:
    draft = await _draft(context, search)
    if is_tonights(draft.facts):
        mark = await evening_mark(context.work, search.student_id, context.today)
        search_acts.see_tonight(draft, mark, is_late=is_late)
    see_child(draft, is_late=is_late)
    await context.carry_out(draft.decision())
    await context.toast("search.arrived" if is_late else "search.in_class", name=seen.name)
    await _show_present(context, search)


async def _confirm_absent(context: Context, search: Safety, seen: SearchView) -> None:
    """[确实不在]: the alarm goes out; a second tap adds nothing."""
    if search.state is SafetyState.OPEN:
        await context.toast("search.gone_before")
        await _show(context, seen)
        return
    draft = await _draft(context, search)
    safety_lane.confirm_absent(draft)
    await context.carry_out(draft.decision())
    await context.toast("search.gone")
    await _show_present(context, search, "gone")


async def _handle(context: Context, search: Safety, seen: SearchView) -> None:
    """[我在处理]: everybody on this chat is left in peace for an hour."""
    draft = await _draft(context, search)
    mine = [one for one in context.actor.person_ids if one in search.told]
    for person in mine or [context.actor_id]:
        safety_lane.handle(draft, person)
    await context.carry_out(draft.decision())
    minutes = draft.facts.policy.safety.handled_silences_for.within.seconds // 60
    await context.toast("search.handle", minutes=minutes)
    await _show_present(context, search, "handled")


async def _say_not_found(context: Context, search: Safety, seen: SearchView) -> None:
    """[还没找到]."""
    draft = await _draft(context, search)
    search_acts.say_not_found(draft)
    await context.carry_out(draft.decision())
    minutes = draft.facts.policy.safety.repeat_every.within.seconds // 60
    await context.toast("search.not_found", minutes=minutes)
    await _show_present(context, search, "not_found")


async def _find(context: Context, search: Safety, seen: SearchView) -> None:
    """[已找到，平安]: the search ends; where and by whom is asked next."""
    draft = await _draft(context, search)
    safety_lane.end(draft, safety_lane.FOUND_SAFE)
    await context.carry_out(draft.decision())
    await context.toast("search.found")
    await _show_present(context, search)
    await _ask_where(context, search, seen)


async def _add_line(context: Context, search: Safety, seen: SearchView) -> None:
    """[补一句：在哪里、谁找到的]."""
    if seen.may_add_line:
        await _ask_where(context, search, seen)
    else:
        await _show(context, seen)


async def _ask_where(context: Context, search: Safety, seen: SearchView) -> None:
    await context.keep(FLOW, "line", {"search": search.id})
    minutes = _found_within(context)
    await context.say("found_ask", {"name": seen.name, "minutes": minutes})


def _found_within(context: Context) -> int:
    calendar = context.calendar.school(0)
    due_at = context.policy.tasks["found_line"].due_at(context.now, calendar)
    return int((due_at - context.now).total_seconds() // 60)


async def take_line(update: Update, context: Context) -> None:
    """Where the child was found and by whom, as one line of text."""
    kept = await context.draft()
    if kept is None or not context.text.strip():
        await context.say("write_line", {})
        return
    number = int(kept.body["search"])
    search = await search_visible_to(context.work, context.actor, number, context.today)
    draft = await _draft(context, search)
    search_acts.say_where_found(draft, search, context.text.strip())
    await context.carry_out(draft.decision())
    await context.forget()
    await context.say("found_kept", {})


async def _draft(context: Context, search: Safety) -> Draft:
    by = context.actor_id
    return await draft_about(context.work, search.student_id, book_of(context), by=by)


async def _view(context: Context, search: Safety) -> SearchView:
    return await search_view(context.work, search, context.actor.person_ids, context.now)


async def _show_present(context: Context, search: Safety, did: str | None = None) -> None:
    """The search as it stands now; the journal line of what was just done is yet to be written."""
    newest = await search_by_id(context.work, search.id)
    view = await _view(context, newest or search)
    if did is not None:
        who = await name_of(context.work, context.actor_id)
        others = tuple(one for one in view.acts if (one.who, one.what) != (who, did))
        view = replace(view, acts=(*others, Act(who, did, context.now)))
    await _show(context, view)


async def _show(context: Context, view: SearchView) -> None:
    if view.state == SafetyState.ENDED.value:
        await context.show("search_ended", view)
    elif view.leads:
        await context.show("child_missing", view)
    else:
        await context.show("look_again", view)


_ACTS = {
    "in_class": (_see_in_class, (_TEACHER,)),
    "gone": (_confirm_absent, (_TEACHER,)),
    "arrived": (_see_arrived, (_SCHOOL, _TEACHER)),
    "handle": (_handle, (_LEADS,)),
    "found": (_find, (_LEADS,)),
    "not_found": (_say_not_found, (_LEADS,)),
    "line": (_add_line, (_LEADS,)),
}

HANDLERS = (
    on_press(act_on_search, SearchPress),
    in_flow(take_line, FLOW, "line"),
)
