"""Acting on a child of one's own family: load, decide, carry out, and show the day's card."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from handlers.children import book_of
from handlers.context import Context
from rules.child.day_choices import return_days
from rules.child.draft import Draft
from rules.model.attendance import Answer, Question, Reply
from rules.model.people import GuardianState
from rules.model.school import Student
from rules.quiet import Audience, night_of
from rules.refusals import NotYours, OldButton
from storage.actors import Actor
from storage.facts.child import draft_about
from storage.facts.family import (
    children_on,
    family_visible_to,
    latest_roll_call,
    questions_on_message,
)
from storage.views.alert_card import AlertView, AskedChild, alert_of

Decide = Callable[[Draft], object]


def is_family(actor: Actor) -> bool:
    """Whether a child is bound to this chat."""
    return any(link.state is GuardianState.BOUND for link in actor.guardianships.values())


def is_family_only(actor: Actor) -> bool:
    """Whether nobody on this chat holds a post as well."""
    return is_family(actor) and not actor.is_staff


async def decide_for(context: Context, student_id: int, decide: Decide) -> tuple[Any, ...]:
    """Let a rule decide about a child of this family, and carry it out; what was stored."""
    student = await family_visible_to(context.work, context.actor, student_id)
    return await decide_about(context, student, decide)


async def decide_about(context: Context, student: Student, decide: Decide) -> tuple[Any, ...]:
    """The same for a child that has been looked up already.  The teacher's card shows it."""
    speaker = context.actor.speaks_for(student.id)
    draft = await draft_about(context.work, student.id, book_of(context), by=speaker)
    decide(draft)
    draft.refresh_card(await latest_roll_call(context.work, student.class_id, context.today))
    return await context.carry_out(draft.decision())


def said(
    context: Context, kind: Answer, student_id: int | None, question: Question | None = None
) -> Reply:
    """Something that was said here and now."""
    actor = context.actor
    return Reply(
        id=0,
        student_id=student_id,
        person_id=actor.primary_id if student_id is None else actor.speaks_for(student_id),
        question_id=question.id if question else None,
        case_id=question.case_id if question else None,
        kind=kind,
        at=context.now,
    )


def earlier(context: Context, question: Question | None) -> Question | None:
    """The question, when it is not today's."""
    return question if question is not None and question.on != context.today else None


def is_night(context: Context) -> bool:
    """Whether the teacher reads it in the morning (rules.md 6, Quiet hours)."""
    local = context.now.astimezone(context.calendar.zone).time()
    return night_of(context.policy.quiet_hours, Audience.STAFF).is_quiet(local)


def only_child(context: Context) -> int | None:
    """The one child of this chat; None where there are several."""
    mine = children_on(context.actor)
    if not mine:
        raise NotYours
    return mine[0] if len(mine) == 1 else None


async def questions_here(context: Context, question_id: int) -> Sequence[int]:
    """The questions on the message that was pressed on, at least the one of the key."""
    shown = await questions_on_message(context.work, context.actor, context.message_id)
    return tuple(dict.fromkeys([*shown, question_id])) if question_id in shown else (question_id,)


async def show_card(context: Context, question_id: int, page: str = "") -> None:
    """The message that was pressed on shows the present state of its questions."""
    ids = await questions_here(context, question_id)
    card = await card_of(context, ids)
    if card is None:
        raise OldButton
    await context.show("alert_card", replace(card, page=page, at=question_id if page else 0))


async def card_of(context: Context, question_ids: Sequence[int]) -> AlertView | None:
    """The card of these questions, with the days that may be chosen."""
    card = await alert_of(context.work, context.actor, question_ids)
    if card is None:
        return None
    children = tuple(_with_days(context, one) for one in card.children)
    return replace(card, children=children, is_night=is_night(context))


def _with_days(context: Context, asked: AskedChild) -> AskedChild:
    calendar = context.calendar.school(asked.child.school_id, asked.child.grade)
    return replace(asked, days=return_days(calendar, context.today, context.today))


def day_in(text: str) -> date:
    """The day that a key names; OldButton for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise OldButton from None
