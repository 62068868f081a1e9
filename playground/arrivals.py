"""What arrived on a phone, and whether anybody had expected it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from playground.messages import Shown

MESSAGE, EDIT = "message", "edit"


class NotHeard(AssertionError):
    """What was expected did not arrive in time."""


@dataclass(slots=True)
class Arrival:
    kind: str
    shown: Shown
    seen: bool = False

    def says(self, words: tuple[str, ...]) -> bool:
        return all(word in self.shown.words for word in words)


@dataclass(slots=True)
class Arrivals:
    owner: str
    all: list[Arrival] = field(default_factory=list)
    _unseen: list[Arrival] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, kind: str, shown: Shown) -> None:
        arrival = Arrival(kind, shown)
        self.all.append(arrival)
        self._unseen.append(arrival)
        self._news.set()

    async def expect(self, words: tuple[str, ...], within: float) -> Shown:
        """Wait for a message or an edit with all these words, and mark it as seen."""
        try:
            async with asyncio.timeout(within):
                while (arrival := self._first(words)) is None:
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise NotHeard(self._complaint(words, within)) from None
        self._see(arrival)
        return arrival.shown

    def unexpected(self, edits: bool = False) -> list[Arrival]:
        return [arrival for arrival in self._unseen if edits or arrival.kind == MESSAGE]

    def see_all(self) -> None:
        for arrival in self._unseen:
            arrival.seen = True
        self._unseen.clear()

    def _first(self, words: tuple[str, ...]) -> Arrival | None:
        return next((arrival for arrival in self._unseen if arrival.says(words)), None)

    def _see(self, arrival: Arrival) -> None:
        """Whoever looks at a message has seen it, and what it said before."""
        for earlier in self._unseen:
            if earlier.shown.message_id == arrival.shown.message_id:
                earlier.seen = True
            if earlier is arrival:
                break
        self._unseen = [other for other in self._unseen if not other.seen]

    def _complaint(self, words: tuple[str, ...], within: float) -> str:
        heard = [f"  {arrival.kind}: {arrival.shown.words!r}" for arrival in self._unseen]
        listed = "\n".join(heard) or "  nothing"
        wanted = ", ".join(map(repr, words))
        return f"{self.owner} heard no {wanted} within {within:g} s; not yet seen:\n{listed}"
