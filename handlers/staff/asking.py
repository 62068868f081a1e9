"""Decisions that need a line of words: the key asks, the answer decides."""

from __future__ import annotations

from handlers.context import Context
from handlers.staff.cards import Seen, seen_by
from storage.views.tasks import lines_of


async def ask_words(context: Context, flow: str, seen: Seen, field: str, **more: object) -> None:
    """Ask for a line; the draft remembers about which task."""
    await context.keep(flow, "words", {"task": seen.task.id, **more})
    lines = await lines_of(context.work, [seen.task], context.now)
    await context.say("ask_words", {"task": lines[0], "field": field})


async def asked_about(context: Context) -> tuple[Seen, dict[str, object]]:
    """The task that the draft is about, as it stands now, and what else was kept."""
    draft = await context.draft()
    if draft is None:
        raise LookupError("no draft")
    body = dict(draft.body)
    return await seen_by(context, int(str(body.pop("task")))), body
