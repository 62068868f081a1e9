"""The page as somebody who clicks in it sees it: roll call, alert, reply, escalation."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from bot.demo.pictures import one_step
from bot.story.plot import write_county
from tests.browser.hands import bring, move, parts_of, phone, report_missing


async def test_from_the_roll_call_to_the_bureau_leader_by_clicking(page: Any) -> None:
    children = (await parts_of(page))["children"]
    ill, silent = children["ill"], children["silent"]
    head, bureau = await bring(page, "head"), await bring(page, "bureau")

    await report_missing(page, ill, silent)
    await phone(page, f"{ill}的妈妈").get_by_role("button", name="生病了").click()
    await phone(page, f"{ill}的妈妈").get_by_text("哪天能来上学").wait_for()
    levels = (
        (phone(page, "校领导"), "10:12", "10:14"),
        (head, "11:12", "11:14"),
        (phone(page, "股室"), "13:58", "14:01"),
        (bureau, "16:58", "17:01"),
    )
    for level, before, after in levels:
        await move(page, f"2026-09-07T{before}")
        assert silent not in await level.inner_text()
        await move(page, f"2026-09-07T{after}")
        await level.get_by_text(silent).first.wait_for()
        assert ill not in await level.inner_text()


async def test_the_record_says_who_answers_and_what_happened(page: Any) -> None:
    silent = (await parts_of(page))["children"]["silent"]
    await report_missing(page, silent)
    await page.click("[data-tab=child]")

    await page.locator("#panel", has_text="包保链").wait_for()
    await page.locator("#panel li", has_text="打电话找孩子").first.wait_for()
    await page.locator("#strip", has_text="往上报 · 打电话找孩子").wait_for()
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


async def test_what_happened_is_kept_as_a_transcript(page: Any) -> None:
    silent = (await parts_of(page))["children"]["silent"]
    await report_missing(page, silent)
    await page.click("#more summary")
    async with page.expect_download() as coming:
        await page.click("#transcript")
    path = await (await coming.value).path()
    text = await asyncio.to_thread(path.read_text, encoding="utf-8")

    assert "2026-09-07 08:10" in text
    assert silent in text


async def test_every_guided_story_goes_to_its_end_by_clicking(page: Any) -> None:
    stories = await page.locator("#stories option").count()
    assert stories == 7
    for number in range(stories):
        await page.select_option("#stories", str(number))
        while await page.locator("#do-it").count():
            await one_step(page)
        await page.locator("#panel .tag", has_text="这一段到这里").wait_for()


async def test_a_story_that_goes_on_from_others_plays_them_first(page: Any) -> None:
    await page.select_option("#stories", "2")
    await page.click("#hurry")
    await page.locator("#do-it").wait_for(timeout=120_000)
    await one_step(page)

    bureau = (await parts_of(page))["people"]["bureau"]
    await page.locator(f".phone[data-chat='{bureau}']", has_text="还没有联系记录").wait_for()
