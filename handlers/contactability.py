"""Whether a person can be reached by chat, and what follows when that changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from rules.decision import Entry
from rules.model.case import Case
from rules.model.people import Person
from storage.tables.cases import cases
from storage.tables.people import guardianships, people
from storage.work import Work


async def lost(work: Work, person_id: int, cause: str = "blocked") -> None:
    """Nothing can be sent to this person any more, and `cause` says why."""
    for person in await _people(work, [person_id]):
        if person.blocked_at is None:
            await work.save(people, replace(person, blocked_at=work.now))
            work.journal(Entry("contact_lost", f"person:{person.id}", None, {"cause": cause}))
    await look_at_children(work, person_id)


async def look_at_children(work: Work, person_id: int) -> None:
    """The cases of this guardian's children are settled at once: an open question that reaches
    nobody any more becomes a phone task."""
    children = select(guardianships.c.student_id).where(guardianships.c.person_id == person_id)
    query = select(cases).where(cases.c.student_id.in_(children), cases.c.state == "open")
    for case in await work.all(query, Case):
        await work.save(cases, replace(case, review_at=work.now))


async def found_again(work: Work, person_id: int) -> None:
    """The person has opened the bot again."""
    for person in await _people(work, [person_id]):
        if person.blocked_at is not None:
            await work.save(people, replace(person, blocked_at=None))
            work.journal(Entry("contact_found", f"person:{person.id}", person.id))


async def _people(work: Work, person_ids: Sequence[int]) -> list[Person]:
    return await work.all(select(people).where(people.c.id.in_(person_ids)), Person)
