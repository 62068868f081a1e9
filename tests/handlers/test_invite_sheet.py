from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest

from papers.orders import InviteOrder
from rules.model.people import GuardianState
from storage.database import Database
from storage.meta import BOT_NAME, remember
from storage.tables.people import guardianships
from storage.work import Work
from tests.support.world import MONDAY, a_world


async def test_the_sheet_comes_protected_and_goes_after_a_day(database: Database) -> None:
    async with a_world(database, "17:00") as world:
        teacher = world.phone("teacher")
        await world.family("李一", "李爸")
        await world.press_menu("teacher", "本班")
        assert "稍后再试" in await world.tap("teacher", "邀请单")
        async with database.work(world.stage.clock.now()) as work:
            await remember(work, BOT_NAME, "guixiao_bot")
        assert "都接通了" in await world.tap("teacher", "邀请单")
        async with database.work(world.stage.clock.now()) as work:
            await work.execute(guardianships.update().values(state=GuardianState.UNBOUND.value))

        await world.tap("teacher", "邀请单")
        (call,) = world.stage.api.calls.of("sendDocument", teacher.chat_id)
        assert "1 张" in call.params["caption"]
        assert call.params["protect_content"] in (True, "true")
        assert world.stage.api.calls.of("deleteMessage") == []

        await world.to("17:01", on=MONDAY + timedelta(days=1))
        assert [one.ok for one in world.stage.api.calls.of("deleteMessage")] == [True]


async def test_the_sheet_is_written_while_no_unit_of_work_is_open(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_world(database, "17:00") as world:
        async with database.work(world.stage.clock.now()) as work:
            await remember(work, BOT_NAME, "guixiao_bot")
        await world.family("李一", "李爸")
        async with database.work(world.stage.clock.now()) as work:
            await work.execute(guardianships.update().values(state=GuardianState.UNBOUND.value))
        opened: list[int] = []
        begin, written = Database.work, InviteOrder.write
        open_now = 0

        @asynccontextmanager
        async def counted(self: Database, now: datetime) -> AsyncIterator[Work]:
            nonlocal open_now
            async with begin(self, now) as work:
                open_now += 1
                try:
                    yield work
                finally:
                    open_now -= 1

        def noted(self: InviteOrder) -> bytes:
            opened.append(open_now)
            return written(self)

        monkeypatch.setattr(Database, "work", counted)
        monkeypatch.setattr(InviteOrder, "write", noted)
        await world.press_menu("teacher", "本班")
        await world.tap("teacher", "邀请单")

    assert opened == [0]
