"""What the one who persuades may ask for next, and what is still missing for it."""

from __future__ import annotations

from handlers.children import book_of
from handlers.context import Context
from rules.child.draft import Draft
from rules.child.notices import missing_for_notice
from rules.child.reports import missing_for_report
from rules.model.case import CaseState, Stage
from storage.facts.child import draft_about
from storage.views.cards import Steps


async def steps_for(context: Context, student_id: int) -> Steps | None:
    """For the responsible teacher (or deputy) of a case in `persuade`; else None."""
    draft = await draft_about(context.work, student_id, book_of(context), by=context.actor_id)
    case = draft.facts.case
    if case is None or case.state is not CaseState.OPEN or case.stage is not Stage.PERSUADE:
        return None
    if not is_responsible(context, draft):
        return None
    return Steps(missing_for_notice(draft), missing_for_report(draft))


def is_responsible(context: Context, draft: Draft) -> bool:
    """Whether somebody on this chat persuades in the child's case, or stands in for who does."""
    responsible = draft.facts.responsible_id
    return responsible is not None and context.actor.is_one_of(responsible)
