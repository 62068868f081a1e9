"""The state's calendar in the county's table of days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import delete

from storage.calendars import OFFICIAL, PROVISIONAL
from storage.database import Database
from storage.importing.records import DayRecord
from storage.meta import recall, remember
from storage.tables.school import days
from storage.work import Reading

_KNOWN = "official_days"
ANNOUNCED = "state"

OfficialDay = tuple[date, bool, str, bool]
"""Day, whether people work, its name, whether it is provisional."""


async def seed(
    database: Database, now: datetime, known_until: date, official: Sequence[OfficialDay]
) -> bool:
    """Write the official days anew when more of them are known than last time."""
    mark = f"{known_until}:{len(official)}"
    async with database.read() as read:
        if await recall(read, _KNOWN) == mark:
            return False
    async with database.work(now) as work:
        await work.execute(delete(days).where(days.c.scope == OFFICIAL))
        await work.insert_many(days, [_record(one) for one in official])
        await remember(work, _KNOWN, mark)
    return True


async def official_until(read: Reading) -> date | None:
    """The last day of the years that the state has announced."""
    found = await recall(read, _KNOWN)
    return date.fromisoformat(found.partition(":")[0]) if found else None


def _record(day: OfficialDay) -> DayRecord:
    on, is_working, label, is_provisional = day
    source = PROVISIONAL if is_provisional else ANNOUNCED
    return DayRecord(0, on, OFFICIAL, is_working, label[:80], source)
