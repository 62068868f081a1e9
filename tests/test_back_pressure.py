"""What comes faster than it can be handled waits where it is safe, not in memory."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.poller import LIMIT
from bot.ticks.delivery import WORKERS
from playground import faults
from storage import inbox as incoming
from storage.database import Database
from storage.outbox import State
from storage.outgoing import answer
from storage.tables.plumbing import inbox
from tests.support.updates import a_stage

MANY = 2 * LIMIT + 50


async def test_the_next_updates_are_asked_for_once_the_last_are_stored(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, store = asyncio.Event(), incoming.store

    async def slow(*values: Any) -> Any:
        await gate.wait()
        return await store(*values)

    monkeypatch.setattr("storage.inbox.store", slow)
    async with a_stage(database) as stage:
        phone = stage.api.person("王芳")
        phone.start()
        for number in range(MANY - 1):
            phone.say(str(number))
        polling = asyncio.create_task(stage.poller.run())
        await asyncio.sleep(0.3)
        asked = sum(call.method == "getUpdates" for call in stage.api.calls)
        assert asked == 1
        assert len(stage.api.account.updates) == MANY  # nothing is confirmed yet
        gate.set()
        for _ in range(1000):
            async with database.read() as read:
                stored = await read.scalar(select(func.count()).select_from(inbox))
            if stored == MANY:
                break
            await asyncio.sleep(0.01)
        polling.cancel()
        await asyncio.gather(polling, return_exceptions=True)
    assert stored == MANY


async def test_a_silent_server_has_no_more_in_flight_than_there_are_hands(
    database: Database,
) -> None:
    async with a_stage(database) as stage:
        phones = [stage.api.person(f"人{n}") for n in range(4 * WORKERS)]
        for phone in phones:
            phone.start()
        async with database.work(stage.clock.now()) as work:
            for phone in phones:
                await answer(work, f"a:{phone.chat_id}", phone.chat_id, {"text": "好"})
        silent = stage.api.faults.plan(faults.hang(2), times=1000, method="sendMessage")
        sending = asyncio.create_task(stage.delivery.drain())
        await asyncio.sleep(1)

        states = [row.state for row in await stage.rows()]
        assert 0 < states.count(State.SENDING) <= WORKERS
        assert states.count(State.WAITING) >= len(phones) - WORKERS
        assert silent.hits <= WORKERS
        stage.delivery.stop()
        await asyncio.gather(sending, return_exceptions=True)
