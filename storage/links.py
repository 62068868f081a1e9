"""Guardianships as they were: each state that a link has left stays on record."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from rules.model.people import Guardianship, GuardianState, PastLink
from storage.chunks import among
from storage.tables.people import guardianships, past_links
from storage.work import Reading, Work


async def keep_state(work: Work, link: Guardianship) -> None:
    """Before the link is written: the state that it leaves."""
    query = select(guardianships.c.state).where(guardianships.c.id == link.id)
    before = await work.scalar(query)
    if before is not None and before != link.state.value:
        await work.insert(past_links, PastLink(0, link.id, GuardianState(before), work.now))


async def states_then(
    read: Reading, ids: Collection[int], upto: datetime
) -> dict[int, GuardianState]:
    """The state of those that have changed since: the first that they left afterwards."""
    found: dict[int, GuardianState] = {}
    for these in among(past_links.c.guardianship_id, ids):
        query = select(past_links).where(these, past_links.c.until >= upto)
        newest_first = query.order_by(past_links.c.until.desc(), past_links.c.id.desc())
        found |= {one.guardianship_id: one.state for one in await read.all(newest_first, PastLink)}
    return found


async def links_then(
    read: Reading, links: Collection[Guardianship], upto: datetime
) -> list[Guardianship]:
    """These links as they were known before `upto`; those of later are left out."""
    known = [one for one in links if one.since is None or one.since < upto]
    states = await states_then(read, [one.id for one in known], upto)
    return [replace(one, state=states[one.id]) if one.id in states else one for one in known]
