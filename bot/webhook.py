"""Webhook mode: Telegram brings updates to an address of ours, and each is stored before the 200.

The way is unguessable, the secret is compared in constant time, and a body has a largest size
(privacy D12).  What cannot be stored is answered with an error, so that Telegram brings it again.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import structlog
from aiohttp import web
from telegram.error import InvalidToken, TelegramError

from bot.arriving import ALLOWED, keep
from bot.clock import Clock
from bot.poller import SignedOut
from bot.request import RawBot
from bot.settings import Settings
from bot.web import serving
from storage.database import Database

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
#: An update of the largest message is some ten kilobytes.
LARGEST = 1024 * 1024
#: How many updates Telegram may bring at the same time; their commits are shared.
CONNECTIONS = 40
LONGEST_WAIT = 30.0

_log = structlog.get_logger(__name__)


class Webhook:
    """Takes updates for one bot into one database."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        bot: RawBot,
        ring: Callable[[], None],
        settings: Settings,
    ) -> None:
        """`ring` is told of new rows; `settings` are known to be whole."""
        self._database = database
        self._clock = clock
        self._bot = bot
        self._ring = ring
        self._settings = settings
        self._unset_since: float | None = clock.monotonic()
        self._stopping = asyncio.Event()

    @property
    def _secret(self) -> str:
        secret = self._settings.webhook_secret
        return secret.get_secret_value() if secret else ""

    @property
    def path(self) -> str:
        """Where updates come in: nobody guesses it who does not know the secret."""
        mac = hmac.new(self._secret.encode(), b"guixiao webhook path", hashlib.sha256)
        return f"/updates/{mac.hexdigest()[:32]}"

    @property
    def url(self) -> str:
        """The whole address that Telegram is told."""
        return f"{(self._settings.webhook_url or '').rstrip('/')}{self.path}"

    @property
    def silent_s(self) -> float:
        """For how long Telegram has not been told where to bring updates."""
        since = self._unset_since
        return 0.0 if since is None else self._clock.monotonic() - since

    def stop(self) -> None:
        """End `run`; what is being stored is finished and answered first."""
        self._stopping.set()

    async def run(self) -> None:
        """Listen, tell Telegram where, and take updates until stopped; SignedOut for a token
        that is refused.  The address stays known at Telegram, which keeps updates meanwhile."""
        application = web.Application(client_max_size=LARGEST)
        application.router.add_post(self.path, self._take)
        async with serving(application, self._settings.webhook_listen, "webhook"):
            await self._tell_telegram()
            await self._stopping.wait()

    async def _tell_telegram(self) -> None:
        wait = 1.0
        while not self._stopping.is_set():
            try:
                await self._bot.set_webhook(
                    self.url,
                    secret_token=self._secret,
                    allowed_updates=ALLOWED,
                    max_connections=CONNECTIONS,
                )
            except InvalidToken:
                raise SignedOut from None
            except TelegramError as error:
                kind = type(error).__name__
                _log.warning("webhook not set", action="webhook_not_set", error=kind, wait=wait)
                await self._clock.sleep(wait)
                wait = min(wait * 2, LONGEST_WAIT)
            else:
                self._unset_since = None
                return

    async def _take(self, request: web.Request) -> web.Response:
        """One update: stored and committed, then 200."""
        if not self._is_telegram(request):
            return web.Response(status=404)
        update = _read(await request.read())
        if update is None:
            _log.warning("no update in the body", action="update_refused")
            return web.Response(status=400)
        await keep(self._database, [update], self._clock.now())
        self._ring()
        return web.Response()

    def _is_telegram(self, request: web.Request) -> bool:
        given = request.headers.get(SECRET_HEADER, "")
        return hmac.compare_digest(given.encode(), self._secret.encode())


def _read(body: bytes) -> dict[str, Any] | None:
    """The update of a body; None for what is none."""
    try:
        update = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return update if isinstance(update, dict) and "update_id" in update else None
