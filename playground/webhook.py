"""Delivery of updates to the bot's own web address."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from playground.calls import Call
from playground.clock import Now, seconds
from playground.refusals import bad_request, conflict
from playground.updates import UpdateQueue, Waiting

FIRST_PAUSE = 0.05
LONGEST_PAUSE = 5.0
PATIENCE = aiohttp.ClientTimeout(total=30)
SECRET = re.compile(r"[A-Za-z0-9_-]{0,256}")
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"


@dataclass(frozen=True, slots=True)
class Address:
    url: str
    secret: str
    connections: int
    has_certificate: bool

    @property
    def headers(self) -> dict[str, str]:
        return {SECRET_HEADER: self.secret} if self.secret else {}


class Webhook:
    """Posts waiting updates one after another; one that is not taken is tried again."""

    def __init__(self, updates: UpdateQueue, now: Now) -> None:
        self._updates = updates
        self._now = now
        self._courier: asyncio.Task[None] | None = None
        self.address: Address | None = None
        self.last_error: tuple[int, str] | None = None

    def set(self, call: Call) -> None:
        if not call.text("url"):
            return self.delete()
        address = _address(call)
        self.delete()
        self._updates.interrupt(conflict("terminated by setWebhook request"))
        self.address = address
        self.last_error = None
        self._courier = asyncio.get_running_loop().create_task(self._deliver(address))
        return None

    def delete(self) -> None:
        self.address = None
        if self._courier:
            self._courier.cancel()

    async def close(self) -> None:
        self.delete()
        if self._courier:
            with suppress(asyncio.CancelledError):
                await self._courier

    def described(self) -> dict[str, Any]:
        """What getWebhookInfo answers."""
        described: dict[str, Any] = {
            "url": self.address.url if self.address else "",
            "has_custom_certificate": bool(self.address and self.address.has_certificate),
            "pending_update_count": len(self._updates),
        }
        if self.address:
            described["max_connections"] = self.address.connections
        if self.last_error:
            described["last_error_date"], described["last_error_message"] = self.last_error
        if self._updates.allowed:
            described["allowed_updates"] = self._updates.allowed
        return described

    async def _deliver(self, address: Address) -> None:
        pause = FIRST_PAUSE
        async with aiohttp.ClientSession(headers=address.headers, timeout=PATIENCE) as session:
            while True:
                waiting = await self._next()
                if await self._post(session, address, waiting):
                    self._updates.done(waiting)
                    pause = FIRST_PAUSE
                else:
                    await asyncio.sleep(pause)
                    pause = min(2 * pause, LONGEST_PAUSE)

    async def _next(self) -> Waiting:
        while (waiting := self._updates.first()) is None:
            self._updates.news.clear()
            await self._updates.news.wait()
        return waiting

    async def _post(
        self, session: aiohttp.ClientSession, address: Address, waiting: Waiting
    ) -> bool:
        try:
            async with session.post(address.url, json=waiting.wire) as response:
                problem = f"Wrong response from the webhook: {response.status} {response.reason}"
                taken = response.ok
        except (aiohttp.ClientError, TimeoutError) as failure:
            problem, taken = f"Connection failed: {failure}", False
        if not taken:
            self.last_error = (seconds(self._now()), problem)
        return taken


def _address(call: Call) -> Address:
    url, secret = call.text("url"), call.text("secret_token")
    parts = urlsplit(url)
    on_stage = parts.hostname in ("127.0.0.1", "localhost")
    if parts.scheme != "https" and not on_stage:
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if not SECRET.fullmatch(secret):
        raise bad_request("secret token contains illegal characters")
    connections = call.number("max_connections") or 40
    if not 1 <= connections <= 100:
        raise bad_request("max_connections must be between 1 and 100")
    return Address(url, secret, connections, "certificate" in call.files)
