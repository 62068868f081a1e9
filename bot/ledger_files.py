"""A ledger as it leaves for a chat: rows read in one moment, the sheet written later."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from papers.contents import content_of
from papers.ledgers.writing import Sheet, write_ledger
from rules.policy.sections import Reaching
from storage.ledgers.every import LEDGERS
from storage.ledgers.masking import masked
from storage.ledgers.scope import LedgerAsked, Scope
from storage.work import Reading


@dataclass(frozen=True)
class LedgerOrder:
    """A sheet that is written when no transaction is open any more."""

    sheet: Sheet = field(repr=False)
    zone: str

    def write(self) -> bytes:
        """The xlsx."""
        return content_of(lambda to: write_ledger(self.sheet, to, ZoneInfo(self.zone)))


async def ordered(read: Reading, wanted: LedgerAsked, zone: str, rules: Reaching) -> LedgerOrder:
    """The masked rows of this ledger, and the line that says whose copy it is."""
    on = wanted.as_of
    end = datetime(on.year, on.month, on.day, tzinfo=ZoneInfo(zone)) + timedelta(days=1)
    scope = Scope(on, end, wanted.schools, read.staff_names, rules)
    table = masked(await LEDGERS[wanted.ledger](read, scope))
    mark = f"{wanted.reader}　{wanted.at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"
    return LedgerOrder(Sheet(wanted.ledger, "", on, table.columns, table.rows, mark), zone)
