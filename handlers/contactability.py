"""Whether a person can be reached by chat, and what follows when that changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from rules.decision import Entry
from rules.model.people import Person
from storage.tables.people import people
from storage.work import Work


async def lost(work: Work, person_id: int, cause: str = "blocked") -> None:
    """Nothing can be sent to this person any more, and `cause` says why."""
    for person in await _people(work, [person_id]):
        if person.blocked_at is None:
            await work.save(people, replace(person, blocked_at=work.now))
            work.journal(Entry("contact_lost", f"person:{person.id}", None, {"cause": cause}))


async def found_again(work: Work, person_id: int) -> None:
    """The person has opened the bot again."""
    for person in await _people(work, [person_id]):
        if person.blocked_at is not None:
            await work.save(people, replace(person, blocked_at=None))
            work.journal(Entry("contact_found", f"person:{person.id}", person.id))


async def _people(work: Work, person_ids: Sequence[int]) -> list[Person]:
    return await work.all(select(people).where(people.c.id.in_(person_ids)), Person)
