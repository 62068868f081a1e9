"""Long polling: an update is stored and committed before the next request confirms it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.arriving import ALLOWED, keep
from bot.clock import Clock
from bot.request import RawBot
from storage.database import Database
from storage.errors import UNUSABLE

LIMIT = 100
LONG_POLL = 25
LONGEST_WAIT = 30.0

_log = structlog.get_logger(__name__)


class SignedOut(Exception):
    """Telegram does not know this bot token: look at BOT_TOKEN, or ask BotFather for a new one."""


async def _nobody() -> None:
    """Nobody wants to know."""


class Poller:
    """Fetches updates for one bot into one database."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        bot: RawBot,
        ring: Callable[[], None],
        reached: Callable[[], Awaitable[object]] = _nobody,
    ) -> None:
        """`ring` is told of new rows, `reached` of every request that was answered."""
        self._database = database
        self._clock = clock
        self._bot = bot
        self._ring = ring
        self._reached = reached
        self._offset: int | None = None
        self._failures = 0
        self._failing_since: float | None = None
        self._is_stopping = False

    @property
    def silent_s(self) -> float:
        """For how long no request has succeeded: what people tap does not arrive."""
        since = self._failing_since
        return 0.0 if since is None else self._clock.monotonic() - since

    def stop(self) -> None:
        """End `run` after the request that is under way; cancel its task to end it at once."""
        self._is_stopping = True

    async def run(self) -> None:
        """Fetch until stopped; SignedOut when the token is refused."""
        while not self._is_stopping:
            try:
                await self.fetch(LONG_POLL)
                self._failures, self._failing_since = 0, None
            except InvalidToken:
                raise SignedOut from None
            except TelegramError as error:
                await self._rest(error)
            except UNUSABLE as error:
                await self._wait_for_database(error)

    async def _wait_for_database(self, error: Exception) -> None:
        """What could not be stored was not confirmed: Telegram brings it again."""
        wait = self._fail()
        name = type(error).__name__
        _log.error("updates not stored", action="not_stored", error=name, wait=wait)
        await self._clock.sleep(wait)

    async def fetch(self, long_poll: int = 0) -> int:
        """One request; how many updates it brought.  They are committed when this returns.

        Every run begins without an offset: what is stored already is known by its number.
        """
        found = await self._bot.raw_updates(self._offset, LIMIT, long_poll, ALLOWED)
        if not isinstance(found, list):
            raise TelegramError("updates are a list")
        highest = await keep(self._database, found, self._clock.now())
        if highest is not None:
            self._offset = highest + 1
            self._ring()
        await self._reached()
        return len(found)

    async def _rest(self, error: TelegramError) -> None:
        """Wait a while, longer each time; a forgotten webhook is taken away."""
        wait = self._fail()
        if isinstance(error, RetryAfter):
            asked = error.retry_after
            wait = float(asked if isinstance(asked, int) else asked.total_seconds())
        is_shared = isinstance(error, Conflict)
        action = "polled_elsewhere" if is_shared else "not_polled"
        _log.warning("no updates", action=action, error=type(error).__name__, wait=wait)
        if is_shared and "webhook" in error.message:
            await self._take_webhook_away()
        await self._clock.sleep(wait)

    def _fail(self) -> float:
        """Another request without success; the seconds to wait before the next."""
        if self._failing_since is None:
            self._failing_since = self._clock.monotonic()
        self._failures += 1
        return min(2.0 ** (self._failures - 1), LONGEST_WAIT)

    async def _take_webhook_away(self) -> None:
        try:
            await self._bot.delete_webhook()
        except TelegramError as error:
            _log.warning("webhook stays", action="webhook_stays", error=type(error).__name__)
