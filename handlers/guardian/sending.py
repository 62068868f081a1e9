"""What a family has just been asked to write or to photograph, so that it needs no picker."""

from __future__ import annotations

from handlers.context import Context
from storage.drafts import Draft

FLOW = "family_sends"


async def expect(context: Context, what: str, student_id: int, question_id: int | None) -> None:
    """Until the day ends, the next words (`where`) or photo (`proof`) are about this child.

    A flow that the person is in the middle of is left in peace.
    """
    draft = await context.draft()
    if draft is None or draft.flow == FLOW:
        body = {
            "student_id": student_id,
            "question_id": question_id,
            "on": context.today.isoformat(),
        }
        await context.keep(FLOW, what, body)


async def forget(context: Context) -> None:
    """What was asked for has come, or is no longer meant."""
    draft = await context.draft()
    if draft is not None and draft.flow == FLOW:
        await context.forget()


def is_meant(context: Context, draft: Draft | None, sort: str) -> bool:
    """Whether this sort of message is what was asked for today."""
    if draft is None or draft.flow != FLOW or draft.body.get("on") != context.today.isoformat():
        return False
    return (sort == "text") == (draft.step == "where")
