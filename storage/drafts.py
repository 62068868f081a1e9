"""Drafts of long flows: one per chat, so that a restart, or answering tomorrow, loses nothing."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from storage.tables.people import drafts
from storage.work import Reading, Work


@dataclass(frozen=True)
class Draft:
    """Where a flow stands: its step, and what has been said so far."""

    id: int
    chat_id: int
    person_id: int
    flow: str
    step: str
    updated_at: datetime
    body: dict[str, Any] = field(default_factory=dict)
    message_id: int | None = None
    version: int = 1


async def draft_of(read: Reading, chat_id: int) -> Draft | None:
    """The draft of this chat, if a flow is under way."""
    return await read.one(select(drafts).where(drafts.c.chat_id == chat_id), Draft)


async def keep(work: Work, draft: Draft) -> Draft:
    """Store a draft (id 0 for a new one); it takes the place of the chat's earlier one."""
    if draft.id == 0:
        await forget(work, draft.chat_id)
    return await work.save(drafts, replace(draft, updated_at=work.now))


async def forget(work: Work, chat_id: int) -> bool:
    """The flow of this chat is over, or left; whether there was one."""
    outcome = await work.execute(delete(drafts).where(drafts.c.chat_id == chat_id))
    return outcome.rowcount > 0


async def drop_untouched_since(work: Work, instant: datetime) -> int:
    """Retention: remove what nobody has come back to since `instant`; returns how many."""
    outcome = await work.execute(delete(drafts).where(drafts.c.updated_at < instant))
    return outcome.rowcount
