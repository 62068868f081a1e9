"""The page of a fresh county, and what every test does with it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.demo.browser import a_page, found
from bot.demo.opening import playground
from playground.server import BotApi

PATIENCE_MS = 30_000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = found() is None and not os.environ.get("CI")
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.browser)
            if missing:
                item.add_marker(pytest.mark.skip(reason="no Chromium: make browser"))


@pytest.fixture
async def stage() -> AsyncIterator[BotApi]:
    async with playground() as (api, _):
        yield api


@pytest.fixture
async def page(stage: BotApi) -> AsyncIterator[Any]:
    async with a_page(stage.url) as page:
        page.set_default_timeout(PATIENCE_MS)
        yield page
