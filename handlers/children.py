"""Acting on one child: load, decide, carry out, the same way for every errand."""

from __future__ import annotations

from collections.abc import Callable

from handlers.context import Context
from rules.book import Book
from rules.child.draft import Draft
from rules.model.school import Student
from storage.access import student_visible_to
from storage.facts.child import draft_about


def book_of(context: Context) -> Book:
    """The county's numbers and calendar."""
    return Book(context.policy, context.calendar)


async def child_of(context: Context, student_id: int) -> Student:
    """The child, if the speaker may see it; NotYours otherwise."""
    return await student_visible_to(context.work, context.actor, student_id, context.today)


async def act_on(context: Context, student_id: int, decide: Callable[[Draft], object]) -> Student:
    """Let a rule decide about a child that the speaker may see, and carry it out."""
    student = await child_of(context, student_id)
    draft = await draft_about(context.work, student_id, book_of(context), by=context.actor_id)
    decide(draft)
    await context.carry_out(draft.decision())
    return student
