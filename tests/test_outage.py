"""A day in which Telegram dropped what came in, and other silences."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from telegram.error import TelegramError

from bot.outage import Reach, forget_reach, make_up
from bot.poller import Poller
from playground import faults
from storage import meta
from storage.database import Database
from storage.tables.cases import tasks
from storage.tables.school import days
from tests.support.world import MONDAY, World, a_world


async def _wake(world: World, database: Database) -> bool:
    woken = await make_up(database, world.stage.means)
    await world.settle()
    return woken


async def _with_an_open_question(world: World, database: Database) -> None:
    await world.family("李一", "李爸")
    await world.to("08:10")
    await world.tap("teacher", "有人没到")
    await world.tap("teacher", "李一")
    await world.tap("teacher", "提交：1人没到")
    await world.to("08:13")
    await _sign_of_life(world, database)


async def test_after_more_than_a_day_open_questions_are_asked_again(database: Database) -> None:
    async with a_world(database) as world:
        await _with_an_open_question(world, database)
        world.stage.clock.move(world.stage.clock.now() + timedelta(hours=25))

        assert await _wake(world, database)
        await world.phone("李爸").expect("麻烦再点一次", within=1)
        told = [row.person_id for row in await world.stage.rows() if row.kind == "outage_notice"]
        assert told == [world.county.people["teacher"], world.county.people["section"]]
        assert "system_outage" in await world.stage.journal()
        assert not await _wake(world, database)


async def test_a_night_off_is_no_outage(database: Database) -> None:
    async with a_world(database) as world:
        await _with_an_open_question(world, database)
        world.stage.clock.move(world.stage.clock.now() + timedelta(hours=23))

        assert not await make_up(database, world.stage.means)
        assert "system_outage" not in await world.stage.journal()


async def test_a_day_out_of_reach_is_noticed_by_a_process_that_never_stopped(
    database: Database,
) -> None:
    async with a_world(database) as world:
        stage = world.stage
        reach = Reach(database, stage.means)
        stage.poller = Poller(
            database, stage.clock, stage.bot, stage.pipeline.ring, reached=reach.note
        )
        await _with_an_open_question(world, database)
        await world.to("09:00")
        for _ in range(25):
            stage.api.faults.plan(faults.bad_gateway(), method="getUpdates")
            stage.clock.move(stage.clock.now() + timedelta(hours=1))
            await _sign_of_life(world, database)
            with pytest.raises(TelegramError):
                await stage.poller.fetch()
        before = [row.kind for row in await stage.rows()]
        await world.settle()
        await world.to("18:00")
        await stage.poller.fetch()
        await world.settle()

        assert "outage_notice" not in before
        await world.phone("李爸").expect("麻烦再点一次", within=1)
        told = [row.person_id for row in await stage.rows() if row.kind == "outage_notice"]
        assert told == [world.county.people["teacher"], world.county.people["section"]]
        assert (await stage.journal()).count("system_outage") == 1


async def test_a_night_out_of_reach_is_none_and_a_doubted_clock_says_nothing(
    database: Database,
) -> None:
    async with a_world(database) as world:
        reach = Reach(database, world.stage.means)
        await reach.note()
        world.stage.clock.move(world.stage.clock.now() + timedelta(hours=24))
        night = await reach.note()
        world.stage.clock.move(world.stage.clock.now() + timedelta(hours=30))
        async with database.work(world.stage.clock.now()) as work:
            await meta.remember(work, meta.CLOCK_HOLD, "{}")
        held = await reach.note()
        async with database.work(world.stage.clock.now()) as work:
            await meta.forget(work, meta.CLOCK_HOLD)

        assert (night, held, await reach.note()) == (False, False, True)
        assert not await reach.note()


async def test_a_day_down_that_was_made_up_for_at_start_is_not_made_up_for_again(
    database: Database,
) -> None:
    async with a_world(database) as world:
        await Reach(database, world.stage.means).note()
        await _with_an_open_question(world, database)
        world.stage.clock.move(world.stage.clock.now() + timedelta(hours=25))

        assert await _wake(world, database)
        assert not await Reach(database, world.stage.means).note()


async def test_where_updates_are_brought_the_last_question_for_them_is_forgotten(
    database: Database,
) -> None:
    async with a_world(database) as world:
        await Reach(database, world.stage.means).note()
        await forget_reach(database, world.stage.clock.now())
        world.stage.clock.move(world.stage.clock.now() + timedelta(days=9))

        assert not await Reach(database, world.stage.means).note()


async def _sign_of_life(world: World, database: Database) -> None:
    async with database.work(world.stage.clock.now()) as work:
        await meta.remember(work, meta.LAST_ALIVE, work.now.isoformat())


async def test_the_administrator_is_asked_once_for_next_years_calendar(database: Database) -> None:
    async with a_world(database, "07:00", on=MONDAY.replace(month=10, day=30)) as world:
        async with database.work(world.stage.clock.now()) as work:
            await work.execute(days.delete().where(days.c.on > date(2026, 12, 31)))
        await world.to("09:00")
        assert await _asked(world, database) == 0
        await world.to("09:00", on=MONDAY.replace(month=11, day=3))
        assert await _asked(world, database) == 1


async def _asked(world: World, database: Database) -> int:
    async with database.read() as read:
        query = tasks.select().where(tasks.c.kind == "calendar_unknown")
        return len(await read.scalars(query))
