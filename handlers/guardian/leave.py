"""[我要请假]: whose, why, from when, until when; kept in a draft until [交给老师]."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from telegram import Update
from telegram.ext import filters

from handlers.context import Context
from handlers.dispatch import Handler, in_flow, on_command, on_menu, on_press
from handlers.guardian.acting import day_in, decide_for, is_family, is_night, only_child, said
from handlers.guardian.free import keep_words
from rules.calendar import SchoolCalendar
from rules.child.asking import UNKNOWN
from rules.child.day_choices import (
    DayChoice,
    more_days,
    read_day,
    return_days,
    start_days,
)
from rules.child.replies import accept_leave
from rules.model.attendance import Answer
from rules.refusals import OldButton
from storage.facts.family import Child, children_of, children_on, family_visible_to
from templates.presses_guardian import AskLeavePress

FLOW = "leave"
PICK = "pick"
KINDS = ("sick", "family", "other")
#: How many days [选日期] offers, and how many school days back a leave may be filed.
OFFERED, BACK = 8, 2
LONGEST_BACK = timedelta(days=14)
Body = Mapping[str, Any]


@dataclass(frozen=True)
class LeaveView:
    """Where the form stands: `step` is child, kind, from, back or ready."""

    step: str
    child: Child | None = None
    children: tuple[Child, ...] = ()
    kind: str = ""
    from_on: date | None = None
    back: str = ""
    back_on: date | None = None
    choices: tuple[DayChoice, ...] = ()
    days: tuple[date, ...] = ()
    is_wrong: bool = False
    is_night: bool = field(default=False)


async def begin(update: Update, context: Context) -> None:
    """[我要请假]."""
    only = only_child(context)
    body = {} if only is None else {"child": only}
    await _keep(context, body)
    await context.say("leave_ask", await _view(context, body))


async def take_step(update: Update, context: Context) -> None:
    """A key of the form."""
    press = context.press(AskLeavePress)
    draft = await context.draft()
    if draft is None or draft.flow != FLOW:
        raise OldButton
    if press.step in _ENDS:
        await _ENDS[press.step](context, draft.body)
        return
    if press.value == PICK:
        await context.show("leave_ask", await _view(context, draft.body, is_picking=True))
        return
    body = await _filled(context, draft.body, press.step, press.value)
    await _keep(context, body)
    await context.show("leave_ask", await _view(context, body))


async def _filled(context: Context, body: Body, step: str, value: str) -> Body:
    """The form with one more answer; a later key of the form changes an earlier answer."""
    if step == "child" and value.isdigit():
        await family_visible_to(context.work, context.actor, int(value))
        return {"child": int(value)}
    if step == "kind" and value in KINDS:
        return {**body, "kind": value}
    if step == "from":
        return {**_without(body, "back"), "from": _start(context, day_in(value)).isoformat()}
    if step == "back" and "from" in body:
        return {**body, "back": value if value == UNKNOWN else _end(body, value)}
    raise OldButton


def _without(body: Body, name: str) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key != name}


def _start(context: Context, on: date) -> date:
    if on < context.today - LONGEST_BACK:
        raise OldButton
    return on


def _end(body: Body, value: str) -> str:
    if day_in(value) <= day_in(str(body["from"])):
        raise OldButton
    return value


async def type_day(update: Update, context: Context) -> None:
    """A day is typed instead of tapped; anything else is kept as the family's own words."""
    draft = await context.draft()
    body: Body = draft.body if draft else {}
    step = _step(body)
    on = read_day(context.text, context.today) if step in ("from", "back") else None
    if on is None:
        await keep_words(update, context)
        await context.say("leave_ask", await _view(context, body))
        return
    try:
        body = await _filled(context, body, step, on.isoformat())
    except OldButton:
        await context.say("leave_ask", replace(await _view(context, body), is_wrong=True))
        return
    await _keep(context, body)
    await context.say("leave_ask", await _view(context, body))


def _step(body: Body) -> str:
    order = ("child", "kind", "from", "back")
    return next((name for name in order if name not in body), "ready")


async def _keep(context: Context, body: Body) -> None:
    await context.keep(FLOW, _step(body), body)


async def _view(context: Context, body: Body, *, is_picking: bool = False) -> LeaveView:
    ids = [body["child"]] if "child" in body else children_on(context.actor)
    found = tuple(await children_of(context.work, context.actor, ids, context.today))
    step = _step(body)
    view = LeaveView(step, kind=body.get("kind", ""), is_night=is_night(context))
    if step == "child":
        return replace(view, children=found)
    if not found:
        raise OldButton
    view = replace(view, child=found[0], **_dates(body))
    calendar = context.calendar.school(found[0].school_id, found[0].grade)
    return _with_days(context, view, calendar, is_picking=is_picking)


def _dates(body: Body) -> dict[str, Any]:
    back = str(body.get("back", ""))
    return {
        "from_on": day_in(body["from"]) if "from" in body else None,
        "back": back,
        "back_on": day_in(back) if back and back != UNKNOWN else None,
    }


def _with_days(
    context: Context, view: LeaveView, calendar: SchoolCalendar, *, is_picking: bool
) -> LeaveView:
    """The days on the keys: the near ones by their names, or a list of dates."""
    today, from_on = context.today, view.from_on
    if view.step == "from" and is_picking:
        first = _school_days_back(calendar, today)
        return replace(view, days=more_days(calendar, first, OFFERED + BACK))
    if view.step == "from":
        return replace(view, choices=start_days(calendar, today))
    if view.step == "back" and from_on is not None and is_picking:
        return replace(view, days=more_days(calendar, from_on, OFFERED))
    if view.step == "back" and from_on is not None:
        return replace(view, choices=return_days(calendar, from_on, today))
    return view


def _school_days_back(calendar: SchoolCalendar, today: date) -> date:
    """The day after which the offer begins."""
    on = today
    for _ in range(BACK):
        on = calendar.previous_school_day(on) or on
    return on - timedelta(days=1)


async def _send(context: Context, body: Body) -> None:
    """[交给老师]: the teacher decides; the count is held meanwhile."""
    if _step(body) != "ready":
        raise OldButton
    student_id, kind = int(body["child"]), str(body["kind"])
    from_on, back = day_in(str(body["from"])), str(body["back"])
    back_on = None if back == UNKNOWN else day_in(back)
    answer = Answer.SICK if kind == "sick" else Answer.FAMILY
    reply = replace(said(context, answer, student_id), detail=back)
    view = await _view(context, body)
    await decide_for(
        context, student_id, lambda draft: accept_leave(draft, reply, kind, from_on, back_on)
    )
    await context.forget()
    await context.toast("noted.kept")
    await context.show("leave_sent", {"leave": view, "at": context.now})


async def _drop(context: Context, body: Body) -> None:
    """[不请了]."""
    await context.forget()
    await context.show("leave_dropped", {})


async def _again(context: Context, body: Body) -> None:
    """[改一下]: from the reason on."""
    kept = {"child": body["child"]} if "child" in body else {}
    await _keep(context, kept)
    await context.show("leave_ask", await _view(context, kept))


_ENDS = {"send": _send, "drop": _drop, "again": _again}

HANDLERS: tuple[Handler, ...] = (
    on_menu(begin, "ask_leave", by=is_family),
    on_command(begin, "leave", by=is_family),
    on_press(take_step, AskLeavePress, by=is_family),
    in_flow(type_day, FLOW, accepts=filters.TEXT & ~filters.COMMAND, by=is_family),
)
