"""The numbers of rules.md 9: the rhythms of reports, and what makes a report doubtful."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum

from rules.policy.reading import between


class Period(StrEnum):
    """What one report is about."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    TERM = "term"
    YEAR = "year"


class CutOff(StrEnum):
    """Until when the figures count: the signature, or the end of the period."""

    SIGNING = "signing"
    PERIOD_END = "period_end"


class Sender(StrEnum):
    """Who files."""

    UNIT = "unit"  # every reporting unit
    COUNTY = "county"  # the bureau's education section


class Receiver(StrEnum):
    """To whom it goes."""

    SECTION = "section"
    EDUCATION_SECTION = "education_section"
    TOWNSHIP = "township"
    COUNTY_GOVERNMENT = "county_government"


@dataclass(frozen=True)
class Rhythm:
    """One rhythm.  What `due_day` counts depends on the period: the weekday (1 Monday) of a week;
    the n-th working day after a month or quarter; days after the return to school in a term; the
    day of `due_month` in a year.  `open_day` likewise, but of a week the school days before."""

    period: Period
    cut_off: CutOff
    open_day: int = between(0, 366, 1)
    open_at: time = time(8)
    due_day: int = between(1, 366, 1)
    due_at: time = time(12)
    sender: Sender = Sender.UNIT
    receiver: Receiver = Receiver.EDUCATION_SECTION
    zero_allowed: bool = True
    open_month: int = between(0, 12, 0)
    due_month: int = between(0, 12, 0)


def default_rhythms() -> Mapping[str, Rhythm]:
    """The rows of rules.md 9."""
    week, end = Period.WEEK, CutOff.PERIOD_END
    government = Receiver.COUNTY_GOVERNMENT
    return {
        "weekly": Rhythm(week, CutOff.SIGNING, open_day=1, due_day=5, receiver=Receiver.SECTION),
        "term_reconciliation": Rhythm(Period.TERM, CutOff.SIGNING, open_day=0, due_day=14),
        "school_monthly": Rhythm(Period.MONTH, end, open_day=1, due_day=3),
        "township_monthly": Rhythm(
            Period.MONTH, end, open_day=1, due_day=5, receiver=Receiver.TOWNSHIP
        ),
        "county_quarterly": Rhythm(
            Period.QUARTER, end, open_day=1, due_day=10, sender=Sender.COUNTY, receiver=government
        ),
        "yearly_package": Rhythm(
            Period.YEAR, CutOff.SIGNING, open_day=25, due_day=10, open_month=8, due_month=9
        ),
    }


@dataclass(frozen=True)
class Reports:
    """rules.md 9."""

    #: Until then, on the day the weekly report opens, village schools check their figures.
    village_check_at: time = time(16)
    #: How often the record is looked at again between the signature and the deadline.
    looked_at_again_minutes: int = between(5, 240, 30)
    #: What is put to the signer: so many zeros in a row with so much absence, so sudden a drop.
    zero_weeks: int = between(2, 52, 12)
    zero_absence_percent: int = between(1, 100, 8)
    sudden_drop: int = between(1, 100, 5)
    rhythms: Mapping[str, Rhythm] = field(default_factory=default_rhythms, hash=False)
