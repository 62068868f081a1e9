"""送达: the way, the day, who took it or who saw it refused, the proof; then [保存].

What was said stays in the draft; an answer that cannot be read changes nothing, and the question
is asked again with what was wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from telegram import Update

from handlers.context import Context
from handlers.dispatch import in_flow, on_press
from handlers.ladder.proofs import received
from handlers.staff.asking import asked_about
from handlers.staff.cards import Seen, decide, own_open
from handlers.staff.status import draft_for
from rules.child import notices
from rules.child.day_choices import read_day
from rules.child.draft import Draft
from rules.model.ladder import Service, ServiceWay
from rules.refusals import OldButton
from storage.naming import child_name
from templates.presses_ladder import ServicePress

FLOW, KIND = "serve", "notice_service"
#: How many days [选日期] offers, today included.
OFFERED = 8
#: The question about people, by the way of service.
PEOPLE = {
    ServiceWay.SIGNED: "receiver",
    ServiceWay.REFUSED: "witnesses",
    ServiceWay.POSTED: "posted_to",
}
LONGEST = 100
Body = Mapping[str, Any]


@dataclass(frozen=True)
class ServingView:
    """Where it stands: `step` is on, people, proof or ready; `problem` what was wrong."""

    step: str
    task_id: int
    child: str
    way: str
    asks: str
    on: date | None = None
    people: str | None = None
    has_proof: bool = False
    today: date | None = None
    yesterday: date | None = None
    days: tuple[date, ...] = field(default=())
    problem: str | None = None


async def begin_service(context: Context, seen: Seen, way: ServiceWay) -> None:
    """[当面签收] [拒收见证] [邮寄送达]; without the stamped copy the rule refuses."""
    notices.paper_to_serve(await draft_for(context, seen))
    body = {"task": seen.task.id, "way": way.value}
    await _ask(context, seen, body)


async def _ask(context: Context, seen: Seen, body: Body, problem: str | None = None) -> None:
    """The next question, as a new message; the keys of earlier ones still work."""
    await context.keep(FLOW, _step(body), body)
    await context.say("serving", await _view(context, seen, body, problem=problem))


def _step(body: Body) -> str:
    return next((step for step in ("on", "people", "proof") if step not in body), "ready")


async def _view(
    context: Context,
    seen: Seen,
    body: Body,
    *,
    problem: str | None = None,
    is_picking: bool = False,
) -> ServingView:
    draft = await draft_for(context, seen)
    today = context.today
    days = notices.service_days(draft)[:OFFERED] if is_picking else ()
    return ServingView(
        _step(body),
        seen.task.id,
        child_name(context.work, draft.facts.student),
        body["way"],
        PEOPLE[ServiceWay(body["way"])],
        on=date.fromisoformat(body["on"]) if "on" in body else None,
        people=body.get("people"),
        has_proof="proof" in body,
        today=today,
        yesterday=today - timedelta(days=1),
        days=days,
        problem=problem,
    )


async def act_on_service(update: Update, context: Context) -> None:
    """A day, [选日期], [保存] or [不记了]."""
    press = context.press(ServicePress)
    found = await _underway(context)
    if found is None:
        return
    seen, body = found
    if press.act == "drop":
        await context.forget()
        await context.toast("ladder.not_handed_in")
        await context.show("serving_left", {})
    elif press.act == "pick":
        await context.show("serving", await _view(context, seen, body, is_picking=True))
    elif press.act == "on":
        await _take_day(context, seen, body, read_day(press.value, context.today))
    elif press.act == "save" and _step(body) == "ready":
        await _save(context, seen, body)
    else:
        raise OldButton


async def _underway(context: Context) -> tuple[Seen, dict[str, Any]] | None:
    """The service that is being recorded; None when it has been recorded meanwhile."""
    draft = await context.draft()
    if draft is None or draft.flow != FLOW:
        raise OldButton
    asked, body = await asked_about(context)
    seen = await own_open(context, asked.task.id, KIND)
    if seen is None:
        await context.forget()
        return None
    return seen, {**body, "task": asked.task.id}


async def take_answer(update: Update, context: Context) -> None:
    """What is written or sent: the answer to the question that stands open."""
    found = await _underway(context)
    if found is None:
        return
    seen, body = found
    step = _step(body)
    if context.enclosure is not None and step in ("proof", "ready"):
        file = await received(context, seen, "proof_file")
        await _ask(context, seen, {**body, "proof": file.id})
    elif context.enclosure is not None or step in ("proof", "ready"):
        await _ask(
            context, seen, body, "proof_file" if step in ("proof", "ready") else _asks(body)
        )
    elif step == "on":
        await _take_day(context, seen, body, read_day(context.text, context.today))
    else:
        await _take_people(context, seen, body)


def _asks(body: Body) -> str:
    return "served_on" if _step(body) == "on" else PEOPLE[ServiceWay(body["way"])]


async def _take_day(context: Context, seen: Seen, body: Body, on: date | None) -> None:
    """A day between the approval and today."""
    draft = await draft_for(context, seen)
    if on is None or on not in notices.service_days(draft):
        await _ask(context, seen, body, "served_on")
        return
    await _ask(context, seen, {**body, "on": on.isoformat()})


async def _take_people(context: Context, seen: Seen, body: Body) -> None:
    """Who took it, to whom it was posted, or the two who saw it refused."""
    words, way = context.text.strip(), ServiceWay(body["way"])
    is_short = way is ServiceWay.REFUSED and not notices.are_witnesses(words)
    if not words or len(words) > LONGEST or is_short:
        await _ask(context, seen, body, PEOPLE[way])
        return
    await _ask(context, seen, {**body, "people": words})


async def _save(context: Context, seen: Seen, body: Body) -> None:
    draft = await draft_for(context, seen)
    notices.serve(draft, _service(context, seen, draft, body))
    await context.forget()
    await decide(context, seen.task.id, draft.decision(), "ladder.served")


def _service(context: Context, seen: Seen, draft: Draft, body: Body) -> Service:
    way = ServiceWay(body["way"])
    is_refused = way is ServiceWay.REFUSED
    return Service(
        id=0,
        paper_id=0,
        case_id=0,
        student_id=draft.child_id,
        way=way,
        on=date.fromisoformat(body["on"]),
        by=seen.by,
        at=context.now,
        proof_file_id=int(body["proof"]),
        receiver=None if is_refused else body["people"],
        witnesses=body["people"] if is_refused else None,
        acting_for=seen.acting_for,
    )


HANDLERS = (
    on_press(act_on_service, ServicePress),
    in_flow(take_answer, FLOW),
)
