"""The drill of a term on a phone: does it arrive, is everything still right?"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from rules.masking import masked_phone
from rules.model.drill import Drill
from storage.by_key import PERSON
from storage.tables.drills import drills
from storage.tables.school import units
from storage.views import OutboxRow, Unwanted, view
from storage.work import Reading


@dataclass(frozen=True)
class DrillView:
    """One school asks."""

    drill_id: int
    school: str
    phone: str | None  # the own number as it is registered, masked
    is_received: bool
    is_wrong: bool = False  # [发错人了], to be confirmed


@view("family_drill")
@view("staff_drill")
async def drill_card(read: Reading, row: OutboxRow) -> DrillView | Unwanted:
    """Nothing where the person has answered already."""
    found = await read.one(select(drills).where(drills.c.id == row.item), Drill)
    if found is None or found.answered_at is not None:
        return Unwanted("answered")
    return await drill_view(read, found)


async def drill_view(read: Reading, drill: Drill) -> DrillView:
    """As it stands."""
    name = await read.scalar(select(units.c.name).where(units.c.id == drill.school_id))
    person = await read.get(PERSON, drill.person_id)
    phone = masked_phone(person.phone) if person and person.phone else None
    return DrillView(drill.id, str(name or ""), phone, drill.answered_at is not None)
