"""[申请发通知书] [申请上报] [交校长审批] [重新提交]: a line of words if wanted, then the step.

What follows is said before it is confirmed.  The rule itself is asked first, so that nobody
types for something that cannot be.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from telegram import Update

from handlers.children import book_of, child_of
from handlers.context import Context
from handlers.dispatch import in_flow, on_press
from handlers.ladder.steps import is_responsible
from handlers.staff.cards import Seen, seen_by, tell_too_late
from handlers.staff.status import draft_for
from rules.child import joint, notices, reports
from rules.child.draft import Draft
from rules.model.case import TaskState
from rules.refusals import BadInput, NotAllowed, OldButton
from storage.facts.child import draft_about
from storage.facts.on_paper import hands_in
from storage.facts.overdue import names_of
from storage.naming import child_name
from templates.presses_ladder import AskStagePress, HandInPress

FLOW = "hand_in"
#: A line of words, no essay.
LONGEST = 500


@dataclass(frozen=True)
class Errand:
    """One thing that is handed in: the rule, and the task that it opens or brings back."""

    act: Callable[[Draft, str], object]
    leads_to: str


STAGES = {
    "notice": Errand(notices.ask_for_notice, "notice_approval"),
    "report": Errand(reports.ask_for_report, "report_signature"),
}
PAPERS = {
    "notice_prepare": Errand(notices.submit, "notice_approval"),
    "notice_approval": Errand(notices.submit, "notice_approval"),
    "report_signature": Errand(reports.resubmit, "report_signature"),
    "joint_issue": Errand(joint.resubmit, "joint_issue"),
}


@dataclass(frozen=True)
class HandInView:
    """Where it stands: `step` is words, confirm or done; `leads_to` the task that follows."""

    step: str
    what: str
    leads_to: str
    child: str
    words: str | None = None
    to: str | None = None


@dataclass(frozen=True)
class _Handed:
    """What is handed in, by whom, on which decision about the child."""

    errand: Errand
    draft: Draft


async def ask_for_stage(update: Update, context: Context) -> None:
    """[申请发通知书] [申请上报]."""
    press = context.press(AskStagePress)
    if press.what not in STAGES:
        raise OldButton
    await _begin(context, {"what": press.what, "student": press.student_id})


async def begin_with_paper(context: Context, task_id: int) -> None:
    """[交校长审批] [重新提交]."""
    seen = await _open_paper(context, task_id)
    if seen is not None:
        body = {"what": seen.task.kind, "student": seen.task.student_id, "task": task_id}
        await _begin(context, body)


async def _open_paper(context: Context, task_id: int) -> Seen | None:
    """A task whose paper the speaker may hand in; None when it has ended meanwhile."""
    seen = await seen_by(context, task_id)
    if seen.task.kind not in PAPERS:
        raise OldButton
    if seen.task.state is not TaskState.OPEN:
        await tell_too_late(context, seen)
        return None
    return seen


async def _begin(context: Context, body: dict[str, Any]) -> None:
    """Refused at once where the rules do not allow it; else the words are asked for."""
    handed = await _handed(context, body)
    handed.errand.act(handed.draft, "")
    await context.keep(FLOW, "words", body)
    await context.say("hand_in", await _view(context, "words", body))


async def _handed(context: Context, body: Mapping[str, Any]) -> _Handed:
    """The decision to be made now; NotAllowed for whoever it does not belong to."""
    if "task" not in body:
        child = await child_of(context, int(body["student"]))
        by = context.actor_id
        draft = await draft_about(context.work, child.id, book_of(context), by=by)
        if not is_responsible(context, draft):
            raise NotAllowed
        return _Handed(STAGES[body["what"]], draft)
    seen = await seen_by(context, int(body["task"]))
    draft = await draft_for(context, seen)
    if not await _may_hand_in(context, seen, draft):
        raise NotAllowed
    return _Handed(PAPERS[seen.task.kind], draft)


async def _may_hand_in(context: Context, seen: Seen, draft: Draft) -> bool:
    """The owner of what is to be prepared; whoever a returned paper goes back to."""
    if seen.task.kind == "notice_prepare":
        return context.actor.is_one_of(seen.task.owner_id)
    case, child = draft.facts.case, draft.facts.student
    persons = await hands_in(context.work, seen.task, case, child, context.today)
    return any(context.actor.is_one_of(person) for person in persons)


async def take_words(update: Update, context: Context) -> None:
    """The words; written again, they take the place of the earlier ones."""
    body = await _body(context)
    if not context.text.strip() or len(context.text) > LONGEST:
        raise BadInput("extra_words")
    await _confirm(context, {**body, "words": context.text.strip()})


async def _body(context: Context) -> dict[str, Any]:
    draft = await context.draft()
    if draft is None or draft.flow != FLOW:
        raise OldButton
    return dict(draft.body)


async def _confirm(context: Context, body: dict[str, Any]) -> None:
    await context.keep(FLOW, "confirm", body)
    await context.show("hand_in", await _view(context, "confirm", body))


async def act_on_hand_in(update: Update, context: Context) -> None:
    """[不用补充] [确认提交] [先不提交]."""
    act, body = context.press(HandInPress).act, await _body(context)
    if act == "skip":
        await _confirm(context, {**body, "words": ""})
    elif act == "drop":
        await context.forget()
        await context.toast("ladder.not_handed_in")
        await context.show("hand_in", await _view(context, "dropped", body))
    elif act == "now" and "words" in body:
        await _hand_in(context, body)
    else:
        raise OldButton


async def _hand_in(context: Context, body: dict[str, Any]) -> None:
    if "task" in body and await _open_paper(context, int(body["task"])) is None:
        await context.forget()
        return
    handed = await _handed(context, body)
    handed.errand.act(handed.draft, body["words"])
    await context.carry_out(handed.draft.decision())
    await context.forget()
    await context.toast("ladder.handed_in")
    await context.show("hand_in", await _view(context, "done", body, handed.draft))


async def _view(
    context: Context, step: str, body: Mapping[str, Any], draft: Draft | None = None
) -> HandInView:
    child = await child_of(context, int(body["student"]))
    errand = {**STAGES, **PAPERS}[body["what"]]
    task = draft.facts.task(errand.leads_to) if draft else None
    names = await names_of(context.work, [task.owner_id]) if task else {}
    return HandInView(
        step,
        body["what"],
        errand.leads_to,
        child_name(context.work, child),
        body.get("words") or None,
        next(iter(names.values()), None),
    )


HANDLERS = (
    on_press(ask_for_stage, AskStagePress),
    on_press(act_on_hand_in, HandInPress),
    in_flow(take_words, FLOW),
)
