"""Each ledger by its name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from sqlalchemy import or_, select

from rules.ledgers import Ledger
from storage.ledgers.eligible import out_of_school
from storage.ledgers.groups import disabled, left_behind, monitored
from storage.ledgers.pairings import pairing
from storage.ledgers.persuasion import persuasion
from storage.ledgers.reconciling import (
    present_elsewhere,
    registered_not_present,
    unregistered,
)
from storage.ledgers.repairs import contact_repair
from storage.ledgers.scope import Scope, Table
from storage.ledgers.statuses import dropout, suspected
from storage.tables.school import units
from storage.work import Reading


async def schools_below(read: Reading, school_id: int) -> frozenset[int]:
    """A school with its village schools, and what was merged into them."""
    query = select(units.c.id).where(
        or_(
            units.c.id == school_id,
            units.c.parent_id == school_id,
            units.c.merged_into_id == school_id,
        )
    )
    return frozenset(await read.scalars(query))


Write = Callable[[Reading, Scope], Awaitable[Table]]
LEDGERS: dict[Ledger, Write] = {
    Ledger.SUSPECTED: suspected,
    Ledger.DROPOUT: dropout,
    Ledger.MONITORED: monitored,
    Ledger.DISABLED: disabled,
    Ledger.LEFT_BEHIND: left_behind,
    Ledger.PAIRING: pairing,
    Ledger.PERSUASION: persuasion,
    Ledger.UNREGISTERED: unregistered,
    Ledger.PRESENT_ELSEWHERE: present_elsewhere,
    Ledger.REGISTERED_NOT_PRESENT: registered_not_present,
    Ledger.CONTACT_REPAIR: contact_repair,
    Ledger.OUT_OF_SCHOOL: out_of_school,
}
