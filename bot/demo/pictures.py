"""The pictures of the documentation: `python -m bot.demo.pictures DIR` plays and takes them."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

from bot.demo.browser import a_page
from bot.demo.opening import playground

#: Steps of the first guided story after which a picture of this name is taken.
MOMENTS = {1: "roll-call", 6: "alert", 7: "reply", 12: "escalated"}
SETTLED_MS = 900
#: A step may move the clock over a day and more.
LONGEST_MS = 60_000


async def take(folder: Path) -> None:
    """Play the first guided story and keep what is seen."""
    async with playground() as (api, _), a_page(api.url) as page:
        for step in range(1, max(MOMENTS) + 1):
            await one_step(page)
            if step in MOMENTS:
                await _shoot(page, folder / f"{MOMENTS[step]}.png")
        await page.click("[data-tab=child]")
        await _shoot(page, folder / "playground.png")
        await page.set_viewport_size({"width": 390, "height": 844})
        await _shoot(page, folder / "on-a-phone.png")


async def one_step(page: Any) -> None:
    """Let the story do its next step, and wait until it has been done."""
    line = page.locator(".step.now p")
    said = await line.inner_text()
    await page.click("#do-it")
    changed = "said => document.querySelector('.step.now p')?.innerText !== said"
    await page.wait_for_function(changed, arg=said, timeout=LONGEST_MS)


async def _shoot(page: Any, path: Path) -> None:
    await page.wait_for_timeout(SETTLED_MS)
    await page.screenshot(path=path)


if __name__ == "__main__":
    into = Path(sys.argv[1])
    into.mkdir(parents=True, exist_ok=True)
    asyncio.run(take(into))
