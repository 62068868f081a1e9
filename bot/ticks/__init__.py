"""The duties of time, in the order in which a turn does them: one line each."""

from __future__ import annotations

from collections.abc import Callable

from bot.ticks.base import Means, Tick

TICKS: tuple[Callable[[Means], Tick], ...] = ()


def all_ticks(means: Means) -> tuple[Tick, ...]:
    """Every duty, made with what it needs."""
    return tuple(make(means) for make in TICKS)
