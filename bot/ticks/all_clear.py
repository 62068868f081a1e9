"""17:30 on working days: the section's day in numbers, with the head of the journal (D6)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time

from sqlalchemy import or_, select

from bot.ticks.digests import Daily
from rules.calendar import Calendar
from rules.decision import Decision
from rules.messages.staff import AllClear
from rules.model.people import Role
from storage.carrying import carry_out
from storage.tables.people import people, posts
from storage.work import Reading, Work

NAME = "all_clear"
AT = time(17, 30)


class AllClearLines(Daily):
    """One line a day to everybody of the section."""

    name = NAME

    def clocks(self) -> Mapping[str, time]:
        """One time for all."""
        return {NAME: AT}

    async def send(self, work: Work, calendar: Calendar, clock: time) -> None:
        """Silence would look like a good day: the line comes on every working day."""
        today = calendar.local_date(work.now)
        if not calendar.is_working_day(today):
            return
        lines = tuple(
            AllClear(to=person, item=unit, round=today.isoformat())
            for person, unit in await _section(work, today)
        )
        await carry_out(work, Decision(messages=lines))


async def _section(read: Reading, on: date) -> list[tuple[int, int]]:
    query = (
        select(posts.c.person_id, posts.c.unit_id)
        .join(people, people.c.id == posts.c.person_id)
        .where(
            posts.c.role == Role.SECTION.value,
            people.c.left_on.is_(None),
            or_(posts.c.from_on.is_(None), posts.c.from_on <= on),
            or_(posts.c.to_on.is_(None), posts.c.to_on >= on),
        )
        .order_by(posts.c.id)
    )
    rows = (await read.execute(query)).rows
    return list({row[0]: (row[0], row[1]) for row in rows}.values())
