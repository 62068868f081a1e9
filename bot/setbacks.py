"""What went wrong on the network, and how long it is let rest; all in monotonic time."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import structlog

from bot.limits import Limits
from bot.outcomes import Fate, Outcome

RESEND_AFTER = 60.0
LEAVE_ALONE_FOR = 5.0
LONGEST_PAUSE = 30.0

_log = structlog.get_logger(__name__)


class Setbacks:
    """Rows in doubt, rows left alone, and whether anybody can be reached at all."""

    def __init__(self, time: Callable[[], float], limits: Limits) -> None:
        """Pauses that concern everything go to `limits`."""
        self._time = time
        self._limits = limits
        self._resent_at: dict[int, float] = {}
        self._alone_until: dict[int, float] = {}
        self._failures = 0
        self._doubts = 0

    @property
    def is_unreachable(self) -> bool:
        """Whether the server could not be reached, and is not tried again yet."""
        return self._failures > 0 and self._limits.pause_left > 0

    def learn(self, outcome: Outcome) -> None:
        """What this outcome means for everything else that waits."""
        if outcome.fate is Fate.THROTTLED:
            self._limits.pause(outcome.wait)
        elif outcome.fate in (Fate.UNREACHABLE, Fate.SIGNED_OUT):
            self._failures += 1
            self._limits.pause(min(2.0 ** (self._failures - 1), LONGEST_PAUSE))
            _log.warning("out of reach", action="unreachable", cause=outcome.cause)
        elif outcome.fate is Fate.UNCERTAIN:
            self._limits.pause(min(float(self._doubts), LONGEST_PAUSE))
            self._doubts += 1
        else:
            self._failures = self._doubts = 0

    def doubt(self, row_ids: Iterable[int]) -> None:
        """These may have arrived, and are to be sent once more."""
        self._resent_at |= dict.fromkeys(row_ids, self._time() + RESEND_AFTER)

    def ripe(self) -> list[int]:
        """The rows whose time to be sent once more has come; they are named once."""
        found = [row for row, at in self._resent_at.items() if at <= self._time()]
        for row in found:
            del self._resent_at[row]
        return found

    def leave_alone(self, row_ids: Iterable[int], seconds: float = LEAVE_ALONE_FOR) -> None:
        """These failed; they are not looked at for a while."""
        self._alone_until |= dict.fromkeys(row_ids, self._time() + seconds)

    def left_alone(self) -> frozenset[int]:
        """The rows not to look at now."""
        now = self._time()
        self._alone_until = {row: at for row, at in self._alone_until.items() if at > now}
        return frozenset(self._alone_until)
