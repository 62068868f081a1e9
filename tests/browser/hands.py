"""What a hand does on the page."""

from __future__ import annotations

from typing import Any


def phone(page: Any, who: str) -> Any:
    """The phone whose line under the name holds these words."""
    return page.locator(".phone").filter(has=page.locator(".top small", has_text=who))


async def move(page: Any, to: str) -> None:
    """Type a time and go there."""
    await page.fill("#when", to)
    await page.click("#go")
    await page.wait_for_function(
        "at => document.getElementById('now').textContent.endsWith(at)", arg=to[-5:]
    )


async def parts_of(page: Any) -> Any:
    """Who plays what in this county."""
    asked = "fetch('/county/parts').then((one) => one.json())"
    return (await page.evaluate(asked))["result"]


async def bring(page: Any, part: str) -> Any:
    """The phone of a part, put on the table if it is not there."""
    card = (await parts_of(page))["cards"][part]
    wanted = "card => dispatchEvent(new CustomEvent('wanted', { detail: card }))"
    await page.evaluate(wanted, card)
    found = page.locator(f".phone[data-chat='{card['chat_id']}']")
    await found.wait_for()
    return found


async def report_missing(page: Any, *children: str) -> None:
    """Monday 8:10: the class teacher taps those who are not there; the families are told."""
    teacher = phone(page, "班主任")
    await move(page, "2026-09-07T08:10")
    await teacher.get_by_role("button", name="有人没到").click()
    for child in children:
        await teacher.get_by_role("button", name=child, exact=True).click()
    await teacher.get_by_role("button", name=f"提交：{len(children)}人没到").click()
    await move(page, "2026-09-07T08:14")
