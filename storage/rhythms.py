"""Rhythms of the county: the next instant of each, by name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from storage.asking import Question
from storage.tables.cases import rhythms
from storage.work import Reading, Work


@dataclass(frozen=True)
class Rhythm:
    """One duty that returns: when it is next due."""

    id: int
    name: str
    next_at: datetime
    version: int = 1


_NAMED = Question(select(rhythms).where(rhythms.c.name == bindparam("name")), Rhythm)


async def rhythm(read: Reading, name: str) -> Rhythm | None:
    """The rhythm of this name."""
    return await read.ask_one(_NAMED, name=name)


async def next_of(read: Reading, name: str) -> datetime | None:
    """When it is next due; None when it has never run."""
    found = await rhythm(read, name)
    return found.next_at if found else None


async def keep(work: Work, name: str, next_at: datetime) -> None:
    """Set when it is next due."""
    found = await rhythm(work, name)
    version = found.version if found else 1
    await work.save(rhythms, Rhythm(found.id if found else 0, name, next_at, version))
