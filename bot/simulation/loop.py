"""An event loop whose time is the story's: nothing really waits, and nothing runs beside it.

What would be done in a thread is done at once, and when everybody sleeps the time jumps to whoever
wakes first.  So the same seed gives the same term, message by message.
"""

from __future__ import annotations

import asyncio
import math
import selectors
from collections.abc import Callable
from concurrent.futures import Executor
from typing import TypeVar, TypeVarTuple, Unpack

MICROSECONDS = 1_000_000

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class Stuck(RuntimeError):
    """Everybody waits for somebody else: nothing would ever happen again."""


class TermLoop(asyncio.SelectorEventLoop):
    """Its time begins at 0 and moves only by `advance`, and over the sleep of all."""

    def __init__(self) -> None:
        """Nothing has happened yet."""
        self.microseconds = 0
        super().__init__(_Jumping(self))

    def time(self) -> float:
        """Seconds since the beginning."""
        return self.microseconds / MICROSECONDS

    def advance(self, microseconds: int) -> None:
        """So much later."""
        self.microseconds += max(microseconds, 0)

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[Unpack[Ts]], T], *args: *Ts
    ) -> asyncio.Future[T]:
        """Here and now."""
        future: asyncio.Future[T] = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:
            future.set_exception(error)
        return future


class _Jumping(selectors.SelectSelector):
    """Instead of waiting it lets the loop's time pass."""

    def __init__(self, loop: TermLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready:
            return ready
        if timeout is None:
            raise Stuck
        if timeout > 0:
            self._loop.advance(math.ceil(timeout * MICROSECONDS))
        return ready
