"""What is really so: which child is where on a day, and why.  The program is told nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random


class Why(StrEnum):
    """Why a child is not there; the habits of all who know of it hang on this."""

    ILL = "ill"
    FAMILY = "family"
    TRUANT = "truant"  # left home, never arrived
    GONE = "gone"  # will not come any more, for weeks or for good


#: How likely one child's absence is to begin on a school day, and how many days it lasts.
BEGINS = {Why.ILL: 0.008, Why.FAMILY: 0.004, Why.TRUANT: 0.0012, Why.GONE: 0.0005}
LASTS = {Why.ILL: (1, 4), Why.FAMILY: (1, 3), Why.TRUANT: (1, 9), Why.GONE: (10, 120)}


@dataclass
class _Away:
    why: Why
    days: int


@dataclass
class Truth:
    """Day by day, as the seed wills it."""

    chance: Random
    children: tuple[int, ...]
    happened: Counter[str] = field(default_factory=Counter)
    _away: dict[int, _Away] = field(default_factory=dict)

    def begin_day(self) -> None:
        """Some are back, and some others do not come."""
        for child, away in list(self._away.items()):
            away.days -= 1
            if away.days <= 0:
                del self._away[child]
                self.happened["returned"] += 1
        for child in self.children:
            if child not in self._away:
                self._perhaps(child)

    def _perhaps(self, child: int) -> None:
        drawn = self.chance.random()
        for why, likely in BEGINS.items():
            if drawn < likely:
                self._away[child] = _Away(why, self.chance.randint(*LASTS[why]))
                self.happened[f"absent, {why.value}"] += 1
                return
            drawn -= likely

    def why(self, child: int) -> Why | None:
        """Why the child is not there; None for one who is."""
        away = self._away.get(child)
        return away.why if away else None

    def why_any(self, children: Iterable[int]) -> Why | None:
        """The reason of the first of these who is away."""
        return next((why for one in children if (why := self.why(one))), None)
