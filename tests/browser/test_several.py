"""Several browsers at one county, and a hand that has no mouse."""

from __future__ import annotations

from typing import Any

from bot.demo.browser import another
from tests.browser.hands import move, parts_of, phone

MOST_TABS = 80


async def test_two_browsers_see_the_same_live(page: Any) -> None:
    other = await another(page.context.browser, page.url)
    ill = (await parts_of(page))["children"]["ill"]
    await move(page, "2026-09-07T08:10")
    await phone(other, "班主任").get_by_role("button", name="有人没到").click()
    await phone(page, "班主任").get_by_role("button", name=ill, exact=True).click()
    submit = phone(other, "班主任").get_by_role("button", name="提交：1人没到")
    await submit.click()
    await move(other, "2026-09-07T08:14")

    for one in (page, other):
        await phone(one, f"{ill}的妈妈").get_by_role("button", name="生病了").wait_for()
        await one.locator("#now", has_text="08:14").wait_for()


async def tab_to(page: Any, selector: str) -> None:
    """Press Tab until that has the focus."""
    for _ in range(MOST_TABS):
        if await page.evaluate("one => document.activeElement.matches(one)", selector):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"no Tab leads to {selector}")


async def focused(page: Any) -> str:
    text: str = await page.evaluate("document.activeElement.textContent")
    return text


async def test_a_part_is_played_with_the_keyboard_alone(page: Any) -> None:
    await tab_to(page, "#when")
    await page.keyboard.press("Control+A")
    await page.keyboard.type("2026-09-07 08:10")
    await page.keyboard.press("Enter")
    card = phone(page, "班主任").get_by_role("button", name="有人没到")
    await card.wait_for()

    await tab_to(page, ".chat")
    await page.keyboard.press("ArrowDown")
    assert await focused(page) == "全到齐了"
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("Enter")
    await card.wait_for(state="detached")
    # The message has changed under the finger; the focus is still on one of its keys.
    first = await focused(page)
    await page.keyboard.press("Space")
    await page.wait_for_function("one => document.activeElement.textContent !== one", arg=first)
    assert first in await focused(page)


async def test_arrows_lead_to_the_next_phone_and_escape_closes(page: Any) -> None:
    await tab_to(page, ".chat")
    await page.keyboard.press("ArrowRight")
    about = "document.activeElement.closest('.phone').querySelector('small').textContent"
    assert "妈妈" in await page.evaluate(about)
    await tab_to(page, "form.say button[title='命令菜单']")
    await page.keyboard.press("Enter")
    await page.locator(".menu button").first.wait_for()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Escape")
    assert await page.locator(".menu").count() == 0
    await tab_to(page, "[data-tab=story]")
    await page.keyboard.press("ArrowRight")
    await page.locator("[data-tab=child][aria-selected=true]").wait_for()
