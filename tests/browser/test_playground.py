"""The page as somebody who clicks in it sees it: roll call, alert, reply, escalation."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.demo.browser import a_page, found
from bot.demo.opening import playground
from bot.demo.pictures import one_step
from bot.story.plot import write_county

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        found() is None and not os.environ.get("CI"), reason="no Chromium: make browser"
    ),
]


@pytest.fixture
async def page() -> AsyncIterator[Any]:
    async with playground() as (api, _), a_page(api.url) as page:
        page.set_default_timeout(20_000)
        yield page


def phone(page: Any, who: str) -> Any:
    """The phone whose line under the name holds these words."""
    return page.locator(".phone").filter(has=page.locator(".top small", has_text=who))


async def move(page: Any, to: str) -> None:
    await page.fill("#when", to)
    await page.click("#go")
    await page.wait_for_function(
        "at => document.getElementById('now').textContent.endsWith(at)", arg=to[-5:]
    )


async def test_from_the_roll_call_to_the_school_leader_by_clicking(page: Any) -> None:
    parts = (await page.evaluate("fetch('/county/parts').then((one) => one.json())"))["result"]
    ill, silent = parts["children"]["ill"], parts["children"]["silent"]
    teacher = phone(page, "班主任")

    await move(page, "2026-09-07T08:10")
    await teacher.get_by_role("button", name="有人没到").click()
    for child in (ill, silent):
        await teacher.get_by_role("button", name=child, exact=True).click()
    await teacher.get_by_role("button", name="提交：2人没到").click()
    await move(page, "2026-09-07T08:14")
    await phone(page, f"{ill}的妈妈").get_by_role("button", name="生病了").click()
    await phone(page, f"{ill}的妈妈").get_by_text("哪天能来上学").wait_for()
    await move(page, "2026-09-07T10:12")
    leader = phone(page, "校领导")
    assert silent not in await leader.inner_text()
    await move(page, "2026-09-07T10:14")

    await leader.get_by_text(silent).first.wait_for()
    assert ill not in await leader.inner_text()


async def test_the_record_says_who_answers_and_what_happened(page: Any) -> None:
    teacher = phone(page, "班主任")
    await move(page, "2026-09-07T08:10")
    await teacher.get_by_role("button", name="有人没到").click()
    await teacher.locator(".keys button").first.click()
    await teacher.get_by_role("button", name="提交：1人没到").click()
    await move(page, "2026-09-07T08:14")
    await page.click("[data-tab=child]")

    await page.locator("#panel", has_text="包保链").wait_for()
    await page.locator("#panel li", has_text="打电话找孩子").first.wait_for()
    await page.click("#language")
    await page.locator("#panel", has_text="pairing chain").wait_for()


async def test_own_tables_come_in_and_bad_ones_are_named(page: Any, tmp_path: Path) -> None:
    bad = tmp_path / "坏的.csv"
    bad.write_text("甲,乙\n1,2\n", encoding="utf-8")
    await page.set_input_files("#files", bad)
    await page.locator("#alert", has_text="坏的.csv").wait_for()
    await page.click("#alert button")
    assert await page.locator(".phone").count() > 1

    plot = write_county(tmp_path)
    async with page.expect_navigation():
        await page.set_input_files("#files", list(plot.files))
    await page.wait_for_selector("body[data-ready]")
    assert await page.locator(".phone").count() == 0
    await page.fill("#find", plot.main.teacher.name)
    await page.wait_for_selector("#found option", state="attached")
    await page.press("#find", "Enter")
    await page.locator(".phone").get_by_text("您在这里的职务").wait_for()

    page.on("dialog", lambda dialog: dialog.accept())
    await page.click("#more summary")
    async with page.expect_navigation():
        await page.click("#reset")
    await page.wait_for_selector("body[data-ready]")
    await phone(page, "班主任").wait_for()


async def test_every_guided_story_goes_to_its_end_by_clicking(page: Any) -> None:
    stories = await page.locator("#panel select option").count()
    assert stories >= 3
    for number in range(stories):
        await page.select_option("#panel select", index=number)
        while await page.locator("#do-it").count():
            await one_step(page)
        await page.locator("#panel .tag", has_text="这一段到这里").wait_for()
