"""Acting on one child: load, decide, carry out, the same way for every errand."""

from __future__ import annotations

from collections.abc import Callable

from handlers.context import Context
from rules.book import Book
from rules.child.draft import Draft
from rules.model.people import Role
from rules.model.school import Student
from rules.refusals import NotAllowed
from storage.access import student_visible_to
from storage.actors import Actor
from storage.facts.child import draft_about


def book_of(context: Context) -> Book:
    """The county's numbers and calendar."""
    return Book(context.policy, context.calendar)


async def child_of(context: Context, student_id: int, *, with_townships: bool = False) -> Student:
    """The child, if the speaker may see it; NotYours otherwise.

    What the school knows and does about a child is not a township's: its contact comes through
    only `with_townships` (privacy D3).
    """
    student = await student_visible_to(context.work, context.actor, student_id, context.today)
    if not with_townships and _is_of_township(context.actor):
        raise NotAllowed
    return student


def _is_of_township(actor: Actor) -> bool:
    return bool(actor.posts) and all(post.role is Role.TOWNSHIP for post in actor.posts)


async def act_on(
    context: Context,
    student_id: int,
    decide: Callable[[Draft], object],
    *,
    with_townships: bool = False,
) -> Student:
    """Let a rule decide about a child that the speaker may see, and carry it out."""
    student = await child_of(context, student_id, with_townships=with_townships)
    draft = await draft_about(context.work, student_id, book_of(context), by=context.actor_id)
    decide(draft)
    await context.carry_out(draft.decision())
    return student
