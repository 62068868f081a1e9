from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bot import posting, sending
from bot.ticks.delivery import WORKERS, Delivery
from playground import faults
from rules.messages.guardians import AbsenceAlert
from rules.messages.staff import ApprovalCard
from storage import departures, outgoing
from storage.database import Database
from storage.outbox import State
from tests.support.databases import KEYS
from tests.support.updates import UNLIMITED, Stage, a_stage
from tests.test_delivery import Words, _after_a_minute, an_owner, texts, words

__all__ = ["words"]


class Killed(BaseException):
    """The process ends here."""


Die = Callable[..., Awaitable[None]]


def kill_before_the_mark(patch: pytest.MonkeyPatch, die: Die) -> None:
    patch.setattr(posting, "_mark_sending", die)


def kill_before_the_call(patch: pytest.MonkeyPatch, die: Die) -> None:
    patch.setattr(sending, "send", die)


def kill_after_the_call(patch: pytest.MonkeyPatch, die: Die) -> None:
    patch.setattr(departures, "deliver", die)


def kill_after_the_commit(patch: pytest.MonkeyPatch, die: Die) -> None:
    settle = posting.Postman._settle

    async def and_die(self: posting.Postman, sent: Any) -> None:
        await settle(self, sent)
        await die()

    patch.setattr(posting.Postman, "_settle", and_die)


@pytest.mark.parametrize(
    ("kill", "card", "alert"),
    [
        (kill_before_the_mark, (1, State.DELIVERED), 1),
        (kill_before_the_call, (0, State.UNCERTAIN), 1),
        (kill_after_the_call, (1, State.UNCERTAIN), 2),
        (kill_after_the_commit, (1, State.DELIVERED), 1),
    ],
)
async def test_killed_around_a_send(
    database: Database, words: Words, kill: Any, card: tuple[int, State], alert: int
) -> None:
    """A card is sent at most once; an alert in doubt is sent once more."""
    async with a_stage(database) as stage:
        phone, person_id = await an_owner(stage)
        other, other_id = await an_owner(stage, "父")
        await stage.post(ApprovalCard(to=person_id, item=1), AbsenceAlert(to=other_id, item=1))

        async def die(*_: object, **__: object) -> None:
            stage.delivery.stop()
            raise Killed

        with pytest.MonkeyPatch.context() as patch:
            kill(patch, die)
            async with asyncio.timeout(10):
                await stage.delivery.drain()
        await restart(stage)
        await stage.delivery.drain()
        await _after_a_minute(stage)

        rows = await stage.rows()
        assert (len(texts(phone)), rows[0].state) == card
        assert (len(texts(other)), rows[1].state) == (alert, State.DELIVERED)


async def restart(stage: Stage) -> None:
    """A new process in front of the same database."""
    stage.delivery = Delivery(stage.database, stage.means, stage.bot, rates=UNLIMITED)
    await stage.delivery.recover()


async def heard_by(stage: Stage, wanted: int) -> None:
    """Wait until so many phones have heard something."""
    count = 0
    async for happening in stage.api.feed.follow(0):
        count += happening.kind == "message"
        if count >= wanted:
            return


SENDER = """
import asyncio, sys
from pydantic import SecretStr
from bot.clock import RehearsalClock
from bot.limits import Rates
from bot.request import connected
from bot.settings import Settings
from bot.ticks.base import Means
from bot.ticks.delivery import Delivery
from rules.policy import Policy
from storage.calendars import Calendars
from storage.database import Database
from tests.support.databases import KEYS
from tests.support.updates import MONDAY_10, UNLIMITED

async def main(url, token, api):
    database = await Database.open(url, KEYS)
    settings = Settings(bot_token=SecretStr(token), bot_api_url=api)
    means = Means(settings, Policy(), Calendars(settings.zone), RehearsalClock(MONDAY_10))
    async with connected(token, api) as bot:
        delivery = Delivery(database, means, bot, rates=UNLIMITED)
        print("ready", flush=True)
        await delivery.drain()

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.mark.parametrize("delivered", [1, 7, 23])
async def test_a_killed_process_doubles_nothing_and_loses_nothing(
    sqlite_url: str, delivered: int
) -> None:
    database = await Database.open(sqlite_url, KEYS)
    async with a_stage(database) as stage:
        phones = [stage.api.person(f"人{n}") for n in range(40)]
        for phone in phones:
            phone.start()
        async with database.work(stage.clock.now()) as work:
            for phone in phones:
                key = f"answer:{phone.chat_id}"
                await outgoing.answer(work, key, phone.chat_id, {"text": "好"})
        stage.api.faults.plan(faults.slow(0.02), times=100, method="sendMessage")
        sender = await asyncio.create_subprocess_exec(
            sys.executable, "-c", SENDER, sqlite_url, stage.api.token, stage.api.url,
            cwd=Path(__file__).parent.parent, env=os.environ,
        )  # fmt: skip
        async with asyncio.timeout(30):
            await heard_by(stage, delivered)
        sender.kill()
        await sender.wait()
        await restart(stage)
        await stage.delivery.drain()
        rows = await stage.rows()

        heard = [len(texts(phone)) for phone in phones]
        in_doubt = [row.state is State.UNCERTAIN for row in rows]
        assert max(heard) == 1
        assert all(count or doubt for count, doubt in zip(heard, in_doubt, strict=True))
        assert sum(in_doubt) <= WORKERS
        assert {row.state for row in rows} <= {State.DELIVERED, State.UNCERTAIN}
    await database.close()
