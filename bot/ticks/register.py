"""At the end of the week: where our record and the national register may differ (rules.md 4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time

from bot.ticks.digests import Daily
from rules.calendar import Calendar
from rules.decision import Decision
from rules.messages.staff import RegisterDiffers
from rules.model.people import Role
from storage.carrying import carry_out
from storage.facts.register import differing_schools, is_last_school_day_of_week
from storage.held import holders_of
from storage.work import Work

REGISTER_LIST = "register_list"


class RegisterLists(Daily):
    """The weekly list to each school with corrections that wait: its head and register clerks."""

    name = "register_lists"

    def clocks(self) -> Mapping[str, time]:
        """When school is over for the week."""
        return {REGISTER_LIST: self.means.policy.alerts.friday_total_at}

    async def send(self, work: Work, calendar: Calendar, clock: time) -> None:
        """One message a person and school."""
        today = calendar.local_date(work.now)
        readers = [
            (person, unit)
            for role in (Role.HEAD, Role.REGISTER_CLERK)
            for person, unit in (await holders_of(work, role, today)).items()
        ]
        for school_id in await differing_schools(work):
            own = calendar.school(school_id)
            is_last = is_last_school_day_of_week(own.next_school_day(today), today)
            if not own.is_school_day(today) or not is_last:
                continue
            to = dict.fromkeys(person for person, unit in readers if unit == school_id)
            await carry_out(work, _list_to(tuple(to), school_id, today.isoformat()))


def _list_to(people: tuple[int, ...], school_id: int, on: str) -> Decision:
    return Decision(
        messages=tuple(RegisterDiffers(to=one, item=school_id, round=on) for one in people)
    )
