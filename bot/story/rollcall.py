"""How a teacher of the story calls the roll: names by tapping, or everybody at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.story.people import Actor
from bot.story.texts import SPOKEN
from templates.words import label


async def take(
    teacher: Actor, missing: Sequence[str] = (), followed: Mapping[str, bool] | None = None
) -> None:
    """Answer today's card: `followed` tells of the children above whether they were seen."""
    await teacher.hears("roll_call")
    for child, is_seen in (followed or {}).items():
        await teacher.taps_for(child, "seen" if is_seen else "not_seen")
    if not missing:
        await teacher.taps("all_here")
        return
    await teacher.taps("some_missing")
    for child in missing:
        await _mark(teacher, child)
    await teacher.taps_like(label(SPOKEN, "submit", n="\n").split("\n")[0])
    await teacher.hears("submitted")


async def _mark(teacher: Actor, child: str) -> None:
    """Tap the name; on another page, if it is not on this one."""
    key = label(SPOKEN, "mark_present", name=child)
    while not teacher.sees(key):
        await teacher.taps("page_next")
    await teacher.taps_key(key)
