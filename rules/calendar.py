"""Which days are school days, and what follows from them: offsets, deadlines, legal periods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from rules.clocktimes import ONE_DAY, OfficialDays, at_least_one, days_between


@dataclass(frozen=True)
class Term:
    """A term as entered, both days included; `school_id` None means all schools."""

    starts_on: date
    ends_on: date
    name: str
    school_id: int | None = None


@dataclass(frozen=True)
class DayRule:
    """A day opened or closed by hand; `school_id` None means all schools."""

    on: date
    is_open: bool
    label: str = ""
    school_id: int | None = None
    source: str = ""


@dataclass(frozen=True)
class SchoolCalendar(OfficialDays):
    """The days of one school and grade: what rules take.

    Terms are in order of their start; `rules` holds the most specific rule of each day.
    """

    terms: tuple[Term, ...] = ()
    rules: Mapping[date, bool] = field(default_factory=dict, hash=False)
    is_off_on_june_first: bool = False

    def is_school_day(self, on: date) -> bool:
        """Tell whether this school and grade has classes on `on` (rules.md 1).

        Inside a term, and open by the most specific rule: the school's own, else the county's,
        else the official working days (make-up Saturdays count).  A grade that is off on 1 June
        has classes then only if a rule for that day opens it.
        """
        if self.term_of(on) is None:
            return False
        if on in self.rules:
            return self.rules[on]
        if self.is_off_on_june_first and (on.month, on.day) == (6, 1):
            return False
        return self.is_working_day(on)

    def term_of(self, on: date) -> Term | None:
        """Return the term that `on` lies in, or None in the holidays and beyond all terms."""
        return next((term for term in self.terms if term.starts_on <= on <= term.ends_on), None)

    def next_school_day(self, on: date) -> date | None:
        """Return the first school day strictly after `on`, or None beyond the last term known."""
        if not self.terms:
            return None
        last = max(term.ends_on for term in self.terms)
        on = max(on, self.terms[0].starts_on - ONE_DAY)
        while on < last:
            on += ONE_DAY
            if self.is_school_day(on):
                return on
        return None

    def previous_school_day(self, on: date) -> date | None:
        """Return the last school day strictly before `on`, or None before the first term known."""
        if not self.terms:
            return None
        on = min(on, max(term.ends_on for term in self.terms) + ONE_DAY)
        while on > self.terms[0].starts_on:
            on -= ONE_DAY
            if self.is_school_day(on):
                return on
        return None

    def school_days(self, first: date, last: date) -> tuple[date, ...]:
        """Return the school days from `first` to `last`, both included, in order."""
        return tuple(on for on in days_between(first, last) if self.is_school_day(on))

    def nth_school_day_after(self, on: date, n: int) -> date | None:
        """Return the n-th school day after `on`, or None if the terms known hold fewer.

        n is at least 1, else ValueError.
        """
        day: date | None = on
        for _ in range(at_least_one(n)):
            day = self.next_school_day(day) if day else None
        return day

    def add_school_days(self, at: datetime, n: int) -> datetime:
        """Return the same local clock time n school days after `at` (rules.md 1).

        From a day without classes, counting begins at the next school day, as if `at` were that
        day at the same clock time: Saturday 10:00 + 1 = Tuesday 10:00.  Where the terms known
        hold no further school day, working days are counted instead.  A negative n counts back,
        from a day without classes beginning at the previous school day.
        """
        step = self._step_on if n >= 0 else self._step_back
        further = self.next_school_day if n >= 0 else self.previous_school_day
        on = self.local_date(at)
        is_beyond = further(on) is None and self.is_working_day(on)
        on = on if self.is_school_day(on) or is_beyond else step(on)
        for _ in range(abs(n)):
            on = step(on)
        return self.moved(at, on)

    def _step_on(self, on: date) -> date:
        return self.next_school_day(on) or self.next_working_day(on)

    def _step_back(self, on: date) -> date:
        return self.previous_school_day(on) or self.previous_working_day(on)


@dataclass(frozen=True)
class Calendar(OfficialDays):
    """The county's calendar: official days, terms, and days opened or closed by hand.

    Of two rules for the same day and school, the later one in `days` holds.
    """

    terms: tuple[Term, ...] = ()
    days: tuple[DayRule, ...] = ()
    june_first_off_up_to_grade: int = 6

    def is_school_day(self, school_id: int, grade: int | None, on: date) -> bool:
        """Tell whether `school_id` teaches `grade` on `on`; see `SchoolCalendar` (rules.md 1)."""
        return self.school(school_id, grade).is_school_day(on)

    def school(self, school_id: int, grade: int | None = None) -> SchoolCalendar:
        """Return the calendar of one school and grade.

        A school's own terms, if it has any, replace the county's.  Without a grade it is the
        calendar of the school as a whole, which 1 June does not close.
        """
        is_off = grade is not None and grade <= self.june_first_off_up_to_grade
        key = school_id, is_off
        if key not in self._schools:
            self._schools[key] = SchoolCalendar(
                zone=self.zone,
                official=self.official,
                known_until=self.known_until,
                terms=self._terms_of(school_id),
                rules=self._rules_of(school_id),
                is_off_on_june_first=is_off,
            )
        return self._schools[key]

    @cached_property
    def _schools(self) -> dict[tuple[int, bool], SchoolCalendar]:
        return {}

    def _terms_of(self, school_id: int) -> tuple[Term, ...]:
        own = [term for term in self.terms if term.school_id == school_id]
        county = [term for term in self.terms if term.school_id is None]
        return tuple(sorted(own or county, key=lambda term: term.starts_on))

    def _rules_of(self, school_id: int) -> dict[date, bool]:
        county = {rule.on: rule.is_open for rule in self.days if rule.school_id is None}
        return county | {
            rule.on: rule.is_open for rule in self.days if rule.school_id == school_id
        }
