"""How a teacher of the story writes down a call or a visit."""

from __future__ import annotations

from collections.abc import Sequence

from bot.story.people import Actor

VISIT_PROMISED = ("by_visit", "got_through", "reason_family_matter", "promised", "agreed_tomorrow")
CALL_REFUSED = ("by_phone", "got_through", "reason_learning", "refused", "agreed_unknown")
CALL_PROMISED = ("by_phone", "got_through", "reason_learning", "promised", "agreed_tomorrow")
VISIT_REFUSED = ("by_visit", "got_through", "reason_learning", "refused", "agreed_unknown")
VISIT_AGAIN = ("by_visit", "got_through", "reason_learning", "again", "agreed_unknown")
CALL_AGAIN = ("by_phone", "got_through", "reason_with_parents", "again", "agreed_unknown")
VISIT_BY_HEAD = ("by_visit", "got_through", "reason_with_parents", "again", "agreed_unknown")


async def quick(teacher: Actor, child: str, name: str) -> None:
    """The quick row: one tap says it all."""
    await teacher.taps_for(child, "log_contact")
    await teacher.taps(name)


async def in_full(teacher: Actor, child: str, steps: Sequence[str]) -> None:
    """[详细记录], step by step, and saved."""
    await teacher.taps_for(child, "log_contact")
    await teacher.taps("full_record")
    for step in steps:
        await teacher.taps(step)
    await teacher.taps("save")
