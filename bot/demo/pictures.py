"""The pictures of the documentation: `python -m bot.demo.pictures DIR` plays and takes them."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.demo.browser import a_page
from bot.demo.opening import playground

SETTLED_MS = 1600
#: A step may move the clock over a day and more.
LONGEST_MS = 60_000
#: The paper that has just come to a phone, opened.
PAPER = "paper"
PARTS = "() => fetch('/county/parts').then((one) => one.json())"
#: The key that a step speaks of in the middle, where it is on the newest card; no frame around.
FRAMED = """phone => {
  const newest = [...phone.querySelectorAll('.keys')].at(-1);
  newest?.querySelector('.next')?.scrollIntoView({ block: 'center' });
  phone.classList.remove('next');
}"""
PHONE = {"width": 390, "height": 844}


@dataclass(frozen=True)
class Picture:
    """Taken once `step` steps of a story are done: of one phone, or of the whole page."""

    name: str
    story: int
    step: int
    part: str | None = None


PICTURES = (
    Picture("roll-call", 0, 4, "teacher"),
    Picture("alert", 0, 6, "silent_mother"),
    Picture("reply", 0, 7, "ill_mother"),
    Picture("day-card", 0, 7, "teacher"),
    Picture("please-call", 0, 8, "teacher"),
    Picture("leader", 0, 9, "leader"),
    Picture("section", 0, 11, "section"),
    Picture("escalated", 0, 12),
    Picture("bureau-leader", 0, 12, "bureau"),
    Picture("history", 2, 2, "bureau"),
    Picture("contact-log", 3, 9, "teacher"),
    Picture("approval", 3, 11, "head"),
    Picture(PAPER, 3, 11, "head"),
    Picture("report", 4, 6, "section"),
    Picture("weekly", 4, 8, "section"),
    Picture("issue", 5, 0, "bureau"),
    Picture("deliver", 5, 2, "section"),
    Picture("township", 6, 0, "township"),
    Picture("joint-visit", 6, 5, "township"),
    Picture("returned", 6, 9),
)

#: Taken when all has been played.
OTHERS = ("invitation", "playground", "on-a-phone")


async def take(folder: Path) -> None:
    """Play the guided stories and keep what is seen."""
    async with playground() as (api, _), a_page(api.url, scale=2) as page:
        for story in sorted({one.story for one in PICTURES} | {1}):
            await _play(page, folder, story)
        await _invitation(page, folder)
        await page.click("[data-tab=child]")
        await _shoot(page, folder / "playground.png")
        await page.set_viewport_size(PHONE)
        await _shoot(page, folder / "on-a-phone.png")


async def _play(page: Any, folder: Path, story: int) -> None:
    await page.select_option("#stories", str(story))
    step = 0
    while True:
        for one in PICTURES:
            if (one.story, one.step) == (story, step):
                await _shoot(page, folder / f"{one.name}.png", one.part)
        if not await page.locator("#do-it").count():
            return
        await one_step(page)
        step += 1


async def one_step(page: Any) -> None:
    """Let the story do its next step, and wait until it has been done."""
    line = page.locator(".step.now p")
    said = await line.inner_text()
    await page.click("#do-it")
    changed = "said => document.querySelector('.step.now p')?.innerText !== said"
    await page.wait_for_function(changed, arg=said, timeout=LONGEST_MS)


async def _invitation(page: Any, folder: Path) -> None:
    await page.click("[data-tab=invites]")
    await page.locator("#guests button").first.click()
    await page.locator("#opened .qr").wait_for()
    await _shoot(page, folder / "invitation.png")
    await page.keyboard.press("Escape")


async def _paper(page: Any, phone: Any, path: Path) -> None:
    await phone.locator(".file button").last.click()
    await page.locator("#opened .paper").wait_for()
    await _shoot(page, path)
    await page.keyboard.press("Escape")


async def _shoot(page: Any, path: Path, part: str | None = None) -> None:
    await page.wait_for_timeout(SETTLED_MS)
    if part is None:
        await page.screenshot(path=path, scale="css")
        return
    phone = await _brought(page, part)
    if path.stem == PAPER:
        await _paper(page, phone, path)
    else:
        await phone.evaluate(FRAMED)
        await phone.screenshot(path=path)


async def _brought(page: Any, part: str) -> Any:
    """The phone of a part, in sight."""
    card = (await page.evaluate(PARTS))["result"]["cards"][part]
    await page.evaluate("card => dispatchEvent(new CustomEvent('wanted', { detail: card }))", card)
    await page.wait_for_timeout(SETTLED_MS)
    return page.locator(f".phone[data-chat='{card['chat_id']}']")


if __name__ == "__main__":
    into = Path(sys.argv[1])
    into.mkdir(parents=True, exist_ok=True)
    asyncio.run(take(into))
