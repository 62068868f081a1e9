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


def rates(registered: int, suspected: int, dropouts: int) -> tuple[Rate, ...]:
    """The rates of a school or the county; `registered` are all on the register, dropouts
    included, for a dropout keeps the registration (plan 二(二)3)."""
    return (
        Rate(Formula.DROPOUT, dropouts, registered),
        Rate(Formula.RETENTION, registered - dropouts, registered),
        Rate(Formula.ATTENDANCE, registered - dropouts - suspected, registered),
    )
