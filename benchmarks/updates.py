"""Updates per second: inbox, handler, commit and answer (benchmark 3).

The tap that is measured is the commonest of the morning: a name on a roll call, which changes the
card.  The baselines are the framework's own bot with one handler that answers and edits, storing
nothing; and the same bot committing by itself what we commit.
"""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from telegram import Update
from telegram.ext import ApplicationBuilder, CallbackQueryHandler

from benchmarks.common import (
    TOKEN,
    Row,
    a_database,
    as_the_bot,
    fetched,
    means_for,
    median,
    told,
)
from benchmarks.fan_out import UNLIMITED
from benchmarks.school import build_morning
from benchmarks.server import a_server
from bot.pipeline import Pipeline
from bot.poller import Poller
from bot.request import connected
from bot.ticks.delivery import Delivery
from handlers.all import HANDLERS
from templates.presses_teacher import NamePress

PER_CLASS = 4
#: Seconds; asking costs the measured process time, whichever bot is in it.
LOOK_EVERY = 0.1
TEXT = "今天·三(2)班 应到 45"


def presses(number: int, chat_of: Callable[[int], int]) -> dict[str, Any]:
    """One tap for each of so many teachers."""
    taps = [
        {
            "chat": chat_of(n),
            "data": NamePress(n, (n - 1) * PER_CLASS + 1, "absent").spell(),
        }
        for n in range(1, number + 1)
    ]
    return {"presses": taps}


def updates(number: int, runs: int) -> list[Row]:
    """Ours and both baselines in turns."""
    ours, bare, storing = [], [], []
    for _ in range(runs):
        ours.append(as_the_bot(_our_rate(number)))
        bare.append(asyncio.run(_framework_rate(number, None)))
        with tempfile.TemporaryDirectory() as folder:
            storing.append(asyncio.run(_framework_rate(number, Path(folder) / "rows.db")))
    to_bare = median(ours) / median(bare)
    to_storing = median(ours) / median(storing)
    return [
        Row(
            "updates handled",
            median(ours),
            "/s",
            to_bare,
            "framework, answers and edits",
            "≥ 1.0×",
            to_bare >= 1.0,
        ),
        Row(
            "updates handled",
            median(ours),
            "/s",
            to_storing,
            "framework, commits too",
            "≥ 1.5×",
            to_storing >= 1.5,
        ),
    ]


async def _our_rate(number: int) -> float:
    async with a_database() as database:
        with a_server() as url:
            means = means_for(url)
            now = means.clock.now()
            today = now.astimezone(means.settings.zone).date()
            morning = await build_morning(database, number, PER_CLASS, now, today)
            async with connected(TOKEN, url) as bot:
                delivery = Delivery(database, means, bot, rates=UNLIMITED)
                pipeline = Pipeline(database, means, bot, HANDLERS, ring=delivery.ring)
                poller = Poller(database, means.clock, bot, pipeline.ring)
                await told(f"{url}/fill", presses(number, morning.teacher_chat))
                parts = (poller, pipeline, delivery)
                running = [asyncio.create_task(part.run()) for part in parts]
                began = time.perf_counter()
                took = await _finished(url, number, began)
                for part in parts:
                    part.stop()
                running[0].cancel()
                await asyncio.wait(running)
    return number / took


async def _framework_rate(number: int, store: Path | None) -> float:
    """The framework's default bot: one handler, polling, its own transport."""
    with a_server() as url:
        database = _rows_at(store) if store else None

        async def handle(update: Update, _: Any) -> None:
            query = update.callback_query
            assert query is not None
            if database is not None:
                _commit(database, update.update_id, query.data or "")
            await query.answer()
            await query.edit_message_text(TEXT)

        application = ApplicationBuilder().token(TOKEN).base_url(f"{url}/bot").build()
        application.add_handler(CallbackQueryHandler(handle))
        await told(f"{url}/fill", presses(number, lambda n: 2_000_000 + n))
        async with application:
            await application.start()
            assert application.updater is not None
            began = time.perf_counter()
            await application.updater.start_polling(poll_interval=0)
            took = await _finished(url, number, began)
            await application.updater.stop()
            await application.stop()
        if database is not None:
            database.close()
    return number / took


async def _finished(url: str, number: int, began: float) -> float:
    """Seconds until every tap was answered and every card was shown anew."""
    while True:
        calls = (await fetched(f"{url}/figures"))["calls"]
        shown = calls.get("editmessagetext", 0) + calls.get("sendmessage", 0)
        if min(calls.get("answercallbackquery", 0), shown) >= number:
            return time.perf_counter() - began
        await asyncio.sleep(LOOK_EVERY)


def _rows_at(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        database.execute(f"PRAGMA {pragma}")
    database.execute("CREATE TABLE inbox (id INTEGER PRIMARY KEY, content TEXT, state TEXT)")
    database.execute("CREATE TABLE roll_calls (id INTEGER PRIMARY KEY, picks TEXT)")
    database.execute("CREATE TABLE outbox (id INTEGER PRIMARY KEY, content TEXT, state TEXT)")
    return database


def _commit(database: sqlite3.Connection, number: int, data: str) -> None:
    """What we make lasting for one tap: it came, what it changed, what was said."""
    with database:
        database.execute("BEGIN")
        database.execute("INSERT INTO inbox VALUES (?, ?, 'done')", (number, data))
        database.execute("INSERT INTO roll_calls (picks) VALUES (?)", (data,))
        database.execute("INSERT INTO outbox (content, state) VALUES (?, 'delivered')", (TEXT,))
        database.execute("COMMIT")
