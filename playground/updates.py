"""Updates waiting for the bot, with getUpdates' own rules about offsets."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from playground.clock import Now
from playground.refusals import Refused, other_poller

KEPT_FOR = timedelta(hours=24)
FIRST_ID = 700_000_001
ONLY_ON_REQUEST = {"chat_member", "message_reaction", "message_reaction_count"}


@dataclass(frozen=True, slots=True)
class Waiting:
    update_id: int
    at: datetime
    wire: dict[str, Any]


class UpdateQueue:
    def __init__(self, now: Now) -> None:
        self._now = now
        self._next_id = FIRST_ID
        self._waiting: deque[Waiting] = deque()
        self._poller: asyncio.Future[None] | None = None
        self.allowed: list[str] = []
        self.news = asyncio.Event()

    def __len__(self) -> int:
        return len(self._waiting)

    def wants(self, kind: str) -> bool:
        return kind in self.allowed if self.allowed else kind not in ONLY_ON_REQUEST

    def push(self, kind: str, payload: dict[str, Any]) -> int | None:
        """Queue an update; None if the bot has not asked for this kind."""
        if not self.wants(kind):
            return None
        wire = {"update_id": self._next_id, kind: payload}
        self._waiting.append(Waiting(self._next_id, self._now(), wire))
        self._next_id += 1
        self._wake()
        return self._next_id - 1

    async def poll(self, offset: int, limit: int, within: float) -> list[dict[str, Any]]:
        self.interrupt(other_poller())
        self._confirm(offset)
        self._forget_old()
        if not self._waiting and within > 0:
            await self._wait(within)
        return [waiting.wire for waiting in islice(self._waiting, limit)]

    def interrupt(self, refusal: Refused) -> None:
        """Send a waiting poller away with this refusal."""
        if self._poller and not self._poller.done():
            self._poller.set_exception(refusal)

    def release(self) -> None:
        """Let a waiting poller go with what there is."""
        self._wake()

    def drop_all(self) -> None:
        self._waiting.clear()

    def first(self) -> Waiting | None:
        self._forget_old()
        return self._waiting[0] if self._waiting else None

    def done(self, waiting: Waiting) -> None:
        if self._waiting and self._waiting[0] is waiting:
            self._waiting.popleft()

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            while len(self._waiting) > -offset:
                self._waiting.popleft()
        while self._waiting and self._waiting[0].update_id < offset:
            self._waiting.popleft()

    def _forget_old(self) -> None:
        oldest = self._now() - KEPT_FOR
        while self._waiting and self._waiting[0].at < oldest:
            self._waiting.popleft()

    async def _wait(self, within: float) -> None:
        poller = self._poller = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(within):
                await poller
        except TimeoutError:
            pass
        finally:
            if self._poller is poller:
                self._poller = None

    def _wake(self) -> None:
        self.news.set()
        if self._poller and not self._poller.done():
            self._poller.set_result(None)
