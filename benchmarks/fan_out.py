"""Three thousand alerts at Telegram's limit, and the ceiling without one (benchmarks 1 and 2)."""

from __future__ import annotations

import asyncio
import time

from sqlalchemy import func, select
from telegram import Bot
from telegram.request import HTTPXRequest

from benchmarks.common import (
    FIRST_CHAT,
    TOKEN,
    Row,
    a_database,
    as_the_bot,
    build_absences,
    build_children,
    fetched,
    means_for,
    median,
    percentile,
)
from benchmarks.server import PER_SECOND, a_server
from bot.limits import Rates
from bot.request import connected
from bot.ticks.delivery import Delivery
from rules.decision import Decision
from rules.messages.base import Lane
from rules.messages.guardians import AbsenceAlert
from storage.carrying import carry_out
from storage.database import Database
from storage.outbox import Outgoing, add
from storage.tables.plumbing import outbox

UNLIMITED = Rates(per_bot=1_000_000, per_chat=1_000_000)
#: How many calls of the bare loop are under way at once; the best counts.
CONCURRENT = (1, 4, 16, 64)
TAP_EVERY = 0.5


async def _alerts(database: Database, number: int, now: object) -> None:
    messages = tuple(
        AbsenceAlert(to=n, item=n, student_id=n, case_id=n) for n in range(1, number + 1)
    )
    async with database.work(now) as work:  # type: ignore[arg-type]
        await carry_out(work, Decision(messages=messages))


async def _unsent(database: Database) -> int:
    async with database.read() as read:
        query = select(func.count()).select_from(outbox)
        return int(await read.scalar(query.where(outbox.c.state != "delivered")) or 0)


async def _say(database: Database, delivery: Delivery, lane: Lane, text: str, chat: int) -> float:
    """Put a finished message in by itself, as the answer to a tap; when that was."""
    began = time.monotonic()
    async with database.work(delivery._clock.now()) as work:
        content = {"text": text}
        await add(
            work,
            Outgoing(text, "screen", lane, chat_id=chat, payload={"content": content}),
        )
    delivery.ring()
    return began


async def at_the_limit(number: int) -> list[Row]:
    """Fan-out at 30 a second, with taps answered meanwhile and a safety message in the middle."""
    async with a_database() as database:
        await build_children(database, number)
        with a_server(PER_SECOND) as url:
            means = means_for(url)
            await build_absences(database, number, means.clock.now())
            async with connected(TOKEN, url) as bot:
                delivery = Delivery(database, means, bot)
                await _alerts(database, number, means.clock.now())
                running = asyncio.create_task(delivery.drain())
                said = await _meanwhile(database, delivery, number)
                await running
                await delivery.drain()
            assert not await _unsent(database)
            seen = await fetched(f"{url}/figures")
    delays = {mark: seen["marked"][mark] - at for mark, at in said.items()}
    taps = [delay for mark, delay in delays.items() if mark.startswith("tap")]
    safety = next(delay for mark, delay in delays.items() if mark.startswith("safety"))
    share = sum(n for name, n in seen["calls"].items() if name == "sendmessage")
    share = share / (seen["span"] * PER_SECOND)
    p99 = percentile(taps, 0.99)
    return [
        Row("fan-out: share of 30/s", share, "", goal="≥ 0.97", is_met=share >= 0.97),
        Row("fan-out: 429s", seen["refused"], "", goal="0", is_met=seen["refused"] == 0),
        Row("fan-out: tap answered, p99", p99, "s", goal="< 1 s", is_met=p99 < 1),
        Row("fan-out: safety message", safety, "s", goal="< 1 s", is_met=safety < 1),
    ]


async def _meanwhile(database: Database, delivery: Delivery, number: int) -> dict[str, float]:
    said: dict[str, float] = {}
    taps = max(int(number / PER_SECOND / TAP_EVERY) - 2, 2)
    for n in range(taps):
        await asyncio.sleep(TAP_EVERY)
        chat = FIRST_CHAT * 5 + n
        said[f"tap:{n}"] = await _say(database, delivery, Lane.ANSWER, f"tap:{n}", chat)
        if n == taps // 2:
            said["safety:0"] = await _say(database, delivery, Lane.SAFETY, "safety:0", chat + 5000)
    return said


def ceiling(number: int, runs: int) -> list[Row]:
    """Without limits, durable outbox included, against the framework's bare loop."""
    ours, costs, bare = [], [], []
    for _ in range(runs):
        rate, cost = as_the_bot(_our_rate(number))
        ours.append(rate)
        costs.append(cost)
        bare.append(max(asyncio.run(_bare_rate(number, n)) for n in CONCURRENT))
    ratio = median(ours) / median(bare)
    return [
        Row(
            "sending ceiling",
            median(ours),
            "msg/s",
            ratio,
            "bare send_message loop, best concurrency",
            "≥ 1.5×",
            ratio >= 1.5,
        ),
        Row("sending: CPU per message", median(costs) * 1000, "ms"),
    ]


async def _our_rate(number: int) -> tuple[float, float]:
    async with a_database() as database:
        await build_children(database, number)
        with a_server() as url:
            means = means_for(url)
            await build_absences(database, number, means.clock.now())
            await _alerts(database, number, means.clock.now())
            async with connected(TOKEN, url) as bot:
                delivery = Delivery(database, means, bot, rates=UNLIMITED)
                began, cpu = time.perf_counter(), time.process_time()
                await delivery.drain()
                took, cost = time.perf_counter() - began, time.process_time() - cpu
            assert not await _unsent(database)
    return number / took, cost / number


async def _bare_rate(number: int, concurrent: int) -> float:
    """What the framework's own bot sends from memory, with its default transport."""
    with a_server() as url:
        bot = Bot(TOKEN, base_url=f"{url}/bot", request=HTTPXRequest(connection_pool_size=256))
        await bot.initialize()
        numbers = iter(range(number))

        async def send() -> None:
            for n in numbers:
                await bot.send_message(FIRST_CHAT + n, "您家孩子今天没到校，是什么原因？")

        began = time.perf_counter()
        await asyncio.gather(*(send() for _ in range(concurrent)))
        took = time.perf_counter() - began
        await bot.shutdown()
    return number / took
