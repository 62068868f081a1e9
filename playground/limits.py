"""Telegram's flood limits: so many messages in any one second, then a growing penalty."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from playground.calls import Call
from playground.refusals import too_many_requests

IN_FLIGHT = 0.5
LONGEST_PENALTY = 300.0


@dataclass(frozen=True, slots=True)
class Rates:
    """How many messages are let through; `time` is monotonic unless a test brings its own."""

    per_bot: int = 30
    per_chat: int = 1
    per_group: int = 20
    window: float = 1.0
    group_window: float = 60.0
    edits_count_per_chat: bool = True
    time: Callable[[], float] = time.monotonic


@dataclass(slots=True)
class _Gate:
    """One sliding window and its penalty."""

    most: int
    window: float
    passed: deque[float] = field(default_factory=deque)
    penalty: float = 0.0
    announced_at: float = -math.inf
    shut_until: float = -math.inf

    def wait(self, now: float) -> float:
        """Seconds to wait; 0 when open."""
        if now < self.shut_until:
            return self._again(now)
        while self.passed and self.passed[0] <= now - self.window:
            self.passed.popleft()
        if len(self.passed) < self.most:
            return 0.0
        if self.shut_until < now - self.window:
            self.penalty = 0.0
        return self._shut(now, max(self.passed[0] + self.window - now, 2 * self.penalty))

    def _again(self, now: float) -> float:
        """Whoever comes back too early waits longer; calls already under way do not count."""
        if now - self.announced_at <= IN_FLIGHT:
            return self.shut_until - now
        return self._shut(now, 2 * max(self.penalty, self.shut_until - now))

    def _shut(self, now: float, seconds: float) -> float:
        self.penalty = float(math.ceil(min(max(seconds, 1.0), LONGEST_PENALTY)))
        self.announced_at = now
        self.shut_until = now + self.penalty
        return self.penalty


class Limits:
    """The gates of one bot."""

    def __init__(self, rates: Rates) -> None:
        self._rates = rates
        self._bot = _Gate(rates.per_bot, rates.window)
        self._chats: dict[int, _Gate] = {}

    def refuse_if_flooding(self, call: Call) -> None:
        is_edit = call.method.startswith("edit")
        if not is_edit and (not call.method.startswith("send") or call.method == "sendChatAction"):
            return
        gates = [self._bot]
        if call.chat_id is not None and (self._rates.edits_count_per_chat or not is_edit):
            gates.append(self._gate(call.chat_id))
        now = self._rates.time()
        if wait := max(gate.wait(now) for gate in gates):
            raise too_many_requests(math.ceil(wait))
        for gate in gates:
            gate.passed.append(now)

    def _gate(self, chat_id: int) -> _Gate:
        if chat_id not in self._chats:
            rates = self._rates
            private = _Gate(rates.per_chat, rates.window)
            group = _Gate(rates.per_group, rates.group_window)
            self._chats[chat_id] = private if chat_id > 0 else group
        return self._chats[chat_id]
