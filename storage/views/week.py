"""The Friday question to a class teacher: one sentence for the families that get the total."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from storage.facts.week import sentence_of
from storage.views import OutboxRow, Unwanted, view
from storage.views.binding import place_of
from storage.work import Reading


@dataclass(frozen=True)
class SentenceAskedView:
    """Which class, how many families, and what has been said."""

    class_id: int
    on: date
    grade: int
    number: int
    families: int
    said: str | None


@view("sentence_asked")
async def sentence_asked(read: Reading, row: OutboxRow) -> SentenceAskedView | Unwanted:
    """As it comes on Friday afternoon."""
    on = date.fromisoformat(str(row.payload.get("round")))
    return await sentence_view(read, row.item, on, int(row.more.get("families", 0)))


async def sentence_view(
    read: Reading, class_id: int, on: date, families: int = 0
) -> SentenceAskedView:
    """The card as it stands; whoever calls has checked the class."""
    place = await place_of(read, class_id)
    said = await sentence_of(read, class_id, on)
    return SentenceAskedView(
        class_id, on, place.grade, place.number, families, said.text if said else None
    )
