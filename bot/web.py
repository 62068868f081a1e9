"""Serving pages of our own: bound, ended in time, silent about what they were asked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from aiohttp import web

from bot.address import host_and_port

_log = structlog.get_logger(__name__)


@asynccontextmanager
async def serving(application: web.Application, listen: str, name: str) -> AsyncIterator[int]:
    """Serve an application while the block runs; yields the port it listens on."""
    host, port = host_and_port(listen)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=5)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        bound: int = runner.addresses[0][1]
        _log.info("listening", action="listening", page=name, host=host, port=bound)
        yield bound
    finally:
        await runner.cleanup()
