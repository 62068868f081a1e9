"""When the rhythms of the day come, and whom they reach (rules.md 6, Noise)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from rules.calendar import Calendar
from rules.messages.staff import Digest, MorningLine, OverdueCard
from rules.policy import Policy

MORNING_LINE = "morning_line"
OVERDUE_CARD = "overdue_card"


@dataclass(frozen=True)
class Workplace:
    """Where a person works: a school, or an office of the bureau or a township (None)."""

    person_id: int
    school_id: int | None


def digest_clocks(policy: Policy) -> dict[str, time]:
    """The digests of the day by the names of their rhythms: `digest_08`, `digest_16`."""
    clocks = sorted({*policy.noise.digests, *policy.noise.section_digests})
    return {_name(clock): clock for clock in clocks}


def _name(clock: time) -> str:
    return f"digest_{clock:%H%M}" if clock.minute else f"digest_{clock:%H}"


def next_round(clock: time, after: datetime, calendar: Calendar) -> datetime:
    """The next instant, strictly after `after`, at which the county's clock shows `clock`."""
    at = calendar.at_local(calendar.local_date(after), clock)
    return at if at > after else calendar.add_days(at, 1)


def is_wanted(planned_at: datetime, clock: time, now: datetime, calendar: Calendar) -> bool:
    """Whether today's round has come since `planned_at`: it is sent, however late in the day.

    What was missed on earlier days is merged into it (rules.md 6, After downtime).
    """
    today = calendar.at_local(calendar.local_date(now), clock)
    return planned_at <= today <= now


def is_overtaken(clock: time, clocks: Iterable[time], now: datetime, calendar: Calendar) -> bool:
    """Whether a later round of the same day has come due as well: one of them is enough."""
    return any(clock < later <= calendar.local_time(now) for later in clocks)


def is_on_duty(place: Workplace, on: date, calendar: Calendar) -> bool:
    """Whether a person is at work: school staff on school days, all others on working days.

    Where a school knows of no further school day, working days take their place.
    """
    if place.school_id is None:
        return calendar.is_working_day(on)
    school = calendar.school(place.school_id)
    is_beyond = school.next_school_day(on) is None and calendar.is_working_day(on)
    return school.is_school_day(on) or is_beyond


def digests(
    places: Iterable[Workplace], clock: time, on: date, calendar: Calendar, policy: Policy
) -> tuple[Digest, ...]:
    """One digest for everybody concerned who is at work today (rules.md 6: 08:00 and 16:00).

    `places` are those of persons for whom something is open or a line waits; nobody else gets a
    digest.
    """
    noise = policy.noise
    served = (
        place.person_id
        for place in places
        if clock in (noise.section_digests if place.school_id is None else noise.digests)
        and is_on_duty(place, on, calendar)
    )
    minutes = clock.hour * 60 + clock.minute
    return tuple(
        Digest(to=person, item=minutes, round=on.isoformat()) for person in dict.fromkeys(served)
    )


def morning_lines(
    leaders: Iterable[Workplace], on: date, calendar: Calendar
) -> tuple[MorningLine, ...]:
    """09:20: one line for each leader and school that has classes today (rules.md 6)."""
    return tuple(
        MorningLine(to=one.person_id, item=one.school_id, round=on.isoformat())
        for one in dict.fromkeys(leaders)
        if one.school_id is not None and calendar.school(one.school_id).is_school_day(on)
    )


def overdue_cards(
    leaders: Iterable[Workplace],
    owners: Mapping[int, frozenset[int]],
    on: date,
    calendar: Calendar,
) -> tuple[OverdueCard, ...]:
    """16:00: one card for each leader of a school in which others are late (rules.md 6).

    `owners` are those with overdue tasks, by school; a leader's own tasks are in the digest.
    """
    return tuple(
        OverdueCard(to=one.person_id, item=one.school_id, round=on.isoformat())
        for one in dict.fromkeys(leaders)
        if one.school_id is not None
        and owners.get(one.school_id, frozenset()) - {one.person_id}
        and is_on_duty(one, on, calendar)
    )
