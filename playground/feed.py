"""Everything that happens on the stage, in order, for a narrator or a page to follow."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from playground.clock import Now
from playground.messages import Shown


@dataclass(frozen=True, slots=True)
class Happening:
    """From the bot: message, edit, delete, popup, action; from people: said, tap, state."""

    number: int
    at: datetime
    kind: str
    chat_id: int
    text: str
    shown: Shown | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "at": self.at.isoformat(),
            "kind": self.kind,
            "chat_id": self.chat_id,
            "text": self.text,
            "message": self.shown.as_json() if self.shown else None,
        }


class Feed:
    def __init__(self, now: Now) -> None:
        self._now = now
        self._happenings: list[Happening] = []
        self._news = asyncio.Event()

    @property
    def last(self) -> int:
        return len(self._happenings)

    def tell(self, kind: str, chat_id: int, text: str) -> None:
        self._add(Happening(self.last + 1, self._now(), kind, chat_id, text))

    def show(self, kind: str, shown: Shown) -> None:
        now = self._now()
        self._add(Happening(self.last + 1, now, kind, shown.chat_id, shown.text, shown))

    def _add(self, happening: Happening) -> None:
        self._happenings.append(happening)
        self._news.set()

    def since(self, number: int) -> list[Happening]:
        """All happenings after the one with this number."""
        return self._happenings[max(number, 0) :]

    async def wait(self, number: int, within: float) -> list[Happening]:
        """As `since`, but waits for the first one for a while."""
        try:
            async with asyncio.timeout(within):
                while self.last <= number:
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            pass
        return self.since(number)

    async def follow(self, since: int | None = None) -> AsyncIterator[Happening]:
        number = self.last if since is None else since
        while True:
            for happening in await self.wait(number, 3600):
                number = happening.number
                yield happening
