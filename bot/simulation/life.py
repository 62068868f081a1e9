"""One life of the program: the real parts on the county's database, until it ends or dies."""

from __future__ import annotations

import asyncio
from datetime import datetime

from telegram.error import TelegramError

from bot.cli.opening import County
from bot.outage import make_up
from bot.parts import Parts
from bot.poller import Poller
from bot.request import RawBot
from bot.running import assemble, greet
from bot.simulation.clock import TermClock
from bot.simulation.wire import Wire
from bot.ticks.base import Means
from storage import meta
from storage.database import Database

#: Whatever is cut off may itself begin something in its last moment.
ROUNDS = 50


class Life:
    """Everything that one process holds in memory."""

    def __init__(self, parts: Parts) -> None:
        """Begun already: see `begin`."""
        self.parts = parts

    @classmethod
    async def begin(cls, county: County, clock: TermClock, wire: Wire, alive: datetime) -> Life:
        """Start on what is there, as `run` does it; `alive` is when the heart last beat."""
        settings = county.settings
        database = await Database.open(settings.database_url, county.database.keys)
        database.staff_names = county.policy.privacy.staff_names
        async with database.work(alive) as work:
            await meta.remember(work, meta.LAST_ALIVE, alive.isoformat())
        means = Means(settings, county.policy, county.calendars, clock)
        url = settings.bot_api_url
        bot = RawBot(
            settings.token,
            base_url=f"{url}/bot",
            base_file_url=f"{url}/file/bot",
            get_updates_request=wire,
            request=wire,
        )
        life = cls(assemble(database, means, bot))
        await greet(life.parts)
        await make_up(database, means)
        await life.parts.delivery.recover()
        return life

    async def settle(self) -> None:
        """Let everything that can happen at this moment happen, and leave."""
        while True:
            handled = await self.serve()
            if not await self.parts.engine.turn() and not handled:
                return

    async def serve(self) -> int:
        """What people have done, and what is to be sent; how many updates that were."""
        fetched = await self._fetch()
        handled = await self.parts.pipeline.drain()
        await self.parts.delivery.drain()
        return fetched + handled

    async def _fetch(self) -> int:
        assert isinstance(self.parts.source, Poller)
        try:
            return await self.parts.source.fetch()
        except TelegramError:
            await self.parts.clock.sleep(1.0)
            return 1

    async def next_at(self) -> datetime | None:
        """When anything of what is stored becomes due."""
        async with self.parts.database.read() as read:
            found = await self.parts.engine.next_at(read)
            others = (
                await self.parts.delivery.next_at(read),
                await self.parts.pipeline.next_at(read),
            )
        return min([*found, *(at for at in others if at is not None)], default=None)

    async def end(self) -> None:
        """Nothing is under way: let go of the database."""
        await self.parts.database.close()

    async def die(self, spared: asyncio.Task[None] | None = None) -> None:
        """Cut off wherever it is at; what was not committed never happened."""
        me = {asyncio.current_task(), spared}
        for _ in range(ROUNDS):
            left = asyncio.all_tasks() - me
            if not left:
                break
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)
        await self.parts.database.close()
