"""The running bot: everything put together, started, watched and stopped."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

import structlog
from telegram.error import InvalidToken, TelegramError
from telegram.ext import ApplicationBuilder, JobQueue

from bot.clock import RehearsalClock
from bot.collecting import seldom_collecting
from bot.engine import Engine, ring_every_second
from bot.heart import beat
from bot.keywatch import KeyWatch
from bot.limits import rates_of
from bot.ops.figures import Figures
from bot.ops.pages import OpsPages
from bot.outage import Reach, forget_reach, make_up
from bot.parts import Parts
from bot.pipeline import Pipeline
from bot.poller import Poller, SignedOut
from bot.rehearsal import Rehearsal
from bot.request import RawBot, connected
from bot.sanity import Sanity
from bot.ticks import all_ticks
from bot.ticks.base import Means
from bot.ticks.delivery import Delivery
from bot.webhook import Webhook
from handlers.all import HANDLERS
from storage import meta
from storage.attachments import keep_under
from storage.database import Database
from storage.errors import UNUSABLE
from storage.keys import FIELD_FILE

if TYPE_CHECKING:
    from storage.exclusive import Claim

#: Stopping takes no longer than this; what is cut off then is found again at the next start.
STOP_WITHIN = 8.0

_log = structlog.get_logger(__name__)


def assemble(database: Database, means: Means, bot: RawBot) -> Parts:
    """Put the parts together; each rings whoever acts on what it writes."""
    is_rehearsal = isinstance(means.clock, RehearsalClock)
    keep_under(means.settings.data_dir)
    rates = rates_of(means.policy.limits)
    figures = Figures()
    delivery = Delivery(
        database, means, bot, is_rehearsal=is_rehearsal, rates=rates, figures=figures
    )
    engine = Engine(database, means.clock, all_ticks(means), delivery.ring, figures)

    def ring_both() -> None:
        engine.ring()
        delivery.ring()

    pipeline = Pipeline(database, means, bot, HANDLERS, ring=ring_both, is_rehearsal=is_rehearsal)
    source = _source(database, means, bot, pipeline.ring)
    settings = means.settings
    keys = KeyWatch(database.vault, settings.field_key_file or settings.data_dir / FIELD_FILE)
    return Parts(database, means, bot, engine, pipeline, delivery, source, figures, keys)


def _source(
    database: Database, means: Means, bot: RawBot, ring: Callable[[], None]
) -> Poller | Webhook:
    """How updates arrive: asked for, or brought."""
    if means.settings.updates == "webhook":
        return Webhook(database, means.clock, bot, ring, means.settings)
    if isinstance(means.clock, RehearsalClock):
        return Poller(database, means.clock, bot, ring)
    return Poller(database, means.clock, bot, ring, Reach(database, means).note)


async def run(database: Database, means: Means, asked: asyncio.Event | None = None) -> None:
    """Work until SIGTERM or SIGINT; AlreadyRunning, SignedOut or LostClaim when that cannot be.

    With `asked`, work until it is set as well.
    """
    stopping = _signals(asked or asyncio.Event())
    settings = means.settings
    holder = f"{socket.gethostname()} pid {os.getpid()}"
    async with AsyncExitStack() as stack:
        claim = await stack.enter_async_context(database.claim_run(holder))
        bot = await stack.enter_async_context(connected(settings.token, settings.bot_api_url))
        parts = assemble(database, means, bot)
        await greet(parts)
        if not parts.is_rehearsal and await make_up(database, means):
            _log.warning("back after more than a day", action="outage")
        if isinstance(parts.source, Webhook):
            await forget_reach(database, means.clock.now())
        await stack.enter_async_context(_ringing(parts))
        stack.enter_context(seldom_collecting())
        await _work(parts, claim, stopping)


async def greet(parts: Parts) -> bool:
    """Ask Telegram who this bot is, and remember its name; SignedOut for a wrong token."""
    try:
        me = await parts.bot.get_me()
        async with parts.database.work(parts.clock.now()) as work:
            await meta.remember(work, meta.BOT_NAME, me.username or "")
    except InvalidToken:
        raise SignedOut from None
    except TelegramError as error:
        _log.warning("no answer yet", action="api_away", error=type(error).__name__)
        return False
    except UNUSABLE as error:
        _log.error("name not remembered", action="no_database", error=type(error).__name__)
        return False
    _log.info("running", action="running", bot=me.username, mode=_mode(parts))
    return True


def _mode(parts: Parts) -> str:
    return (meta.Mode.REHEARSAL if parts.is_rehearsal else meta.Mode.REAL).value


@asynccontextmanager
async def _ringing(parts: Parts) -> AsyncIterator[None]:
    """The scheduler rings once a second."""
    job_queue: JobQueue[Any] = JobQueue()
    builder = ApplicationBuilder().bot(parts.bot).updater(None).job_queue(job_queue)
    application = builder.build()
    assert application.job_queue is not None
    ring_every_second(application.job_queue, parts.ring)
    await application.job_queue.start()
    try:
        yield
    finally:
        await application.job_queue.stop(wait=False)


async def _work(parts: Parts, claim: Claim, stopping: asyncio.Event) -> None:
    """Everybody works until somebody says stop, or fails for good."""
    tasks = [asyncio.create_task(one, name=name) for name, one in _jobs(parts, claim).items()]
    asked = asyncio.create_task(stopping.wait())
    try:
        done, _ = await asyncio.wait([asked, *tasks], return_when=asyncio.FIRST_COMPLETED)
        failed = next((one for one in done if one is not asked), None)
    finally:
        await _stop(parts, tasks)
        asked.cancel()
    if failed is not None and not failed.cancelled() and (error := failed.exception()):
        raise error


def _jobs(parts: Parts, claim: Claim) -> dict[str, Coroutine[Any, Any, None]]:
    jobs: dict[str, Coroutine[Any, Any, None]] = {
        "source": parts.source.run(),
        "pipeline": parts.pipeline.run(),
        "engine": parts.engine.run(),
        "delivery": parts.delivery.run(),
        "heart": beat(parts, claim, greet),
    }
    if parts.means.settings.ops_listen:
        jobs["ops"] = _pages(parts).run(parts.means.settings.ops_listen)
    if isinstance(parts.clock, RehearsalClock):
        rehearsal = Rehearsal(
            parts.database, parts.clock, parts.engine, parts.pipeline, parts.delivery
        )
        return {**jobs, "clock": rehearsal.run()}
    jump = parts.means.policy.limits.clock_jump.within
    sanity = Sanity(parts.database, parts.clock, parts.bot, parts.delivery, parts.engine, jump)
    return {**jobs, "clock": sanity.run(parts.means.settings.bot_api_url)}


def _pages(parts: Parts) -> OpsPages:
    alarm_after = parts.means.policy.limits.overdue_alarm_after.within
    return OpsPages(
        parts.database, parts.clock, parts.engine, parts.figures, alarm_after, parts.source
    )


async def _stop(parts: Parts, tasks: list[asyncio.Task[None]]) -> None:
    """Finish what is under way; whatever takes too long is cut off."""
    parts.stop()
    for task in tasks:
        if task.get_name() in ("source", "clock", "heart", "ops"):
            task.cancel()
    _, late = await asyncio.wait(tasks, timeout=STOP_WITHIN)
    for task in late:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    with suppress(*UNUSABLE):
        async with parts.database.work(parts.clock.now()) as work:
            await meta.forget(work, meta.HEARTBEAT)
    _log.info("stopped", action="stopped")


def _signals(stopping: asyncio.Event) -> asyncio.Event:
    """Set when the process is asked to stop."""
    loop = asyncio.get_running_loop()
    for one in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(one, stopping.set)
    return stopping
