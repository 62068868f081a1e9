"""A phone of the page is a faithful one: files, commands, blocking, invitations."""

from __future__ import annotations

from typing import Any

from telegram import Bot

from playground.server import BotApi
from tests.browser.hands import move, parts_of, phone, report_missing


async def test_an_invitation_is_scanned_by_a_new_phone(page: Any) -> None:
    await page.click("[data-tab=invites]")
    await page.fill("#guest", "乡镇联系人")
    await page.locator("#guests li", has_text="已绑定").first.wait_for()
    await page.fill("#guest", "督查员")
    await page.locator("#guests li", has_text="督查员").get_by_role("button").click()

    picture = page.locator("#opened img.qr")
    await picture.wait_for()
    assert (await picture.evaluate("one => one.naturalWidth")) > 50
    await page.click("#scan")
    await phone(page, "督查员").get_by_text("您在这里的职务").wait_for()


async def test_a_link_and_a_command_in_a_chat_are_tapped(page: Any, stage: BotApi) -> None:
    people = (await parts_of(page))["people"]
    invite = "() => fetch('/county/guests').then((one) => one.json())"
    guest = (await page.evaluate(invite))["result"][0]
    issue = "id => fetch('/county/invite?person=' + id).then((one) => one.json())"
    link = (await page.evaluate(issue, guest["person"]))["result"][0]["link"]
    async with Bot(stage.token, base_url=stage.base_url) as bot:
        await bot.send_message(people["leader"], f"{link} /help")

    leader = phone(page, "校领导")
    await leader.get_by_role("button", name="/help", exact=True).click()
    await leader.locator(".mine", has_text="/help").wait_for()
    await leader.get_by_role("button", name=link).click()
    await page.locator("#opened code", has_text=link).wait_for()
    await page.select_option("#scanner", label=await leader.get_attribute("aria-label"))
    await page.click("#scan")
    await leader.locator(".mine", has_text="/start").nth(1).wait_for()


async def test_photo_voice_commands_and_blocking(page: Any) -> None:
    mother = phone(page, "的妈妈").first
    for sample, shown in (("样例照片", ".bubble img"), ("样例语音", ".bubble audio")):
        await mother.get_by_role("button", name="发照片、语音或文件").click()
        await mother.get_by_role("button", name=sample).click()
        await mother.locator(shown).wait_for()
    assert await mother.locator("img").evaluate("one => one.decode().then(() => one.naturalWidth)")

    await mother.get_by_role("button", name="命令菜单").click()
    await mother.get_by_role("button", name="/privacy").click()
    await mother.locator(".mine", has_text="/privacy").wait_for()
    await mother.get_by_role("button", name="停用或恢复机器人").click()
    await mother.get_by_text("已停用机器人").wait_for()
    await mother.get_by_role("button", name="恢复", exact=True).click()
    await mother.locator("form.say").wait_for()


async def test_a_document_is_opened_and_read(page: Any) -> None:
    teacher = phone(page, "班主任")
    await teacher.get_by_role("button", name="本班").click()
    await teacher.get_by_role("button", name="邀请单").click()
    await teacher.locator(".file button").click()

    await page.locator("#opened .paper", has_text="孩子").wait_for()
    await page.keyboard.press("Escape")
    await page.locator("#opened").wait_for(state="hidden")


async def test_silent_and_ringing_are_told_apart_and_edits_are_marked(page: Any) -> None:
    silent = (await parts_of(page))["children"]["silent"]
    await report_missing(page, silent)
    await move(page, "2026-09-07T08:44")

    teacher = phone(page, "班主任")
    await teacher.locator(".bubble.rings", has_text="请打电话").wait_for()
    card = teacher.locator(".bubble", has_text="应到").last
    assert "已改" in await card.inner_text()
    assert "rings" not in (await card.get_attribute("class"))


async def test_the_record_says_why_somebody_was_not_told(page: Any) -> None:
    silent = (await parts_of(page))["children"]["silent"]
    mother = phone(page, f"{silent}的妈妈")
    await mother.get_by_role("button", name="停用或恢复机器人").click()
    await report_missing(page, silent)
    await page.click("[data-tab=child]")
    await page.locator("#panel li", has_text="已停用，收不到").wait_for()

    await page.click("[data-tab=outbox]")
    await page.locator("#panel li", has_text="没有绑定").first.wait_for()
    teacher = await phone(page, "班主任").get_attribute("aria-label")
    await page.select_option("#listener", label=teacher)
    await page.locator("#panel li", has_text="没有绑定").first.wait_for(state="detached")
    await page.locator("#panel li", has_text="请马上打电话").wait_for()


async def test_a_press_on_the_strip_moves_the_clock_there(page: Any) -> None:
    await page.locator("#strip .chip", has_text="点名").first.click()
    await page.wait_for_function(
        "() => document.getElementById('now').textContent.endsWith('08:10')"
    )
    await phone(page, "班主任").get_by_role("button", name="有人没到").wait_for()
