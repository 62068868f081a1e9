"""What an operator sees: health, figures, and the auditor's alarm."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import aiohttp
import pytest
import structlog
from sqlalchemy import select, update

from bot.clock import RehearsalClock
from bot.engine import Engine
from bot.ops.figures import Figures
from bot.ops.pages import OpsPages
from bot.outcomes import Fate
from bot.poller import Poller
from bot.settings import Settings
from bot.ticks.auditor import Auditor
from bot.ticks.base import Means
from bot.ticks.tasks import Tasks
from playground import faults
from rules.messages.base import Lane
from rules.model.case import Task
from rules.policy import Policy
from storage import inbox
from storage.calendars import Calendars
from storage.database import Database
from storage.outbox import Outgoing, add
from storage.tables.cases import tasks
from storage.tables.plumbing import outbox
from storage.views.operators import WORDED
from templates.words import table
from tests.support.county import found_county
from tests.support.updates import MONDAY_10, Stage, a_stage
from tests.support.world import World, a_world
from tests.test_webhook import free_port

LIMIT = timedelta(minutes=5)
LATER = MONDAY_10 + timedelta(minutes=6)
HEARING = SimpleNamespace(silent_s=0.0)


class Standing:
    """A real clock as far as anybody asks, moved by the test."""

    def __init__(self) -> None:
        self.at = MONDAY_10

    def now(self) -> Any:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()


@asynccontextmanager
async def pages(
    database: Database,
    clock: Any,
    figures: Figures | None = None,
    turns: int = 1,
    source: Any = HEARING,
    engine: Engine | None = None,
) -> AsyncIterator[aiohttp.ClientSession]:
    """The pages, and somebody to ask them."""
    figures = figures or Figures()
    engine = engine or Engine(database, clock, (), figures=figures)
    for _ in range(turns):
        await engine.turn()
    port = free_port()
    page = OpsPages(database, clock, engine, figures, LIMIT, source)
    task = asyncio.create_task(page.run(f"127.0.0.1:{port}"))
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
        for _ in range(500):
            try:
                async with session.get("/healthz"):
                    break
            except aiohttp.ClientError:
                await asyncio.sleep(0.01)
        yield session
    task.cancel()


async def health(session: aiohttp.ClientSession) -> tuple[int, list[str]]:
    async with session.get("/healthz") as response:
        body = await response.json()
        assert body["ok"] is (response.status == 200)
        return response.status, body["problems"]


async def put(database: Database, lane: Lane = Lane.TASK) -> None:
    async with database.work(MONDAY_10) as work:
        await add(work, Outgoing(key=f"k:{lane}", kind="note", lane=lane, chat_id=5))


async def test_health_is_good_only_after_a_full_turn(database: Database) -> None:
    clock = Standing()
    async with pages(database, clock, turns=0) as session:
        assert await health(session) == (503, ["no_turn_yet"])
    async with pages(database, clock) as session:
        assert await health(session) == (200, [])
        clock.at += timedelta(seconds=61)
        assert await health(session) == (503, ["engine"])


async def test_a_clock_that_stands_still_is_no_illness(database: Database) -> None:
    clock = RehearsalClock(MONDAY_10)
    async with pages(database, clock) as session:
        assert await health(session) == (200, [])


async def test_what_is_late_makes_it_ill(database: Database) -> None:
    clock = RehearsalClock(LATER)
    await put(database)
    await inbox.store(database, [(7, "{}", 5)], MONDAY_10)
    async with pages(database, clock) as session:
        assert await health(session) == (503, ["inbox", "outbox"])


async def test_a_clock_that_is_not_believed_is_an_illness(database: Database) -> None:
    clock = Standing()
    engine = Engine(database, cast("Any", clock), ())
    engine.heed(lambda: False)
    async with pages(database, clock, engine=engine) as session:
        assert await health(session) == (503, ["clock"])


async def test_updates_that_do_not_come_in_are_an_illness(database: Database) -> None:
    """Somebody else polls with our token, or Telegram cannot be reached, and nothing is due."""
    async with a_stage(database) as stage:
        clock = cast("Any", Standing())
        poller = Poller(database, clock, stage.bot, lambda: None)
        clock.sleep = lambda _: asyncio.sleep(0.01)
        stage.api.faults.plan(faults.refusal(409, "Conflict: another"), times=3)
        async with pages(database, Standing(), source=poller) as session:
            polling = asyncio.create_task(poller.run())
            for minutes, problems in ((0, []), (6, ["updates"])):
                clock.at += timedelta(minutes=minutes)
                await _after_a_call(stage)
                assert (await health(session))[1] == problems
            stage.api.person("王芳").start()
            await _after_a_call(stage)
            assert await health(session) == (200, [])
            polling.cancel()
            await asyncio.gather(polling, return_exceptions=True)


async def _after_a_call(stage: Stage) -> None:
    """Once another request has been answered."""
    before = len(stage.api.calls)
    for _ in range(1000):
        await asyncio.sleep(0.01)
        if len(stage.api.calls) > before:
            break
    await asyncio.sleep(0.05)


async def test_without_a_database_it_is_ill(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with pages(database, Standing()) as session:

        async def fail(*_: object) -> None:
            raise OSError("gone")

        monkeypatch.setattr("bot.ops.pages.ages_of", fail)
        assert await health(session) == (503, ["database"])
        async with session.get("/metrics") as response:
            assert response.status == 503


async def test_figures_are_counted_and_name_nobody(database: Database) -> None:
    figures = Figures()
    row = Outgoing("k", "note", Lane.ALERT, created_at=MONDAY_10, not_before=MONDAY_10)
    figures.delivered([row], MONDAY_10 + timedelta(seconds=3))
    figures.failed(Fate.RECIPIENT_GONE, "blocked")
    figures.failed(Fate.THROTTLED, "429")
    figures.failed(Fate.BAD_TEXT, "bad_text: can't parse entities")
    figures.ticked("tasks", 4, 0.01)
    figures.tick_failed("digests")
    await put(database, Lane.SAFETY)
    async with (
        pages(database, Standing(), figures) as session,
        session.get("/metrics") as response,
    ):
        text = await response.text()
    for line in (
        'guixiao_delivered_total{lane="alert"} 1.0',
        'guixiao_delivery_delay_seconds_bucket{lane="alert",le="2.0"} 0.0',
        'guixiao_delivery_delay_seconds_bucket{lane="alert",le="5.0"} 1.0',
        'guixiao_given_up_total{cause="blocked"} 1.0',
        'guixiao_given_up_total{cause="bad_text: can\'t parse entities"} 1.0',
        'guixiao_sendings_failed_total{fate="throttled"} 1.0',
        'guixiao_tick_rows_total{tick="tasks"} 4.0',
        'guixiao_tick_failures_total{tick="digests"} 1.0',
        'guixiao_outbox_waiting{lane="safety"} 1.0',
        "guixiao_inbox_waiting 0.0",
        "guixiao_engine_turns 1.0",
    ):
        assert line in text.splitlines(), line


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_notice_has_words_of_its_own(language: str) -> None:
    assert set(table(language, "phrases")["operator"]) == {*WORDED, "other"}


class TestTheAuditor:
    @pytest.fixture
    async def auditor(self, database: Database) -> Auditor:
        async with database.work(MONDAY_10) as work:
            self.county = await found_county(work)
        settings = Settings()
        clock = cast("Any", SimpleNamespace())
        return Auditor(Means(settings, Policy(), Calendars(settings.zone), clock))

    async def told(self, database: Database) -> list[str]:
        async with database.read() as read:
            rows = await read.all(
                select(outbox).where(outbox.c.kind == "operator_notice"), Outgoing
            )
        return sorted(str(row.more["line"]) for row in rows)

    async def test_it_looks_twice_and_alarms_once_a_day(
        self, database: Database, auditor: Auditor
    ) -> None:
        await put(database)
        for minutes, lines in ((4, []), (6, []), (7, ["late_outbox"]), (9, ["late_outbox"])):
            await auditor.run(database, MONDAY_10 + timedelta(minutes=minutes))
            assert await self.told(database) == lines, minutes

    async def test_what_was_late_for_a_moment_alarms_nobody(
        self, database: Database, auditor: Auditor
    ) -> None:
        await put(database)
        await auditor.run(database, LATER)
        async with database.work(LATER) as work:
            await work.execute(update(outbox).values(state="delivered"))
        await auditor.run(database, LATER + timedelta(minutes=2))
        assert await self.told(database) == []

    async def test_a_clock_moved_by_hand_alarms_nobody(
        self, database: Database, auditor: Auditor
    ) -> None:
        moved = Auditor(
            Means(
                auditor._means.settings,
                Policy(),
                auditor._means.calendars,
                RehearsalClock(LATER),
            )
        )
        await put(database)
        for minutes in (6, 8):
            await moved.run(database, MONDAY_10 + timedelta(minutes=minutes))
        assert await self.told(database) == []


class TestATaskWhoseTimeComesInVain:
    """One that cannot be computed: it is put off again and again, and nobody is reminded."""

    async def a_task(self, world: World, kind: str) -> int:
        """Due at ten, of the class teacher."""
        teacher = world.county.people["teacher"]
        task = Task(0, kind, "class:1", teacher, MONDAY_10, MONDAY_10, next_at=MONDAY_10)
        async with world.stage.database.work(MONDAY_10) as work:
            return int((await work.save(tasks, task)).id)

    async def test_health_names_tasks_and_the_administrator_is_told(
        self, database: Database
    ) -> None:
        clock = cast("Any", Standing())
        async with a_world(database, "10:00") as world:
            row = await self.a_task(world, "of_another_version")
            means = replace(world.stage.means, clock=clock)
            engine = Engine(database, clock, (Tasks(means), Auditor(means)))
            async with pages(database, clock, engine=engine) as session:
                with structlog.testing.capture_logs() as logs:
                    for minutes, problems in ((0, []), (4, []), (2, ["tasks"]), (1, ["tasks"])):
                        clock.at += timedelta(minutes=minutes)
                        await engine.turn()
                        assert (await health(session))[1] == problems
                await self._mend(world, row)
                clock.at += timedelta(minutes=15)
                await engine.turn()
                assert (await health(session))[1] == ["outbox"]  # the notice, until it leaves

            said = {(one["action"], one.get("row"), one.get("what")) for one in logs}
            assert said == {("row_failed", row, None), ("overdue", None, "tasks")}
            await world.to("10:22")
            shown = [one.text for one in world.phone("admin").messages if one.from_bot]
            assert shown[-1] == "⚙️ 有待办到了时间却没有提醒，请看日志。"

    async def _mend(self, world: World, row: int) -> None:
        """The program knows the kind again."""
        async with world.stage.database.work(MONDAY_10) as work:
            await work.execute(update(tasks).where(tasks.c.id == row).values(kind="watch"))
