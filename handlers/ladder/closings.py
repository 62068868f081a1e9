"""[申请结案]: the reason, the end of a suspension or the other school, the proof, [提交].

What was said stays in the draft; an answer that cannot be read changes nothing, and the question
is asked again with what was wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from telegram import Update

from handlers.children import book_of, child_of
from handlers.context import Context
from handlers.dispatch import in_flow, on_press
from handlers.files import keep_enclosure
from handlers.ladder.proofs import SORTS
from rules.child import closings
from rules.child.day_choices import read_day_ahead
from rules.child.draft import Draft
from rules.model.ladder import Closing, ClosingReason, ClosingState
from rules.model.school import Unit
from rules.refusals import NotAllowed, OldButton
from storage.facts.child import draft_about
from storage.facts.closings import may_ask, school_by_id, schools_named
from storage.facts.duties import duties_of_school
from storage.facts.overdue import names_of
from storage.naming import child_name
from templates.presses_closing import AskClosePress, ClosingPress

FLOW = "closing"
INSIDE, OUTSIDE = "inside", "outside"
#: How many schools stand under a search, and how long the words may be.
OFFERED, LONGEST = 8, 500
#: What is asked when a step's answer cannot be read.
FIELDS = {
    "reason": "closing_reason",
    "where": "closing_where",
    "school": "receiving_school",
    "until": "until_on",
    "proof": "closing_proof",
}
Body = Mapping[str, Any]


@dataclass(frozen=True)
class ClosingAskView:
    """Where it stands: `step` is a question of FIELDS, ready, done or dropped."""

    step: str
    child: str
    reason: str | None = None
    receiving: str | None = None
    until_on: date | None = None
    has_proof: bool = False
    words: str | None = None
    schools: tuple[Unit, ...] = ()
    problem: str | None = None
    to: str | None = None


async def begin(update: Update, context: Context) -> None:
    """[申请结案]; refused at once where it cannot be."""
    student_id = context.press(AskClosePress).student_id
    closings.may_begin(await _draft(context, student_id))
    await _ask(context, {"student": student_id})


async def _draft(context: Context, student_id: int) -> Draft:
    """The decision to be made now; NotAllowed for whoever it does not belong to."""
    child = await child_of(context, student_id)
    draft = await draft_about(context.work, child.id, book_of(context), by=context.actor_id)
    if not may_ask(context.actor, draft):
        raise NotAllowed
    return draft


def step_of(body: Body) -> str:
    """What is still to be said."""
    if "reason" not in body:
        return "reason"
    reason, where = ClosingReason(body["reason"]), body.get("where")
    if reason is ClosingReason.TRANSFERRED and where is None:
        return "where"
    if where == INSIDE:
        return "ready" if "school" in body else "school"
    if reason is ClosingReason.SUSPENSION and "until" not in body:
        return "until"
    return "ready" if "proof" in body else "proof"


async def _ask(context: Context, body: Body, **more: Any) -> None:
    """The next question, as a new message; the keys of earlier ones still work."""
    await context.keep(FLOW, step_of(body), body)
    await context.say("closing_ask", await _view(context, body, **more))


async def _view(
    context: Context, body: Body, step: str | None = None, **more: Any
) -> ClosingAskView:
    child = await child_of(context, int(body["student"]))
    school = await school_by_id(context.work, int(body["school"])) if "school" in body else None
    return ClosingAskView(
        step or step_of(body),
        child_name(context.work, child),
        reason=body.get("reason"),
        receiving=school.name if school else None,
        until_on=date.fromisoformat(body["until"]) if "until" in body else None,
        has_proof="proof" in body,
        words=body.get("words"),
        **more,
    )


async def _body(context: Context) -> dict[str, Any]:
    draft = await context.draft()
    if draft is None or draft.flow != FLOW:
        raise OldButton
    return dict(draft.body)


async def act_on_closing(update: Update, context: Context) -> None:
    """A reason, where to, a school, [提交] or [先不提交]."""
    press, body = context.press(ClosingPress), await _body(context)
    if press.act == "reason" and press.value in list(ClosingReason):
        earlier = _without(body, "where", "school", "until", "proof")
        await _ask(context, {**earlier, "reason": press.value})
    elif press.act == "where" and press.value in (INSIDE, OUTSIDE) and "reason" in body:
        await _ask(context, {**_without(body, "school", "proof"), "where": press.value})
    elif press.act == "school" and body.get("where") == INSIDE:
        await _take_school(context, body, press.value)
    elif press.act == "submit" and step_of(body) == "ready":
        await _submit(context, body)
    elif press.act == "drop":
        await context.forget()
        await context.toast("ladder.not_handed_in")
        await context.show("closing_ask", await _view(context, body, "dropped"))
    else:
        raise OldButton


def _without(body: Body, *names: str) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key not in names}


async def _take_school(context: Context, body: Body, value: str) -> None:
    child = await child_of(context, int(body["student"]))
    school = await school_by_id(context.work, int(value)) if value.isdecimal() else None
    if school is None or school.id == child.school_id:
        raise OldButton
    await _ask(context, {**body, "school": school.id})


async def take_answer(update: Update, context: Context) -> None:
    """What is written or sent: the answer to the question that stands open."""
    body = await _body(context)
    step = step_of(body)
    if context.enclosure is not None:
        await _take_proof(context, body, step)
    elif step == "school":
        await _search(context, body)
    elif step == "until":
        await _take_end(context, body)
    elif step == "ready" and 0 < len(context.text.strip()) <= LONGEST:
        await _ask(context, {**body, "words": context.text.strip()})
    else:
        await _ask(context, body, problem=FIELDS.get(step, "extra_words"))


async def _take_proof(context: Context, body: Body, step: str) -> None:
    """A photo or file; sent again, it takes the place of the earlier one."""
    wants_proof = step == "proof" or (step == "ready" and "proof" in body)
    enclosure = context.enclosure
    if not wants_proof or enclosure is None or enclosure.sort not in SORTS:
        await _ask(context, body, problem=FIELDS.get(step, "extra_words"))
        return
    draft = await _draft(context, int(body["student"]))
    file_id = await keep_enclosure(context, enclosure, draft.child_id, draft.case_id)
    await _ask(context, {**body, "proof": file_id})


async def _search(context: Context, body: Body) -> None:
    child = await child_of(context, int(body["student"]))
    words = context.text.strip()
    found = await schools_named(context.work, words, child.school_id, OFFERED)
    problem = None if found else "no_such_school"
    await _ask(context, body, schools=tuple(found), problem=problem)


async def _take_end(context: Context, body: Body) -> None:
    """The last day of a suspension lies ahead."""
    on = read_day_ahead(context.text, context.today)
    if on is None:
        await _ask(context, body, problem="until_on")
        return
    await _ask(context, {**body, "until": on.isoformat()})


async def _submit(context: Context, body: Body) -> None:
    draft = await _draft(context, int(body["student"]))
    closing = _closing(context, draft, body)
    receiver = None
    if closing.receiving_id is not None:
        duties = await duties_of_school(context.work, closing.receiving_id, context.today)
        receiver = duties.register_clerk_id
    closings.ask_to_close(draft, closing, receiver)
    await context.carry_out(draft.decision())
    await context.forget()
    await context.toast("ladder.handed_in")
    names = await names_of(context.work, [_asked_of(draft)])
    view = await _view(context, body, "done", to=next(iter(names.values()), None))
    await context.show("closing_ask", view)


def _asked_of(draft: Draft) -> int | None:
    kinds = (closings.CONFIRMING, closings.KIND)
    return next((one.owner_id for one in draft.facts.tasks if one.kind in kinds), None)


def _closing(context: Context, draft: Draft, body: Body) -> Closing:
    return Closing(
        id=0,
        case_id=0,
        student_id=draft.child_id,
        reason=ClosingReason(body["reason"]),
        state=ClosingState.AT_HEAD,
        asked_by=context.actor_id,
        asked_at=context.now,
        proof_file_id=body.get("proof"),
        words=body.get("words"),
        until_on=date.fromisoformat(body["until"]) if "until" in body else None,
        receiving_id=body.get("school"),
    )


HANDLERS = (
    on_press(begin, AskClosePress),
    on_press(act_on_closing, ClosingPress),
    in_flow(take_answer, FLOW),
)
