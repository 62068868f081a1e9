"""Taps on inline buttons, each answered at most once and not too late."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from playground.clock import Now
from playground.refusals import query_too_old

ANSWER_WITHIN = timedelta(seconds=60)


class NoAnswer(AssertionError):
    """The bot has not answered the tap in time."""


@dataclass(frozen=True, slots=True)
class Popup:
    """What a tap brought up: a toast, or an alert to be closed; often without words."""

    text: str
    alert: bool = False
    url: str = ""


@dataclass(slots=True)
class Tap:
    query_id: str
    chat_id: int
    label: str
    at: datetime
    answered: asyncio.Future[Popup]

    async def popup(self, within: float) -> Popup:
        try:
            async with asyncio.timeout(within):
                return await asyncio.shield(self.answered)
        except TimeoutError:
            raise NoAnswer(f"no answer to {self.label!r} within {within:g} s") from None


class Taps:
    """The open taps of one bot."""

    def __init__(self, now: Now) -> None:
        self._now = now
        self._open: dict[str, Tap] = {}
        self._count = 0

    def open(self, chat_id: int, label: str) -> Tap:
        self._count += 1
        answered: asyncio.Future[Popup] = asyncio.get_running_loop().create_future()
        tap = Tap(str(4_000_000_000_000 + self._count), chat_id, label, self._now(), answered)
        self._open[tap.query_id] = tap
        return tap

    def answer(self, query_id: str, popup: Popup) -> Tap:
        tap = self._open.pop(query_id, None)
        if tap is None or self._now() - tap.at > ANSWER_WITHIN:
            raise query_too_old()
        if not tap.answered.done():
            tap.answered.set_result(popup)
        return tap
