"""The bot at work in front of the stage: people tap on one side, the database is on the other."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import SecretStr
from sqlalchemy import select

from bot.clock import RehearsalClock
from bot.limits import Rates
from bot.pipeline import Pipeline
from bot.poller import Poller
from bot.request import RawBot, connected
from bot.settings import Settings
from bot.ticks.base import Means
from bot.ticks.delivery import Delivery
from handlers.dispatch import Handler
from playground import server
from playground.people import Person as Phone
from playground.server import BotApi
from rules.decision import Decision
from rules.messages.base import Message
from rules.model.people import Person
from rules.policy import Policy
from storage.calendars import Calendars
from storage.carrying import carry_out
from storage.database import Database
from storage.outbox import Outgoing, State
from storage.tables.people import people
from storage.tables.plumbing import journal, outbox

#: A Monday, 10:00 in the county.
MONDAY_10 = datetime(2026, 9, 7, 2, 0, tzinfo=UTC)
UNLIMITED = Rates(per_bot=100_000, per_chat=100_000)


@dataclass
class Stage:
    """Everything between a phone and the database; `serve` lets it all come to rest."""

    api: BotApi
    bot: RawBot
    database: Database
    means: Means
    clock: RehearsalClock
    poller: Poller
    pipeline: Pipeline
    delivery: Delivery

    async def serve(self) -> None:
        """Fetch, handle and send until nothing is left to do."""
        while True:
            fetched = await self.poller.fetch()
            handled = await self.pipeline.drain()
            await self.delivery.drain()
            if not fetched and not handled:
                return

    async def someone(self, name: str = "王芳", language: str = "zh", **other: Any) -> Phone:
        """A phone that has opened the bot, and its owner in the database."""
        phone = self.api.person(name)
        phone.start()
        await self.serve()
        record = Person(0, name, language=language, chat_id=phone.chat_id, **other)
        async with self.database.work(self.clock.now()) as work:
            await work.save(people, record)
        return phone

    async def person_of(self, phone: Phone) -> Person:
        """The person who owns the phone."""
        query = select(people).where(people.c.chat_id == phone.chat_id)
        async with self.database.read() as read:
            found = await read.one(query, Person)
        assert found is not None
        return found

    async def post(self, *messages: Message) -> None:
        """Put messages into the outbox, as a decision does."""
        async with self.database.work(self.clock.now()) as work:
            await carry_out(work, Decision(messages=tuple(messages)))

    async def rows(self) -> list[Outgoing]:
        """The outbox, oldest row first."""
        async with self.database.read() as read:
            return await read.all(select(outbox).order_by(outbox.c.id), Outgoing)

    async def fates(self) -> list[tuple[State, str | None]]:
        """State and cause of every row."""
        return [(row.state, row.cause) for row in await self.rows()]

    async def journal(self) -> list[str]:
        """The kinds of all journal lines, in order."""
        async with self.database.read() as read:
            return await read.scalars(select(journal.c.kind).order_by(journal.c.number))


@asynccontextmanager
async def a_stage(
    database: Database,
    handlers: Sequence[Handler] = (),
    *,
    rates: Rates = UNLIMITED,
    is_rehearsal: bool = False,
    at: datetime = MONDAY_10,
    ticking: Callable[[datetime], RehearsalClock] = RehearsalClock,
) -> AsyncIterator[Stage]:
    """A stage whose clock stands at `at`."""
    clock = ticking(at)
    async with (
        BotApi(options=server.Options(now=clock.now)) as api,
        connected(api.token, api.url) as bot,
    ):
        settings = Settings(bot_token=SecretStr(api.token), bot_api_url=api.url)
        means = Means(settings, Policy(), Calendars(settings.zone), clock)
        delivery = Delivery(database, means, bot, is_rehearsal=is_rehearsal, rates=rates)
        pipeline = Pipeline(
            database, means, bot, handlers, ring=delivery.ring, is_rehearsal=is_rehearsal
        )
        poller = Poller(database, clock, bot, pipeline.ring)
        yield Stage(api, bot, database, means, clock, poller, pipeline, delivery)
