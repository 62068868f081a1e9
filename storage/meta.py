"""Small facts about a database, by name."""

from __future__ import annotations

from sqlalchemy import select, update

from storage.tables.plumbing import meta
from storage.work import Reading, Work


async def recall(read: Reading, name: str) -> str | None:
    """What was remembered under this name."""
    value = await read.scalar(select(meta.c.value).where(meta.c.name == name))
    return None if value is None else str(value)


async def remember(work: Work, name: str, value: str) -> None:
    """Remember `value` under this name, in place of what was there."""
    if not await work.insert_new(meta, {"name": name, "value": value}):
        await work.execute(update(meta).where(meta.c.name == name).values(value=value))
