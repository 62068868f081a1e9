"""The county's calendar, made of the tables and kept until they change."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from rules.calendar import Calendar, DayRule, Term
from storage.prepared import Prepared
from storage.tables.school import days, terms
from storage.work import Reading

OFFICIAL = "official"
#: The source of official days that are only what the law fixes, before the yearly notice.
PROVISIONAL = "provisional"

Signature = tuple[object, ...]


class Calendars:
    """Loads the calendar; what is read twice is read from memory unless a row has changed."""

    def __init__(self, zone: ZoneInfo, june_first_off_up_to_grade: int = 6) -> None:
        """Nothing is loaded yet."""
        self._zone = zone
        self._june_first = june_first_off_up_to_grade
        self._signature: Signature | None = None
        self._calendar: Calendar | None = None

    async def current(self, read: Reading) -> Calendar:
        """The calendar as the tables have it at this moment."""
        signature = await _signature(read)
        if self._calendar is None or signature != self._signature:
            self._calendar = await self._load(read)
            self._signature = signature
        return self._calendar

    async def _load(self, read: Reading) -> Calendar:
        columns = (days.c.on, days.c.is_open, days.c.source)
        official = (
            await read.execute(
                select(*columns).where(days.c.scope == OFFICIAL).order_by(days.c.id)
            )
        ).rows
        return Calendar(
            zone=self._zone,
            official={on: is_open for on, is_open, _ in official},
            known_until=_known_until([on for on, _, source in official if source != PROVISIONAL]),
            terms=tuple(await read.all(select(terms).order_by(terms.c.starts_on), Term)),
            days=tuple(
                await read.all(
                    select(days).where(days.c.scope != OFFICIAL).order_by(days.c.id), DayRule
                )
            ),
            june_first_off_up_to_grade=self._june_first,
        )


#: Changes with every row that is added, changed or removed.
_SIGNATURE = Prepared(
    select(
        *(
            select(part).scalar_subquery()
            for table in (terms, days)
            for part in (func.count(table.c.id), func.max(table.c.id), func.sum(table.c.version))
        )
    )
)


async def _signature(read: Reading) -> Signature:
    return tuple((await read.execute(_SIGNATURE)).rows[0])


def _known_until(official: list[date]) -> date:
    """The end of the last year of which official days are known."""
    return date(max(on.year for on in official), 12, 31) if official else date.min
