"""Later corrections: a reason, and after the day the school leader (rules.md 2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from telegram import Update

from handlers.children import act_on, book_of, child_of
from handlers.context import Context
from handlers.dispatch import in_flow, on_press
from rules.child.rollcall import correct
from rules.corrections import ask_for_correction
from rules.model.attendance import MarkKind
from rules.model.school import Student
from storage.facts.child import child_facts
from storage.naming import child_name
from templates.presses_teacher import CorrectPress

FLOW = "correct"
DAYS = 6


@dataclass(frozen=True)
class CorrectDay:
    """One of the latest school days."""

    on: date
    kind: str  # what it is recorded as
    turns_into: str


@dataclass(frozen=True)
class CorrectionView:
    """Which day is wrong, then why."""

    student_id: int
    name: str
    step: str
    days: tuple[CorrectDay, ...] = ()
    on: date | None = None
    kind: str | None = None


async def ask_which_day(context: Context, student: Student) -> None:
    """Show the latest school days, each with what it would become."""
    facts = await child_facts(context.work, student.id, book_of(context), context.now)
    days = tuple(
        CorrectDay(day.on, day.state.value, _other(day.state.value))
        for day in facts.read(context.now)[-DAYS:]
        if day.state.value != "pending"
    )
    await context.say(
        "correction", CorrectionView(student.id, child_name(context.work, student), "day", days)
    )


def _other(state: str) -> str:
    return "absent" if state in ("seen", "present") else "present"


async def ask_why(update: Update, context: Context) -> None:
    """A day was chosen: the reason comes as a line of text."""
    press = context.press(CorrectPress)
    student = await child_of(context, press.student_id)
    body = {"student": student.id, "on": press.on, "kind": press.kind}
    await context.keep(FLOW, "reason", body, message_id=context.message_id)
    await context.show("correction", _view(context, student, "reason", body))


def _view(
    context: Context, student: Student, step: str, body: dict[str, object]
) -> CorrectionView:
    name = child_name(context.work, student)
    return CorrectionView(
        student.id,
        name,
        step,
        on=date.fromisoformat(str(body["on"])),
        kind=str(body["kind"]),
    )


async def record_reason(update: Update, context: Context) -> None:
    """Today's day is corrected at once; an earlier one goes to the school leader first."""
    draft = await context.draft()
    if draft is None or not context.text:
        return
    body = dict(draft.body)
    student = await child_of(context, int(body["student"]))
    on, kind = date.fromisoformat(body["on"]), MarkKind(body["kind"])
    reason = context.text
    if on == context.today:
        await act_on(context, student.id, lambda d: correct(d, on, kind, reason))
    else:
        await act_on(context, student.id, lambda d: ask_for_correction(d, on, kind, reason))
    await context.forget()
    step = "done" if on == context.today else "asked"
    await context.say("correction", _view(context, student, step, body))


HANDLERS = (
    on_press(ask_why, CorrectPress),
    in_flow(record_reason, FLOW, "reason"),
)
