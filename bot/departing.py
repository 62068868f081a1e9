"""Who is next: the rows that may leave, in their order, as far as chats and limits allow."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.limits import Limits
from storage.departures import Departure

#: As many rows as are looked at together; one per chat.
WINDOW = 1000


@dataclass
class Departures:
    """What is due, and which chats are being spoken to at this moment."""

    limits: Limits
    waiting: list[Departure] = field(default_factory=list)
    busy: set[int | None] = field(default_factory=set)

    def refill(self, found: list[Departure]) -> None:
        """What is due, seen afresh; chats that are being spoken to are left for later."""
        self.waiting = [one for one in found if one.chat_id not in self.busy]

    def next(self) -> Departure | None:
        """The first whose chat is free and may hear something; it is taken."""
        for at, departure in enumerate(self.waiting):
            if departure.chat_id in self.busy or self._wait_of(departure):
                continue
            self.busy.add(departure.chat_id)
            return self.waiting.pop(at)
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
