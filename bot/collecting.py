"""Fewer rounds of Python's collector of circular references, which has little to find here.

Records, letters and rows point to each other in no circle, and are freed when they are let go.
The collector would look through all of them, and all that the libraries have loaded, again and
again: of a sent message that is a quarter of the processor time, of an import a sixth.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

#: New objects before a round, and rounds before a larger one.
SELDOM = (20_000, 50, 50)


@contextmanager
def seldom_collecting() -> Iterator[None]:
    """For the work of a process; what has been loaded before is not looked through at all."""
    usual = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()
