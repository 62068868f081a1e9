"""The rhythms of the day: digests, the leaders' morning line, the overdue card (rules.md 6)."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, time

from sqlalchemy import bindparam, select

from bot.ticks.base import WorkTick
from rules.calendar import Calendar
from rules.decision import Decision
from rules.digests import (
    MORNING_LINE,
    OVERDUE_CARD,
    digest_clocks,
    digests,
    is_overtaken,
    is_wanted,
    morning_lines,
    next_round,
    overdue_cards,
)
from storage.asking import Question
from storage.carrying import carry_out
from storage.database import Database
from storage.facts.digests import concerned, late_owners, leaders, lines_by_person
from storage.outgoing import mark_merged
from storage.rhythms import Rhythm, keep
from storage.tables.cases import rhythms
from storage.work import Reading, Work

_NAMED = Question(
    select(rhythms)
    .where(rhythms.c.name.in_(bindparam("names", expanding=True)))
    .order_by(rhythms.c.next_at),
    Rhythm,
)
NEVER_RUN = datetime.min.replace(tzinfo=UTC)


class Daily(WorkTick):
    """Rounds that come every day at their clock times; each is one row of `rhythms`.

    A round and its next instant are one unit of work.  A row that is new only learns its next
    instant; a round that was missed on an earlier day is left to the next one.
    """

    @abstractmethod
    def clocks(self) -> Mapping[str, time]:
        """The clock time of each row."""

    @abstractmethod
    async def send(self, work: Work, calendar: Calendar, clock: time) -> None:
        """Tell everybody whom the round concerns."""

    async def run(self, database: Database, now: datetime) -> int:
        """Every round that has come due; rows that are missing are begun first."""
        async with database.read() as read:
            rows = await self._rows(read)
        missing = set(self.clocks()) - {one.name for one in rows}
        for name in sorted(missing):
            async with database.work(now) as work:
                await self._plan(work, name)
        if missing or any(one.next_at <= now for one in rows):
            return len(missing) + await super().run(database, now)
        return 0

    async def due(
        self, read: Reading, now: datetime, limit: int, skipped: Collection[int]
    ) -> Sequence[int]:
        """The rows whose time has come."""
        rows = await self._rows(read)
        return [one.id for one in rows if one.next_at <= now and one.id not in skipped][:limit]

    async def earliest(self, read: Reading, skipped: Collection[int]) -> datetime | None:
        """The first of the rows; at once where one is missing."""
        rows = await self._rows(read)
        if len(rows) < len(self.clocks()):
            return NEVER_RUN
        return min((one.next_at for one in rows if one.id not in skipped), default=None)

    async def serve(self, work: Work, row_id: int) -> None:
        """One round, and when the next one comes."""
        found = [one for one in await self._rows(work) if one.id == row_id]
        if not found or found[0].next_at > work.now:
            return
        row, clocks = found[0], self.clocks()
        calendar = await self.means.calendars.current(work)
        clock = clocks[row.name]
        if is_wanted(row.next_at, clock, work.now, calendar) and not is_overtaken(
            clock, clocks.values(), work.now, calendar
        ):
            await self.send(work, calendar, clock)
        await self._plan(work, row.name)

    async def _plan(self, work: Work, name: str) -> None:
        calendar = await self.means.calendars.current(work)
        await keep(work, name, next_round(self.clocks()[name], work.now, calendar))

    async def _rows(self, read: Reading) -> list[Rhythm]:
        return await read.ask(_NAMED, names=list(self.clocks()))


class Digests(Daily):
    """08:00 and 16:00: what is open, and the lines that have waited, in one message each."""

    name = "digests"

    def clocks(self) -> Mapping[str, time]:
        """Those of the schools and those of the section."""
        return digest_clocks(self.means.policy)

    async def send(self, work: Work, calendar: Calendar, clock: time) -> None:
        """One digest a person; the lines that wait go into it (`merged:KEY` is their cause)."""
        today = calendar.local_date(work.now)
        places = await concerned(work, today)
        messages = digests(places, clock, today, calendar, self.means.policy)
        lines = await lines_by_person(work)
        await carry_out(work, Decision(messages=messages))
        for message in messages:
            await mark_merged(work, lines.get(message.to, ()), message.key)


class MorningLines(Daily):
    """09:20 to leaders: 应到/实到/请假/未到/未联系上."""

    name = "morning_lines"

    def clocks(self) -> Mapping[str, time]:
        """One time for all."""
        return {MORNING_LINE: self.means.policy.noise.leader_line_at}

    async def send(self, work: Work, calendar: Calendar, clock: time) -> None:
        """A line for each leader and school with classes today."""
        today = calendar.local_date(work.now)
        lines = morning_lines(await leaders(work, today), today, calendar)
        await carry_out(work, Decision(messages=lines))


class OverdueCards(Daily):
    """16:00 to leaders: who is late, a line per teacher."""

    name = "overdue_cards"

    def clocks(self) -> Mapping[str, time]:
        """One time for all."""
        return {OVERDUE_CARD: self.means.policy.noise.leader_overdue_at}

    async def send(self, work: Work, calendar: Calendar, clock: time) -> None:
        """A card for each leader of a school in which somebody else is late."""
        today = calendar.local_date(work.now)
        late = await late_owners(work, work.now)
        concerned_leaders = await leaders(work, today, late.keys())
        cards = overdue_cards(concerned_leaders, late, today, calendar)
        await carry_out(work, Decision(messages=cards))
