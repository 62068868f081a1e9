"""Who is next: the rows that may leave, in their order, as far as chats and limits allow.

Lanes are strict but for one place in so many: it belongs to whoever has waited too long, the
lanes in turn, so that nobody starves however busy a day is (docs/decisions/0012).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from bot.limits import Limits
from rules.policy.sections import Limits as Allowed
from storage.departures import Departure

#: As many rows as are looked at together; one per chat.
WINDOW = 1000
#: As many of those that have waited too long are looked at together, of each lane.
OLDEST = 16


@dataclass(frozen=True)
class Patience:
    """Who has waited this long gets one place in so many, lane after lane in turn."""

    waits_at_most: timedelta
    one_in: int


def patience_of(limits: Allowed) -> Patience:
    """What the county's policy says."""
    return Patience(limits.waits_at_most.within, limits.longest_waiting_one_in)


@dataclass
class Departures:
    """What is due, and which chats are being spoken to at this moment."""

    limits: Limits
    patience: Patience
    waiting: list[Departure] = field(default_factory=list)
    oldest: list[Departure] = field(default_factory=list)
    busy: set[int | None] = field(default_factory=set)
    _since_oldest: int = 0
    _turns: list[str] = field(default_factory=list)

    def refill(self, found: list[Departure], oldest: list[Departure]) -> None:
        """What is due, seen afresh; chats that are being spoken to are left for later."""
        self.waiting = [one for one in found if one.chat_id not in self.busy]
        self.oldest = [one for one in oldest if one.chat_id not in self.busy]

    def next(self) -> Departure | None:
        """The first whose chat is free and may hear something; it is taken."""
        is_their_turn = self._since_oldest + 1 >= self.patience.one_in
        found = self._take(self._by_turn()) if is_their_turn else None
        if found is not None:
            self._since_oldest = 0
            self._turns = [*(one for one in self._turns if one != found.lane), found.lane]
        elif found := self._take(self.waiting):
            self._since_oldest += 1
        return found

    def _by_turn(self) -> list[Departure]:
        """The lane that has had such a place longest ago goes first."""
        turns = {lane: number for number, lane in enumerate(self._turns, 1)}
        return sorted(self.oldest, key=lambda one: turns.get(one.lane, 0))

    def _take(self, places: list[Departure]) -> Departure | None:
        for departure in places:
            if departure.chat_id in self.busy or self._wait_of(departure):
                continue
            self.busy.add(departure.chat_id)
            for other in (self.waiting, self.oldest):
                if departure in other:
                    other.remove(departure)
            return departure
        return None

    def done(self, departure: Departure) -> None:
        """Its chat is free again."""
        self.busy.discard(departure.chat_id)

    def wait(self) -> float | None:
        """Seconds until one of those waiting may leave; None when only an end can change that."""
        waits = [self._wait_of(one) for one in self.waiting if one.chat_id not in self.busy]
        return min((wait for wait in waits if wait > 0), default=None)

    def _wait_of(self, departure: Departure) -> float:
        if departure.is_edit or departure.chat_id is None:
            return 0.0
        return self.limits.wait_for(departure.chat_id)
