"""The contact log: one tap where that is enough, the full record where it is wanted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from telegram import Update

from handlers.children import act_on, child_of
from handlers.context import Context
from handlers.dispatch import in_flow, on_press
from handlers.files import keep_enclosure
from rules.child.contacts import AGAIN, FAMILY, PROMISED, REFUSED, SICK, log_contact
from rules.model.case import Contact, Reason
from rules.model.school import Student
from rules.refusals import OldButton
from storage.facts.tasks import stood_in_for
from templates.presses_teacher import ContactPress

FLOW = "contact"
#: 打通·生病 and its neighbours: a phone call with its result.
QUICK = {
    "ill": {"means": "phone", "reached": True, "result": SICK, "reason": "sick"},
    "matter": {"means": "phone", "reached": True, "result": FAMILY, "reason": "family_matter"},
    "coming": {"means": "phone", "reached": True, "result": PROMISED},
    "missed": {"means": "phone", "reached": False},
}
#: What is asked after what; a contact that reached nobody needs no more than a note.
NEXT = {"means": "reached", "reached": "reason", "reason": "result", "result": "agreed"}
RESULTS = (PROMISED, REFUSED, AGAIN)


@dataclass(frozen=True)
class ContactLogView:
    """The flow's message at one step."""

    student_id: int
    name: str
    step: str
    means: str | None = None
    reached: bool = True
    result: str | None = None
    reasons: tuple[str, ...] = tuple(reason.value for reason in Reason)
    note: str | None = None
    has_file: bool = False
    at: Any = None


async def ask_how_it_went(context: Context, student: Student) -> None:
    """Begin: four answers that need one tap, or the full record."""
    await context.keep(FLOW, "quick", {"student": student.id})
    await context.say("contact_log", ContactLogView(student.id, student.name, "quick"))


async def take_step(update: Update, context: Context) -> None:
    """A key of the flow; what was said before stands in the draft."""
    press = context.press(ContactPress)
    student = await child_of(context, press.student_id, with_townships=True)
    if press.step == "quick" and press.value in QUICK:
        await _save(context, student, QUICK[press.value])
        return
    body = await _body(context, student)
    if press.step == "note":
        await _end(context, student, body)
        return
    body |= _said(context, press)
    await _ask(context, student, _after(press, body), body)


async def _body(context: Context, student: Student) -> dict[str, Any]:
    """The draft of this child's contact; a press without one is from long ago."""
    draft = await context.draft()
    if draft is None or draft.flow != FLOW or draft.body.get("student") != student.id:
        raise OldButton
    return dict(draft.body)


def _said(context: Context, press: ContactPress) -> dict[str, Any]:
    if press.step == "reached":
        return {"reached": press.value == "yes"}
    if press.step == "agreed":
        agreed = _agreed_on(context, press.value)
        return {"agreed_on": agreed.isoformat() if agreed else None}
    return {press.step: press.value} if press.step != "quick" else {}


def _agreed_on(context: Context, value: str) -> date | None:
    today = context.today
    if value == "tomorrow":
        return today + timedelta(days=1)
    return today + timedelta(days=7 - today.weekday()) if value == "monday" else None


def _after(press: ContactPress, body: Mapping[str, Any]) -> str:
    """The next question."""
    if press.step == "quick":
        return "means"
    if body.get("reached") is False:
        return "note"
    return NEXT.get(press.step, "note")


def _missing(body: Mapping[str, Any]) -> str | None:
    """The question without which there is no record; a note may come before its answer."""
    return next((step for step in ("means", "reached") if step not in body), None)


async def _end(context: Context, student: Student, body: dict[str, Any]) -> None:
    """[保存]; what a record cannot be without is asked first."""
    missing = _missing(body)
    if missing is None:
        await _save(context, student, body)
    else:
        await _ask(context, student, missing, body)


async def _ask(context: Context, student: Student, step: str, body: dict[str, Any]) -> None:
    await context.keep(FLOW, step, body, message_id=context.message_id)
    await context.show("contact_log", _view(student, step, body))


def _view(student: Student, step: str, body: Mapping[str, Any]) -> ContactLogView:
    return ContactLogView(
        student.id,
        student.name,
        step,
        means=body.get("means"),
        reached=body.get("reached", True),
        result=body.get("result"),
        note=body.get("note"),
        has_file=body.get("attachment") is not None,
        at=body.get("at"),
    )


async def add_note(update: Update, context: Context) -> None:
    """A line, a photo or a voice note for the record that is being written."""
    draft = await context.draft()
    if draft is None:
        return
    body = dict(draft.body)
    student = await child_of(context, int(body["student"]), with_townships=True)
    if context.text:
        body["note"] = context.text
    if context.enclosure is not None:
        body["attachment"] = await keep_enclosure(context, context.enclosure, student.id)
    step = _missing(body) or "note"
    await context.keep(FLOW, step, body)
    await context.say("contact_log", _view(student, step, body))


async def _save(context: Context, student: Student, body: Mapping[str, Any]) -> None:
    acting_for = await stood_in_for(context.work, context.actor, student.id)
    contact = replace(_contact(context, student, body), acting_for=acting_for)
    await act_on(
        context, student.id, lambda draft: log_contact(draft, contact), with_townships=True
    )
    await context.forget()
    await context.toast("contact.saved")
    await context.show("contact_log", _view(student, "saved", {**body, "at": context.now}))


def _contact(context: Context, student: Student, body: Mapping[str, Any]) -> Contact:
    agreed, reason = body.get("agreed_on"), body.get("reason")
    return Contact(
        id=0,
        student_id=student.id,
        case_id=None,
        by=context.actor_id,
        at=context.now,
        means=body["means"],
        reached=bool(body["reached"]),
        reason=Reason(reason) if reason else None,
        result=body.get("result"),
        agreed_on=date.fromisoformat(agreed) if agreed else None,
        note=body.get("note"),
        attachment_id=body.get("attachment"),
    )


HANDLERS = (
    on_press(take_step, ContactPress),
    in_flow(add_note, FLOW),
)
