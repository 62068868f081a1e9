"""The event loop of a bot at work."""

from __future__ import annotations

import asyncio


def fast_loop() -> asyncio.AbstractEventLoop:
    """uvloop where there is one: it takes a tenth off what a message or a tap costs."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()
