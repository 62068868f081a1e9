"""`/away`: who stands in, and for how many days (rules.md 6, Away)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from telegram import Update

from handlers.context import Context
from handlers.dispatch import on_command, on_press
from rules.away import end_deputy, may_stand_in, name_deputy
from rules.model.people import Deputy, Person, Post
from rules.refusals import NotAllowed, OldButton
from storage.facts.overdue import deputies_around, names_of, posts_of_people, staff_of
from templates.presses_staff import AwayPress

FLOW = "away"
DAYS = (1, 2, 3, 4, 5, 7, 10, 14)
PER_PAGE, PER_ROW = 12, 2


@dataclass(frozen=True)
class Current:
    """The line that holds now."""

    id: int
    deputy: str
    from_on: date
    to_on: date


@dataclass(frozen=True)
class AwayView:
    """One step of naming a deputy."""

    step: str
    current: Current | None = None
    rows: tuple[tuple[Person, ...], ...] = ()
    page: int = 0
    pages: int = 1
    deputy: str = ""
    days: tuple[int, ...] = DAYS


async def ask_who(update: Update, context: Context) -> None:
    """`/away`: who stands in; or the line that holds, with [我回来了]."""
    if not _mine(context):
        raise NotAllowed
    current = await _current(context)
    view = AwayView("who", current) if current else await _page(context, 0)
    await context.say("away", view)


async def take_step(update: Update, context: Context) -> None:
    """A key of the flow."""
    press = context.press(AwayPress)
    step = _STEPS.get(press.step)
    if step is None or not _mine(context):
        raise OldButton
    await step(context, press.number)


async def _turn(context: Context, page: int) -> None:
    await context.show("away", await _page(context, page))


async def _choose(context: Context, deputy_id: int) -> None:
    chosen = next((one for one in await _colleagues(context) if one.id == deputy_id), None)
    if chosen is None:
        raise OldButton
    await context.keep(FLOW, "days", {"deputy": deputy_id}, message_id=context.message_id)
    await context.show("away", AwayView("days", deputy=chosen.name))


async def _name(context: Context, days: int) -> None:
    draft = await context.draft()
    if draft is None or draft.flow != FLOW or days not in DAYS:
        raise OldButton
    chosen = next(
        (one for one in await _colleagues(context) if one.id == draft.body["deputy"]), None
    )
    if chosen is None:
        raise OldButton
    me, last = context.actor_id, context.today + timedelta(days=days - 1)
    running = await deputies_around(context.work, [me, chosen.id], context.today)
    wanted = Deputy(-1, me, chosen.id, context.today, last, named_by=me)
    await context.carry_out(name_deputy(wanted, running, context.today, context.now))
    await context.forget()
    await context.show("away", AwayView("who", await _current(context)))


async def _end(context: Context, line_id: int) -> None:
    lines = await deputies_around(context.work, context.actor.person_ids, context.today)
    line = next((one for one in lines if one.id == line_id), None)
    if line is None or line.person_id not in context.actor.person_ids:
        raise OldButton
    await context.carry_out(end_deputy(line, context.actor_id, context.now))
    await context.toast("staff.deputy_ended")
    await context.show("away", await _page(context, 0))


_STEPS = {"page": _turn, "who": _choose, "days": _name, "end": _end}


def _mine(context: Context) -> list[Post]:
    return [post for post in context.actor.posts if post.person_id == context.actor_id]


async def _current(context: Context) -> Current | None:
    lines = await deputies_around(context.work, [context.actor_id], context.today)
    mine = [one for one in lines if one.person_id == context.actor_id]
    if not mine:
        return None
    names = await names_of(context.work, [mine[0].deputy_id])
    line = mine[0]
    return Current(line.id, names[line.deputy_id], line.from_on, line.to_on)


async def _colleagues(context: Context) -> list[Person]:
    """Who holds the same role in the same unit."""
    mine = _mine(context)
    staff = await staff_of(context.work, {post.unit_id for post in mine}, context.today)
    held = await posts_of_people(context.work, [one.id for one in staff], context.today)
    return [
        one
        for one in staff
        if one.id not in context.actor.person_ids
        and may_stand_in(mine, [post for post in held if post.person_id == one.id])
    ]


async def _page(context: Context, page: int) -> AwayView:
    staff = await _colleagues(context)
    shown = staff[page * PER_PAGE : (page + 1) * PER_PAGE]
    rows = tuple(tuple(shown[n : n + PER_ROW]) for n in range(0, len(shown), PER_ROW))
    return AwayView("who", rows=rows, page=page, pages=max(1, -(-len(staff) // PER_PAGE)))


HANDLERS = (
    on_command(ask_who, "away"),
    on_press(take_step, AwayPress),
)
