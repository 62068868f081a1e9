"""A headless Chromium for pictures and tests; playwright is needed by developers only."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync")
NAMES = ("chromium", "chromium-browser", "google-chrome")


def found() -> str | None:
    """Where the machine's own browser is; CHROMIUM says it where it is none of the usual ones."""
    named = (shutil.which(name) for name in NAMES)
    return os.environ.get("CHROMIUM") or next(filter(None, named), None)


@asynccontextmanager
async def a_page(
    url: str, width: int = 1366, height: int = 768, scale: int = 1
) -> AsyncIterator[Any]:
    """The page of the playground, open and ready."""
    from playwright.async_api import async_playwright

    async with async_playwright() as player:
        chromium = await player.chromium.launch(executable_path=found(), args=list(ARGUMENTS))
        yield await another(chromium, url, width, height, scale)
        await chromium.close()


async def another(
    chromium: Any, url: str, width: int = 1366, height: int = 768, scale: int = 1
) -> Any:
    """The page as somebody else opens it, in a browser that shares nothing with the first."""
    size: Any = {"width": width, "height": height}
    page = await chromium.new_page(viewport=size, device_scale_factor=scale, locale="zh-CN")
    await page.goto(url)
    await page.wait_for_selector("body[data-ready]")
    return page
