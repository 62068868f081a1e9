"""Clock sanity: a wall clock that jumps holds delivery, and the duties of time, until somebody,
or Telegram, agrees."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial

import aiohttp
import structlog
from sqlalchemy import or_, select
from telegram import Bot
from telegram.error import TelegramError

from bot.clock import Clock
from bot.engine import Engine
from bot.insisting import insist
from bot.ticks.delivery import Delivery
from rules.decision import Entry
from rules.model.people import Role
from storage import meta
from storage.database import Database
from storage.tables.people import people, posts
from storage.work import Reading
from templates.words import phrase

LOOK_EVERY = 5.0
#: Clocks are set by small steps all the time.
BACK = timedelta(minutes=1)
AGREES_WITHIN = timedelta(minutes=2)
_SECONDS = 10

_log = structlog.get_logger(__name__)


class Sanity:
    """Compares the wall clock with monotonic time, and with what was known before the start."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        bot: Bot,
        delivery: Delivery,
        engine: Engine,
        jump: timedelta,
    ) -> None:
        """Whoever acts by the clock waits until it has been looked at."""
        self._database = database
        self._clock = clock
        self._bot = bot
        self._delivery = delivery
        self._engine = engine
        self._jump = jump
        self._is_held = True
        self._wall, self._real = clock.now(), clock.monotonic()
        delivery.hold(is_held=True)
        engine.heed(self.is_fine)

    def is_fine(self) -> bool:
        """Whether the clock may be believed at this moment: asked before each turn, for a second
        on a wrong day is enough to let every deadline of that day pass."""
        return not self._is_held and not is_insane(self._drift(), self._jump)

    async def run(self, api_url: str) -> None:
        """Look until cancelled; a hold of the last run holds."""
        await insist(self._clock, self.start)
        while True:
            await self._clock.sleep(LOOK_EVERY)
            drift = self._drift()
            self._wall, self._real = self._clock.now(), self._clock.monotonic()
            if is_insane(drift, self._jump):
                await self.hold(f"{drift}")
            elif self._is_held:
                await insist(self._clock, partial(self._release_if_fine, api_url))

    def _drift(self) -> timedelta:
        """By how much the wall clock has moved otherwise than time since the last look."""
        real = timedelta(seconds=self._clock.monotonic() - self._real)
        return (self._clock.now() - self._wall) - real

    async def start(self) -> None:
        """A clock that stands before the last sign of life has jumped back while down."""
        async with self._database.read() as read:
            held = await meta.recall(read, meta.CLOCK_HOLD)
            beat = await meta.recall(read, meta.LAST_ALIVE)
        if held is not None:
            self._set(is_held=True)
        elif beat is not None and self._clock.now() < datetime.fromisoformat(beat) - BACK:
            await self.hold("before the last run")
        else:
            self._set(is_held=False)

    async def hold(self, why: str) -> None:
        """Nothing leaves any more but the word to the administrators."""
        self._set(is_held=True)
        _log.error("the clock jumped", action="clock_held", why=why)
        told: list[tuple[int, str]] = []

        async def note() -> None:
            async with self._database.work(self._clock.now()) as work:
                if await meta.remember_new(work, meta.CLOCK_HOLD, work.now.isoformat()):
                    work.journal(Entry("clock_held", "clock", public={"why": why}))
                    told[:] = await _administrators(work)

        await insist(self._clock, note)
        for chat_id, language in told:
            await self._tell(chat_id, language)

    async def _tell(self, chat_id: int, language: str) -> None:
        try:
            await self._bot.send_message(chat_id, phrase(language, "engine.clock_held"))
        except TelegramError as error:
            _log.warning("not told", action="not_told", error=type(error).__name__)

    async def _release_if_fine(self, api_url: str) -> None:
        """Somebody has accepted the clock, or Telegram has the same time."""
        async with self._database.read() as read:
            is_accepted = await meta.recall(read, meta.CLOCK_HOLD) is None
        if not is_accepted and not await agrees(api_url, self._clock.now()):
            return
        if not is_accepted:
            await accept(self._database, self._clock.now(), by="telegram")
        self._set(is_held=False)
        _log.warning("the clock is fine", action="clock_released")

    def _set(self, *, is_held: bool) -> None:
        self._is_held = is_held
        self._delivery.hold(is_held=is_held)
        self._engine.ring()


def is_insane(drift: timedelta, jump: timedelta) -> bool:
    """Back at all, or forward by `jump`, give or take the moments by which clocks differ."""
    return drift < -BACK or drift > jump - BACK


async def accept(database: Database, now: datetime, *, by: str) -> bool:
    """Release a hold; whether there was one."""
    async with database.work(now) as work:
        if await meta.recall(work, meta.CLOCK_HOLD) is None:
            return False
        await meta.forget(work, meta.CLOCK_HOLD)
        work.journal(Entry("clock_accepted", "clock", public={"by": by}))
    return True


async def agrees(api_url: str, now: datetime) -> bool:
    """Whether the Bot API's clock shows the same; False when it cannot be asked."""
    at = await server_time(api_url)
    return at is not None and abs(at - now) <= AGREES_WITHIN


async def server_time(api_url: str) -> datetime | None:
    """The Date header of the Bot API; no token is sent."""
    timeout = aiohttp.ClientTimeout(total=_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, trust_env=True) as session,
            session.get(api_url, allow_redirects=False) as answer,
        ):
            return parsedate_to_datetime(answer.headers["Date"])
    except (aiohttp.ClientError, TimeoutError, KeyError, ValueError):
        return None


async def _administrators(read: Reading) -> list[tuple[int, str]]:
    query = (
        select(people.c.chat_id, people.c.language)
        .join(posts, posts.c.person_id == people.c.id)
        .where(posts.c.role == Role.ADMIN.value, people.c.chat_id.is_not(None))
        .where(or_(people.c.left_on.is_(None)))
        .distinct()
    )
    return [(row[0], row[1]) for row in (await read.execute(query)).rows]
