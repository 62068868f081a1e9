"""A report on somebody's desk: its facts, its card, and who may do what with it."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.children import book_of
from handlers.context import Context
from rules.model.reports import ReportDue
from rules.refusals import NotAllowed
from storage.facts.reports import ReportFacts, due_by_id, report_facts
from storage.views.report_card import card_view


@dataclass(frozen=True)
class ReportChildren:
    """[查看]: who is behind the figures."""

    unit: str
    groups: tuple[tuple[str, tuple[str, ...]], ...]


def signer_of(context: Context, facts: ReportFacts) -> tuple[int, int | None]:
    """Who signs on this chat, and for whom where it is a deputy; NotAllowed for all others."""
    signer = facts.desk.signer_id
    if signer is not None and signer in context.actor.person_ids:
        return signer, None
    if signer is not None and signer in context.actor.acts_for:
        return context.actor_id, signer
    raise NotAllowed


def is_theirs(context: Context, facts: ReportFacts) -> bool:
    return any(context.actor.is_one_of(one) for one in facts.desk.readers)


async def facts_of(context: Context, due: ReportDue) -> ReportFacts:
    return await report_facts(context.work, due, book_of(context), context.now)


async def view_of(context: Context, facts: ReportFacts) -> object:
    persons = {*context.actor.person_ids, *context.actor.acts_for}
    return await card_view(context.work, facts, persons)


async def show(context: Context, facts: ReportFacts) -> None:
    await context.show("report_card", await view_of(context, facts))


async def show_again(context: Context, due_id: int) -> None:
    """The card as it has become."""
    due = await due_by_id(context.work, due_id)
    if due is not None:
        await show(context, await facts_of(context, due))
