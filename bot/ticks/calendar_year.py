"""From 1 November: next year's official calendar is asked for, once a year (rules.md 1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time

from sqlalchemy import or_, select

from bot.ticks.digests import Daily
from rules.calendar import Calendar
from rules.decision import Decision
from rules.model.people import Role
from rules.tasks import open_task, void
from storage.carrying import carry_out
from storage.facts.rosters import was_ever_open
from storage.facts.tasks import open_task_about
from storage.tables.people import people, posts
from storage.work import Reading, Work

KIND = "calendar_unknown"


class CalendarYear(Daily):
    """One look a day; the task ends by itself when the calendar is known."""

    name = "calendar_year"

    def clocks(self) -> Mapping[str, time]:
        """With the first digest of the day."""
        return {self.name: self.means.policy.noise.digests[0]}

    async def send(self, work: Work, calendar: Calendar, clock: time) -> None:
        """Open the administrator's task, or end it."""
        today = calendar.local_date(work.now)
        asked_from = self.means.policy.calendar.ask_for_next_year_from_month
        year = today.year + 1 if today.month >= asked_from else today.year
        subject = f"calendar:{year}"
        if calendar.known_until >= date(year, 12, 31):
            await _end(work, subject)
        elif today.month >= asked_from and not await was_ever_open(work, subject):
            await self._ask(work, calendar, subject)

    async def _ask(self, work: Work, calendar: Calendar, subject: str) -> None:
        owner = await _administrator(work, calendar.local_date(work.now))
        if owner is None:
            return
        task = open_task(
            KIND,
            subject,
            owner,
            id=-1,
            now=work.now,
            policy=self.means.policy,
            calendar=calendar.school(0),
        )
        await carry_out(work, Decision((task,)))


async def _end(work: Work, subject: str) -> None:
    task = await open_task_about(work, KIND, subject)
    if task is not None:
        await carry_out(work, void(task, work.now, "calendar_known"))


async def _administrator(read: Reading, today: date) -> int | None:
    """The first of the administrators who hold the post today."""
    query = (
        select(posts.c.person_id)
        .join(people, people.c.id == posts.c.person_id)
        .where(
            posts.c.role == Role.ADMIN.value,
            people.c.left_on.is_(None),
            or_(posts.c.from_on.is_(None), posts.c.from_on <= today),
            or_(posts.c.to_on.is_(None), posts.c.to_on >= today),
        )
        .order_by(posts.c.id)
    )
    found: int | None = await read.scalar(query.limit(1))
    return found
