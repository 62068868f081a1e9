"""How a teacher of the story calls the roll: names by tapping, or everybody at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.story.people import Actor
from bot.story.texts import SPOKEN
from playground.messages import Shown
from templates.words import label


async def take(
    teacher: Actor,
    room: str,
    missing: Sequence[str] = (),
    followed: Mapping[str, bool] | None = None,
) -> Shown:
    """Answer today's card and return it: `followed` says which children above were seen."""
    card = await teacher.hears("roll_call", room=room)
    for child, is_seen in (followed or {}).items():
        await _follow(teacher, child, card, is_seen=is_seen)
    if not missing:
        await teacher.taps("all_here", card)
        return card
    await teacher.taps("some_missing", card)
    for child in missing:
        await _mark(teacher, child, card)
    await teacher.taps("submit", card, n=len(missing))
    await teacher.quietly.hears("submitted", room=room)
    return card


async def _follow(teacher: Actor, child: str, card: Shown, *, is_seen: bool) -> None:
    """Answer one line above the names, and wait until the card says so."""
    await teacher.taps_for(child, "seen" if is_seen else "not_seen", card)
    if is_seen:
        await teacher.sees_no_more(f"{label(SPOKEN, 'seen')}·{child}", card)
    else:
        await teacher.quietly.hears("line_not_seen", child=child)


async def _mark(teacher: Actor, child: str, card: Shown) -> None:
    """Tap the name; on another page, if it is not on this one."""
    key = label(SPOKEN, "mark_present", name=child)
    if not teacher.sees(key, card) and teacher.sees(label(SPOKEN, "page_next"), card):
        await teacher.taps("page_next", card)
    await teacher.taps_key(key, card)
