"""`/away`: who stands in for whom, from when, for how many days (rules.md 6, Away)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from telegram import Update

from handlers.context import Context
from handlers.dispatch import on_command, on_press
from rules.away import end_deputy, name_deputy
from rules.model.people import Deputy, Person
from rules.refusals import NotAllowed, OldButton
from storage.facts.away import is_below, lines_of, people_below, stand_ins
from storage.facts.overdue import deputies_around, names_of
from templates.presses_staff import AwayPress

FLOW = "away"
DAYS = (1, 2, 3, 4, 5, 7, 10, 14)
#: How many days ahead it may begin.
AHEAD = 8
PER_PAGE, PER_ROW = 12, 2


@dataclass(frozen=True)
class Standing:
    """A line that holds now or later."""

    id: int
    deputy: str
    from_on: date
    to_on: date


@dataclass(frozen=True)
class AwayView:
    """One step of naming a deputy; `name` is empty where it is for oneself."""

    step: str  # lines | who | others | from | days
    person_id: int
    name: str = ""
    lines: tuple[Standing, ...] = ()
    rows: tuple[tuple[Person, ...], ...] = ()
    page: int = 0
    pages: int = 1
    deputy: str = ""
    begins: tuple[date, ...] = ()
    days: tuple[int, ...] = DAYS
    has_others: bool = False


async def ask_who(update: Update, context: Context) -> None:
    """`/away`: who stands in; or the lines that hold, each with its end."""
    if not any(post.person_id == context.actor_id for post in context.actor.posts):
        raise NotAllowed
    await context.say("away", await _opened(context, context.actor_id))


async def take_step(update: Update, context: Context) -> None:
    """A key of the flow."""
    press = context.press(AwayPress)
    step = _STEPS.get(press.step)
    if step is None:
        raise OldButton
    if not await _may_arrange(context, press.person_id):
        raise NotAllowed
    await step(context, press.person_id, press.number)


async def _may_arrange(context: Context, person_id: int) -> bool:
    """For oneself, or as the next level."""
    if person_id == context.actor_id:
        return context.actor.is_staff
    return await is_below(context.work, context.actor, person_id, context.today)


async def _open(context: Context, person_id: int, _: int) -> None:
    await context.show("away", await _opened(context, person_id))


async def _turn(context: Context, person_id: int, page: int) -> None:
    await context.show("away", await _page(context, person_id, page))


async def _others(context: Context, person_id: int, page: int) -> None:
    """Those below, to arrange for one of them."""
    found = await people_below(context.work, context.actor, context.today)
    await context.show("away", AwayView("others", person_id, **_paged(found, page)))


async def _choose(context: Context, person_id: int, deputy_id: int) -> None:
    chosen = await _stand_in(context, person_id, deputy_id)
    body = {"person": person_id, "deputy": deputy_id}
    await context.keep(FLOW, "from", body, message_id=context.message_id)
    begins = tuple(context.today + timedelta(days=n) for n in range(AHEAD))
    name = await _name_of(context, person_id)
    await context.show(
        "away", AwayView("from", person_id, name, deputy=chosen.name, begins=begins)
    )


async def _begin(context: Context, person_id: int, day: int) -> None:
    """From which day; the key carries the day itself, so that an old key stays that day's."""
    deputy_id, _ = await _drafted(context, person_id)
    begins = date.fromordinal(day) if 0 < day <= date.max.toordinal() else context.today
    if not context.today <= begins < context.today + timedelta(days=AHEAD):
        raise OldButton
    chosen = await _stand_in(context, person_id, deputy_id)
    body = {"person": person_id, "deputy": deputy_id, "from": begins.isoformat()}
    await context.keep(FLOW, "days", body, message_id=context.message_id)
    name = await _name_of(context, person_id)
    view = AwayView("days", person_id, name, deputy=chosen.name, begins=(begins,))
    await context.show("away", view)


async def _name(context: Context, person_id: int, days: int) -> None:
    deputy_id, begins = await _drafted(context, person_id)
    if begins is None or days not in DAYS:
        raise OldButton
    chosen = await _stand_in(context, person_id, deputy_id)
    running = await deputies_around(context.work, [person_id, chosen.id], context.today)
    last = begins + timedelta(days=days - 1)
    wanted = Deputy(-1, person_id, chosen.id, begins, last, named_by=context.actor_id)
    await context.carry_out(name_deputy(wanted, running, context.today, context.now))
    await context.forget()
    await context.toast("staff.deputy_named")
    await context.show("away", await _opened(context, person_id))


async def _end(context: Context, person_id: int, line_id: int) -> None:
    found = await lines_of(context.work, person_id, context.today)
    line = next((one for one in found if one.id == line_id), None)
    if line is None:
        raise OldButton
    await context.carry_out(end_deputy(line, context.actor_id, context.now))
    await context.toast("staff.deputy_ended")
    await context.show("away", await _opened(context, person_id))


_STEPS = {
    "open": _open,
    "page": _turn,
    "others": _others,
    "who": _choose,
    "from": _begin,
    "days": _name,
    "end": _end,
}


async def _drafted(context: Context, person_id: int) -> tuple[int, date | None]:
    """The deputy and the first day chosen so far."""
    draft = await context.draft()
    if draft is None or draft.flow != FLOW or draft.body["person"] != person_id:
        raise OldButton
    begins = draft.body.get("from")
    return int(draft.body["deputy"]), date.fromisoformat(begins) if begins else None


async def _stand_in(context: Context, person_id: int, deputy_id: int) -> Person:
    found = await stand_ins(context.work, context.actor, person_id, context.today)
    chosen = next((one for one in found if one.id == deputy_id), None)
    if chosen is None:
        raise OldButton
    return chosen


async def _opened(context: Context, person_id: int) -> AwayView:
    """The lines that hold; where there is none, who could stand in."""
    found = await lines_of(context.work, person_id, context.today)
    if not found:
        return await _page(context, person_id, 0)
    names = await names_of(context.work, [one.deputy_id for one in found])
    lines = tuple(Standing(one.id, names[one.deputy_id], one.from_on, one.to_on) for one in found)
    name = await _name_of(context, person_id)
    others = await _has_others(context, person_id)
    return AwayView("lines", person_id, name, lines, has_others=others)


async def _page(context: Context, person_id: int, page: int) -> AwayView:
    found = await stand_ins(context.work, context.actor, person_id, context.today)
    name = await _name_of(context, person_id)
    others = await _has_others(context, person_id)
    return AwayView("who", person_id, name, has_others=others, **_paged(found, page))


async def _has_others(context: Context, person_id: int) -> bool:
    mine = person_id == context.actor_id
    return mine and bool(await people_below(context.work, context.actor, context.today))


async def _name_of(context: Context, person_id: int) -> str:
    if person_id == context.actor_id:
        return ""
    return (await names_of(context.work, [person_id]))[person_id]


def _paged(found: list[Person], page: int) -> dict[str, Any]:
    shown = found[page * PER_PAGE : (page + 1) * PER_PAGE]
    rows = tuple(tuple(shown[n : n + PER_ROW]) for n in range(0, len(shown), PER_ROW))
    return {"rows": rows, "page": page, "pages": max(1, -(-len(found) // PER_PAGE))}


HANDLERS = (
    on_command(ask_who, "away"),
    on_press(take_step, AwayPress),
)
