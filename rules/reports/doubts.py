"""What contradicts a report, put to whoever signs before they sign (rules.md 9)."""

from __future__ import annotations

from dataclasses import dataclass

from rules.policy.reports import Reports
from rules.reports.figures import Figures

#: A report in which all of these are zero says "none".
FOLLOWED = ("absent_1_2", "absent_3_5", "absent_over_5", "suspected", "dropout")


@dataclass(frozen=True)
class Around:
    """What the record says beside the figures.

    `suspected` are all children of the unit who are suspected or have dropped out; `zeros` how
    many reports before this one, without a gap, said none; `stood` how many were suspected or had
    dropped out in the last report, None without one; `ended` how many such children have left
    that status since; `untaken` how many roll calls of the week nobody has taken.
    """

    suspected: int = 0
    absent_days: int = 0
    school_days: int = 0
    zeros: int = 0
    stood: int | None = None
    ended: int = 0
    untaken: int = 0


@dataclass(frozen=True)
class Doubt:
    """One contradiction and its number; the number is part of what the signer calls true."""

    code: str
    number: int

    @property
    def spelled(self) -> str:
        """How it is kept: another number is another doubt."""
        return f"{self.code}:{self.number}"

    @classmethod
    def read(cls, text: str) -> Doubt:
        """The doubt behind `spelled`."""
        code, _, number = text.rpartition(":")
        return cls(code, int(number))


def says_none(figures: Figures) -> bool:
    """Whether this is a zero report."""
    return not any(figures.get(name) for name in FOLLOWED)


def doubts(figures: Figures, around: Around, rules: Reports) -> tuple[Doubt, ...]:
    """Return what does not go together; the report can be signed once each is called true.

    None reported although children of the unit are suspected; none for twelve weeks in a school
    in which eight in a hundred are absent; five fewer than last time, and nobody has recorded how
    they ended; a week with roll calls that nobody took.
    """
    found: list[Doubt] = []
    is_zero = says_none(figures)
    if is_zero and around.suspected:
        found.append(Doubt("zero_but_suspected", around.suspected))
    weeks = around.zeros + 1
    often = 100 * around.absent_days >= rules.zero_absence_percent * around.school_days
    if is_zero and weeks >= rules.zero_weeks and around.school_days and often:
        found.append(Doubt("zero_for_weeks", weeks))
    drop = _drop(figures, around)
    if drop >= rules.sudden_drop and around.ended < drop:
        found.append(Doubt("sudden_drop", drop))
    if around.untaken:
        found.append(Doubt("untaken", around.untaken))
    return tuple(found)


def _drop(figures: Figures, around: Around) -> int:
    if around.stood is None:
        return 0
    return around.stood - (figures.get("suspected") or 0) - (figures.get("dropout") or 0)
