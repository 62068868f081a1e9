"""How soon the page is there and shows what somebody did: eight phones, a county open."""

from __future__ import annotations

import asyncio
import re
import sys
import time
from typing import Any

from benchmarks.common import Row, median, percentile
from bot.demo.browser import a_page
from bot.demo.opening import Opening, playground
from playground.feed import Feed

CHILDREN, PHONES, TAPS = 5_000, 8, 20
GOAL_MS, FIRST_S = 300, 15
DEMO = (sys.executable, "-m", "bot", "demo", "--port", "0", "--no-browser")
START = {"to": "2026-09-07T08:10"}
#: From the click on a key of the roll call until that message stands changed on the page.
CLICK = """() => new Promise((done) => {
  const chat = document.querySelector('.phone .chat');
  const keys = [...chat.querySelectorAll('.keys')].at(-1);
  const before = keys.innerText, began = performance.now();
  const look = () => {
    const now = [...chat.querySelectorAll('.keys')].at(-1)?.innerText;
    if (now !== before) requestAnimationFrame(() => done(performance.now() - began));
    else requestAnimationFrame(look);
  };
  keys.querySelector('button').click();
  look();
})"""
OPEN = """async (most) => {
  const { cards } = (await (await fetch('/county/parts')).json()).result;
  for (const card of Object.values(cards).slice(0, most))
    dispatchEvent(new CustomEvent('wanted', { detail: card }));
}"""


async def showing(children: int, runs: int) -> list[Row]:
    """Names tapped on a roll call card, again and again."""
    async with playground(Opening(students=children)) as (api, _), a_page(api.url) as page:
        await page.evaluate(OPEN, PHONES)
        await page.wait_for_function(f"document.querySelectorAll('.phone').length >= {PHONES}")
        await _open_the_roll_call(page)
        await page.click("[data-tab=outbox]")
        answers: list[float] = []
        watching = asyncio.create_task(_watch(api.feed, answers))
        times = [await page.evaluate(CLICK) for _ in range(TAPS * runs)]
        watching.cancel()
    first = await _first_screen()
    what = f"tap to page, {children:,} children, {PHONES} phones"
    return [
        Row(
            "guixiao demo to the first screen",
            first,
            "s",
            goal=f"< {FIRST_S} s",
            is_met=first < FIRST_S,
        ),
        Row("of it until the bot has edited the message: p50", median(answers), "ms"),
        Row(
            f"{what}: p50",
            median(times),
            "ms",
            ratio=median(times) / median(answers),
            against="the bot's edit",
        ),
        Row(
            f"{what}: p95",
            percentile(times, 0.95),
            "ms",
            goal=f"< {GOAL_MS} ms",
            is_met=percentile(times, 0.95) < GOAL_MS,
        ),
    ]


async def _watch(feed: Feed, answers: list[float]) -> None:
    """How long each tap takes until the bot's edit is with the Bot API server."""
    began = time.perf_counter()
    async for happening in feed.follow():
        if happening.kind == "tap":
            began = time.perf_counter()
        elif happening.kind == "edit":
            answers.append(1000 * (time.perf_counter() - began))


async def _first_screen() -> float:
    """From the command to the page with its phones, the start of the browser included."""
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(*DEMO, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    said = (await process.stdout.readline()).decode()
    found = re.search(r"http://\S+", said)
    assert found, said
    async with a_page(found[0]):
        took = time.perf_counter() - began
    process.terminate()
    await process.wait()
    return took


async def _open_the_roll_call(page: Any) -> None:
    await page.evaluate(
        "to => fetch('/county/move', {method: 'POST', headers: "
        "{'Content-Type': 'application/json'}, body: JSON.stringify(to)})",
        START,
    )
    teacher = page.locator(".phone").first
    await teacher.get_by_role("button", name="有人没到").click()
    await teacher.get_by_role("button", name="有人没到").wait_for(state="detached")
