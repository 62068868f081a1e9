"""Civil time and official working days: from local days and clock times to instants and back."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class OfficialDays:
    """The county's zone and the state's calendar of working days (rules.md 1).

    All instants are aware; those returned are in UTC.  A naive instant raises ValueError.
    """

    zone: ZoneInfo
    #: Days that differ from Monday to Friday: a holiday is False, a make-up day (调休) is True.
    official: Mapping[date, bool] = field(hash=False)
    #: The last day of the years whose official calendar is known; what lies beyond is provisional.
    known_until: date

    def is_provisional(self, on: date) -> bool:
        """Tell whether `on` lies beyond the official calendar: shown as 暂定 (rules.md 1)."""
        return on > self.known_until

    def local(self, at: datetime) -> datetime:
        """Return the instant `at` in the county's zone."""
        if at.tzinfo is None:
            raise ValueError(f"An instant needs a time zone: {at.isoformat()}")
        return at.astimezone(self.zone)

    def local_date(self, at: datetime) -> date:
        """Return the county's date at the instant `at`."""
        return self.local(at).date()

    def local_time(self, at: datetime) -> time:
        """Return the county's clock time at the instant `at`."""
        return self.local(at).time()

    def at_local(self, on: date, clock: time | str) -> datetime:
        """Return the instant (UTC) at which the county's clock shows `clock` on `on`.

        `clock` is a time or "HH:MM"; anything else raises ValueError.
        """
        clock = time.fromisoformat(clock) if isinstance(clock, str) else clock
        return datetime.combine(on, clock, self.zone).astimezone(UTC)

    def day_ends(self, on: date) -> datetime:
        """Return the instant (UTC) of 24:00 on `on`, with which a legal period ends."""
        return self.at_local(on + ONE_DAY, time())

    def is_working_day(self, on: date) -> bool:
        """Tell whether `on` is an official working day (rules.md 1).

        Where no exception is known, that is Monday to Friday.
        """
        return self.official.get(on, on.weekday() < 5)

    def next_working_day(self, on: date) -> date:
        """Return the first working day strictly after `on`."""
        on += ONE_DAY
        while not self.is_working_day(on):
            on += ONE_DAY
        return on

    def previous_working_day(self, on: date) -> date:
        """Return the last working day strictly before `on`."""
        on -= ONE_DAY
        while not self.is_working_day(on):
            on -= ONE_DAY
        return on

    def working_days(self, first: date, last: date) -> tuple[date, ...]:
        """Return the working days from `first` to `last`, both included, in order."""
        return tuple(on for on in days_between(first, last) if self.is_working_day(on))

    def nth_working_day_after(self, on: date, n: int) -> date:
        """Return the n-th working day after `on`, n at least 1 (else ValueError)."""
        for _ in range(at_least_one(n)):
            on = self.next_working_day(on)
        return on

    def add_days(self, at: datetime, n: int) -> datetime:
        """Return the same local clock time n calendar days after `at`; n may be negative."""
        return self.moved(at, self.local_date(at) + n * ONE_DAY)

    def add_working_days(self, at: datetime, n: int) -> datetime:
        """Return the same local clock time n working days after `at` (rules.md 1).

        From a day off, counting begins at the next working day, as if `at` were that day at the
        same clock time: Saturday 10:00 + 1 = Tuesday 10:00, so that a whole working day lies
        between.  A negative n counts back, from a day off beginning at the previous working day.
        """
        step = self.next_working_day if n >= 0 else self.previous_working_day
        on = self.local_date(at)
        on = on if self.is_working_day(on) else step(on)
        for _ in range(abs(n)):
            on = step(on)
        return self.moved(at, on)

    def moved(self, at: datetime, on: date) -> datetime:
        """Return the clock time of `at` on the day `on`."""
        return self.at_local(on, self.local_time(at))

    def month_ends(self, start_on: date, months: int = 1) -> date:
        """Return the last day of a period of months that begins on `start_on`.

        The start day is not counted; the last day bears the same number, or is the month's last
        day; one that is no working day moves to the next (民法典 201 to 203, rules.md 1).  The
        period ends with that day: see `day_ends`.
        """
        year, month = divmod(start_on.year * 12 + start_on.month - 1 + months, 12)
        day = min(start_on.day, monthrange(year, month + 1)[1])
        return self._or_next_working_day(date(year, month + 1, day))

    def period_ends(self, start_on: date, days: int) -> date:
        """Return the last day of a period of calendar days that begins on `start_on`.

        The start day is not counted; a last day that is no working day moves to the next
        (民法典 201 to 203, rules.md 1).  The period ends with that day: see `day_ends`.
        """
        return self._or_next_working_day(start_on + days * ONE_DAY)

    def _or_next_working_day(self, on: date) -> date:
        return on if self.is_working_day(on) else self.next_working_day(on)


def days_between(first: date, last: date) -> tuple[date, ...]:
    """Return all days from `first` to `last`, both included; none if `last` is earlier."""
    return tuple(first + n * ONE_DAY for n in range((last - first).days + 1))


def at_least_one(n: int) -> int:
    """Return n, or raise ValueError if it is less than 1."""
    if n < 1:
        raise ValueError(f"Days are counted from 1, not {n}")
    return n
