"""A case at the township: [接收] [不属本乡镇] [请学校同去]; a dispute at the section."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select
from telegram import Update

from handlers.context import Context
from handlers.dispatch import in_flow, on_command, on_menu, on_press
from handlers.staff.asking import ask_words, asked_about
from handlers.staff.cards import BUREAU, Seen, decide, own_open, seen_by, tell_too_late
from handlers.staff.status import draft_for
from rules.child import joint, townships
from rules.child.draft import Draft
from rules.model.case import Task, TaskState
from rules.model.ladder import Referral
from rules.model.people import Role
from rules.model.school import Unit, UnitKind
from rules.refusals import BadInput, NotAllowed, OldButton
from storage.access import townships_of
from storage.facts.on_paper import referral_id_of
from storage.tables.school import units
from storage.views.tasks import TaskLine, lines_of
from storage.views.township_card import (
    ACCEPTING,
    CONTACT,
    DISPUTE,
    cases_of_townships,
    my_cases,
)
from templates.presses_township import MyCasesPress, ReroutePress, TownshipPress

PER_PAGE, PLACES = 8, 10
Decide = Callable[[Draft, Task, Referral, str], object]


@dataclass(frozen=True)
class Errand:
    """A key that asks for a line of words: on which task, what for, and what it decides."""

    kind: str
    field: str
    decide: Decide


ERRANDS = {
    "accept": Errand(ACCEPTING, "responsible", townships.accept),
    "decline": Errand(ACCEPTING, "decline_reason", townships.decline),
    "insist": Errand(DISPUTE, "decision_reason", townships.insist),
}
FLOW = "township"


@dataclass(frozen=True)
class WhichTownship:
    """[改送其他乡镇]: the other townships of the county."""

    task: TaskLine
    places: tuple[Unit, ...]
    page: int
    pages: int


async def act_on_township(update: Update, context: Context) -> None:
    """A key of the township's card."""
    press = context.press(TownshipPress)
    if press.act == "company":
        await _ask_for_company(context, press.task_id)
        return
    errand = ERRANDS.get(press.act)
    if errand is None:
        raise OldButton
    seen = await own_open(context, press.task_id, errand.kind)
    if seen is not None:
        await ask_words(context, FLOW, seen, errand.field, act=press.act)


async def take_words(update: Update, context: Context) -> None:
    """The responsible person's name, or the reason; and with it the decision."""
    asked, body = await asked_about(context)
    act = str(body["act"])
    seen = await own_open(context, asked.task.id, ERRANDS[act].kind)
    if seen is None:
        await context.forget()
        return
    draft = await draft_for(context, seen)
    ERRANDS[act].decide(draft, seen.task, _referral(draft, seen.task), context.text)
    await context.forget()
    await decide(context, seen.task.id, draft.decision(), f"ladder.{act}")


async def _ask_for_company(context: Context, task_id: int) -> None:
    seen = await own_open(context, task_id, ACCEPTING, CONTACT)
    if seen is None:
        return
    draft = await draft_for(context, seen)
    townships.ask_for_company(draft, _referral(draft, seen.task))
    await decide(context, task_id, draft.decision(), "ladder.company")


def _referral(draft: Draft, task: Task) -> Referral:
    number = referral_id_of(task)
    found = next((one for one in draft.facts.ladder.referrals if one.id == number), None)
    if found is None:
        raise OldButton
    return found


async def reroute(update: Update, context: Context) -> None:
    """[改送其他乡镇]: which one, then it is done; the new township gets papers of its own."""
    press = context.press(ReroutePress)
    seen = await _of_section(context, press.task_id)
    if seen is None:
        return
    if not press.township_id:
        await context.show("which_township", await _places(context, seen, press.page))
        return
    place = await context.work.one(select(units).where(units.c.id == press.township_id), Unit)
    if place is None or place.kind is not UnitKind.TOWNSHIP:
        raise OldButton
    draft = await draft_for(context, seen)
    joint.reroute(draft, _referral(draft, seen.task), place.id)
    await decide(context, seen.task.id, draft.decision(), "ladder.rerouted")


async def _of_section(context: Context, task_id: int) -> Seen | None:
    """The section's own dispute, or a township's open task seen from the bureau."""
    seen = await seen_by(context, task_id)
    if seen.task.kind not in (DISPUTE, ACCEPTING, CONTACT):
        raise OldButton
    if seen.task.state is not TaskState.OPEN:
        await tell_too_late(context, seen)
        return None
    is_own = seen.task.kind == DISPUTE and context.actor.is_one_of(seen.task.owner_id)
    if not is_own and seen.level not in BUREAU:
        raise NotAllowed
    return seen


async def _places(context: Context, seen: Seen, page: int) -> WhichTownship:
    draft = await draft_for(context, seen)
    taken = {one.township_id for one in draft.facts.ladder.running_referrals}
    query = select(units).where(units.c.kind == UnitKind.TOWNSHIP.value, units.c.id.not_in(taken))
    found = await context.work.all(query.order_by(units.c.name), Unit)
    if not found:
        raise BadInput("no_other_township")
    pages = max(1, -(-len(found) // PLACES))
    page = min(max(page, 0), pages - 1)
    shown = tuple(found[page * PLACES : (page + 1) * PLACES])
    lines = await lines_of(context.work, [seen.task], context.now)
    return WhichTownship(lines[0], shown, page, pages)


async def show_cases(update: Update, context: Context) -> None:
    """[我的个案]: the cases that the speaker's township was notified of."""
    await context.say("my_cases", await _cases(context, 0))


async def turn_page(update: Update, context: Context) -> None:
    """Another page of it."""
    await context.show("my_cases", await _cases(context, context.press(MyCasesPress).page))


async def _cases(context: Context, page: int) -> object:
    if not context.actor.has_role(Role.TOWNSHIP):
        raise NotAllowed
    places = await townships_of(context.work, context.actor, context.today)
    found = await cases_of_townships(context.work, places)
    return await my_cases(context.work, found, page, PER_PAGE, context.now)


HANDLERS = (
    on_menu(show_cases, "my_cases"),
    on_command(show_cases, "cases"),
    on_press(turn_page, MyCasesPress),
    on_press(act_on_township, TownshipPress),
    on_press(reroute, ReroutePress),
    in_flow(take_words, FLOW),
)
