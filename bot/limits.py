"""How fast the bot may speak: per bot and per chat, over every sliding window, in real time.

A message counts from the moment it is sent until a window after its answer has come: wherever in
between the server took it in, it never sees more than allowed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from rules.policy.sections import Limits as Allowed

#: Chats are forgotten when there are so many of them, and they are long past their second.
MOST_CHATS = 10_000


@dataclass(frozen=True)
class Rates:
    """Messages per window, in seconds."""

    per_bot: int = 30
    per_chat: int = 1
    window: float = 1.0


def rates_of(limits: Allowed) -> Rates:
    """What the county's policy allows."""
    return Rates(limits.messages_a_second, limits.chat_messages_a_second)


@dataclass
class _Window:
    """The messages of one window: those under way, and when the others were answered."""

    under_way: int = 0
    answered: deque[float] = field(default_factory=deque)

    def wait(self, most: int, opens_at: float) -> float:
        """Seconds until one more fits; -1 while only an answer can make room."""
        if self.room(most, opens_at) > 0:
            return 0.0
        return self.answered[0] - opens_at if self.answered else -1.0

    def room(self, most: int, opens_at: float) -> int:
        """How many more fit."""
        while self.answered and self.answered[0] <= opens_at:
            self.answered.popleft()
        return most - self.under_way - len(self.answered)


class Limits:
    """What may leave now, by monotonic time."""

    def __init__(self, time: Callable[[], float], rates: Rates | None = None) -> None:
        """`time` counts real seconds from some beginning."""
        self._time = time
        self._rates = rates or Rates()
        self._bot = _Window()
        self._chats: dict[int, _Window] = {}
        self._paused_until = 0.0

    def pause(self, seconds: float) -> None:
        """Nothing leaves for so long: the server said so, or cannot be reached."""
        self._paused_until = max(self._paused_until, self._time() + seconds)

    @property
    def pause_left(self) -> float:
        """Seconds until anything may leave again."""
        return max(self._paused_until - self._time(), 0.0)

    def wait(self) -> float:
        """Seconds until the bot may speak; -1 when an answer must come first."""
        if self.pause_left:
            return self.pause_left
        return self._bot.wait(self._rates.per_bot, self._time() - self._rates.window)

    def room(self) -> int:
        """How many messages may leave at this moment."""
        if self.pause_left:
            return 0
        return self._bot.room(self._rates.per_bot, self._time() - self._rates.window)

    def wait_for(self, chat_id: int) -> float:
        """Seconds until this chat may hear something; -1 when an answer must come first."""
        window = self._chats.get(chat_id)
        if window is None:
            return 0.0
        return window.wait(self._rates.per_chat, self._time() - self._rates.window)

    def take(self, chat_id: int | None) -> float:
        """Begin a message if it may leave now (0.0); else the seconds to wait, as in `wait`."""
        wait = self.wait() or (0.0 if chat_id is None else self.wait_for(chat_id))
        if wait == 0.0:
            self.begin(chat_id)
        return wait

    def begin(self, chat_id: int | None) -> None:
        """A message leaves; None for an edit, which stands outside the budget of its chat."""
        for window in self._windows(chat_id):
            window.under_way += 1

    def end(self, chat_id: int | None) -> None:
        """Its answer has come, or never will."""
        now = self._time()
        for window in self._windows(chat_id):
            window.under_way -= 1
            window.answered.append(now)

    def _windows(self, chat_id: int | None) -> tuple[_Window, ...]:
        if chat_id is None:
            return (self._bot,)
        if len(self._chats) >= MOST_CHATS and chat_id not in self._chats:
            self._forget_quiet_chats()
        return self._bot, self._chats.setdefault(chat_id, _Window())

    def _forget_quiet_chats(self) -> None:
        opens_at = self._time() - self._rates.window
        self._chats = {
            chat_id: window
            for chat_id, window in self._chats.items()
            if window.under_way or (window.answered and window.answered[-1] > opens_at)
        }
