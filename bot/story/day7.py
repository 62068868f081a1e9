"""Tuesday: the deputy gets the absent teacher's work, and does it."""

from __future__ import annotations

from bot.story.rollcall import take
from bot.story.scene import Scene


async def play(scene: Scene) -> None:
    """Two cards on one phone; the acts of the deputy are marked."""
    await scene.day(7)
    scene.tell("day7.deputy")
    await scene.keeps_calling("teacher", "unwilling")
    scene["teacher"].presses("roll_call")
    await take(scene["teacher"], scene.room("other_teacher"))
    await scene.keeps_calling("silent_teacher", "forgotten")
    await scene.all_here("teacher", "other_teacher", "silent_teacher")
