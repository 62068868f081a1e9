"""The time on the stage: real by default, any other by injection."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

Now = Callable[[], datetime]


def wall_clock() -> datetime:
    # The stage has no other room to ask; everything else here is given a `Now`.
    return datetime.fromtimestamp(time.time(), UTC)  # noqa: TID251


def seconds(moment: datetime) -> int:
    return int(moment.timestamp())
