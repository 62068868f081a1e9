"""Rates with the formula they come from (rules.md 9, plan 三(三)): never a number by itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rules.reports.figures import percent


class Formula(StrEnum):
    """Each formula by its name; papers have the words."""

    DROPOUT = "dropout"  # dropouts / registered pupils
    RETENTION = "retention"  # (registered pupils - dropouts) / registered pupils
    ATTENDANCE = "attendance"  # (registered - dropouts - suspected) / registered
    ENTRY = "entry"  # those of the age-eligible list who are in school / those due in school


@dataclass(frozen=True)
class Rate:
    """`percent` is None where there is nobody to count: no rate, and no false 0 %."""

    formula: Formula
    part: int
    whole: int

    @property
    def percent(self) -> float | None:
        """With one decimal place."""
        return percent(self.part, self.whole)


@dataclass(frozen=True)
class Entered:
    """The age-eligible list by its last comparison: due in school, and in one (rules.md 8)."""

    due: int = 0
    entered: int = 0


def rates(
    registered: int, suspected: int, dropouts: int, entered: Entered | None = None
) -> tuple[Rate, ...]:
    """The rates of a school or the county; `registered` are all on the register, dropouts
    included, for a dropout keeps the registration (plan 二(二)3).  `entered` is the county's:
    who is in no school has none that could be counted for."""
    entered = entered or Entered()
    return (
        Rate(Formula.ENTRY, entered.entered, entered.due),
        Rate(Formula.DROPOUT, dropouts, registered),
        Rate(Formula.RETENTION, registered - dropouts, registered),
        Rate(Formula.ATTENDANCE, registered - dropouts - suspected, registered),
    )
