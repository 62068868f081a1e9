"""When a report is open and when it is due (rules.md 9): one occasion of one rhythm."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from rules.calendar import SchoolCalendar, Term
from rules.clocktimes import ONE_DAY
from rules.policy.reports import Period, Reports, Rhythm

WEEKLY = "weekly"
PACKAGE = "yearly_package"
WEEK = timedelta(days=7)
AN_HOUR = timedelta(hours=1)
#: How far back the report before is looked for; the holidays are shorter.
WEEKS_BACK = 12
#: The reconciliation of autumn is done so many working days before the package (rules.md 8).
BEFORE_PACKAGE = -2


@dataclass(frozen=True)
class Occasion:
    """One report: what it is about, from when it can be signed, and by when it must be."""

    period: str
    from_on: date
    to_on: date
    since: datetime
    opens_at: datetime
    due_at: datetime


def occasion(name: str, rules: Reports, calendar: SchoolCalendar, on: date) -> Occasion | None:
    """The report of this rhythm that the day belongs to: of its week, of the month or quarter
    before, of its term or year; None where there is none, as in a week without a school day."""
    rhythm = rules.rhythms[name]
    found = _BY_PERIOD[rhythm.period](rhythm, calendar, on)
    if found is None or rhythm.period is not Period.TERM:
        return found
    return _before_package(found, rules, calendar)


def week_of(on: date) -> str:
    """2026-W37."""
    year, week, _ = on.isocalendar()
    return f"{year}-W{week:02d}"


def monday_of(week: str) -> date:
    """The first day of 2026-W37; ValueError for anything else."""
    year, mark, number = week.partition("-W")
    if not mark:
        raise ValueError(f"no week: {week!r}")
    return date.fromisocalendar(int(year), int(number), 1)


def check_due_at(found: Occasion, rules: Reports, calendar: SchoolCalendar) -> datetime:
    """By when village schools check their part: 16:00 of the day on which the report opens.

    Where it opens on the very day it is due, an hour before that.
    """
    at = calendar.at_local(calendar.local_date(found.opens_at), rules.village_check_at)
    return min(at, found.due_at - AN_HOUR)


def _weekly(rhythm: Rhythm, calendar: SchoolCalendar, on: date) -> Occasion | None:
    """Due on Friday 12:00; on a Friday off on the last school day before it, 12:00.

    A week whose only lessons are on a make-up day at its end is due on that day.  It opens on the
    school day before the due day, but never before its own week.
    """
    monday = on - on.weekday() * ONE_DAY
    due_on = _due_day(rhythm, calendar, monday)
    if due_on is None:
        return None
    earlier = calendar.school_days(monday, due_on - ONE_DAY)[-rhythm.open_day :]
    opens_on = earlier[0] if earlier and rhythm.open_day else due_on
    return Occasion(
        week_of(monday),
        monday,
        monday + 6 * ONE_DAY,
        _cut_off_before(rhythm, calendar, monday),
        calendar.at_local(opens_on, rhythm.open_at),
        calendar.at_local(due_on, rhythm.due_at),
    )


def _due_day(rhythm: Rhythm, calendar: SchoolCalendar, monday: date) -> date | None:
    days = calendar.school_days(monday, monday + 6 * ONE_DAY)
    wanted = monday + (rhythm.due_day - 1) * ONE_DAY
    by_then = [day for day in days if day <= wanted]
    return by_then[-1] if by_then else (days[-1] if days else None)


def _cut_off_before(rhythm: Rhythm, calendar: SchoolCalendar, monday: date) -> datetime:
    """When the report before was due, but not before this term began."""
    for weeks in range(1, WEEKS_BACK + 1):
        before = _due_day(rhythm, calendar, monday - weeks * WEEK)
        if before is not None:
            term = calendar.term_of(monday + 6 * ONE_DAY) or calendar.term_of(monday)
            begins = calendar.at_local(term.starts_on, time()) if term else None
            at = calendar.at_local(before, rhythm.due_at)
            return max(at, begins) if begins else at
    return calendar.at_local(monday, time())


def _monthly(rhythm: Rhythm, calendar: SchoolCalendar, on: date) -> Occasion | None:
    last = on.replace(day=1) - ONE_DAY
    return _after(rhythm, calendar, last.replace(day=1), last, f"{last:%Y-%m}")


def _quarterly(rhythm: Rhythm, calendar: SchoolCalendar, on: date) -> Occasion | None:
    first_month = (on.month - 1) // 3 * 3 + 1
    last = date(on.year, first_month, 1) - ONE_DAY
    first = date(last.year, last.month - 2, 1)
    return _after(rhythm, calendar, first, last, f"{last.year}-Q{last.month // 3}")


def _after(
    rhythm: Rhythm, calendar: SchoolCalendar, first: date, last: date, period: str
) -> Occasion | None:
    """A period that is over: due the n-th working day after it; none without a school day."""
    if not calendar.school_days(first, last):
        return None
    opens_on = calendar.nth_working_day_after(last, max(rhythm.open_day, 1))
    due_on = calendar.nth_working_day_after(last, rhythm.due_day)
    return Occasion(
        period,
        first,
        last,
        calendar.at_local(first, time()),
        calendar.at_local(opens_on, rhythm.open_at),
        calendar.at_local(due_on, rhythm.due_at),
    )


def _of_term(rhythm: Rhythm, calendar: SchoolCalendar, on: date) -> Occasion | None:
    term: Term | None = calendar.term_of(on)
    if term is None:
        return None
    begins, due_on = term.starts_on, calendar.period_ends(term.starts_on, rhythm.due_day)
    return Occasion(
        f"{begins:%Y-%m}T",
        begins,
        due_on,
        calendar.at_local(begins, time()),
        calendar.at_local(begins + rhythm.open_day * ONE_DAY, rhythm.open_at),
        calendar.at_local(due_on, rhythm.due_at),
    )


def _before_package(found: Occasion, rules: Reports, calendar: SchoolCalendar) -> Occasion:
    """In autumn at least two working days before the package (rules.md 8)."""
    rhythm = rules.rhythms.get(PACKAGE)
    package = _yearly(rhythm, calendar, found.from_on) if rhythm else None
    if package is None or not found.since <= package.due_at <= found.due_at:
        return found
    at = calendar.add_working_days(package.due_at, BEFORE_PACKAGE)
    return Occasion(
        found.period, found.from_on, calendar.local_date(at), found.since, found.opens_at, at
    )


def _yearly(rhythm: Rhythm, calendar: SchoolCalendar, on: date) -> Occasion | None:
    opens_on = _day_in(on.year, rhythm.open_month, rhythm.open_day)
    due_on = _day_in(on.year, rhythm.due_month, rhythm.due_day)
    return Occasion(
        str(on.year),
        opens_on,
        due_on,
        calendar.at_local(opens_on, time()),
        calendar.at_local(opens_on, rhythm.open_at),
        calendar.at_local(due_on, rhythm.due_at),
    )


def _day_in(year: int, month: int, day: int) -> date:
    """A day of a year; the month's last where the month is shorter."""
    month = month or 1
    return date(year, month, min(max(day, 1), monthrange(year, month)[1]))


_BY_PERIOD: dict[Period, Callable[[Rhythm, SchoolCalendar, date], Occasion | None]] = {
    Period.WEEK: _weekly,
    Period.MONTH: _monthly,
    Period.QUARTER: _quarterly,
    Period.TERM: _of_term,
    Period.YEAR: _yearly,
}
