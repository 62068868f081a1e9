"""Wednesday: silence does not stop a status; the section is told."""

from __future__ import annotations

from bot.story.scene import Scene


async def play(scene: Scene) -> None:
    """The leader who did not confirm has an audience now."""
    await scene.day(8)
    await scene.keeps_calling("teacher", "unwilling")
    await scene.quiet_roll("other_teacher")
    await scene.keeps_calling("silent_teacher", "forgotten")
    await scene.all_here("teacher", "other_teacher", "silent_teacher")
    scene.tell("day8.silence")
    await scene["section"].hears("climbed", child=scene.child("forgotten"))
    await scene["section"].taps_for(scene.child("forgotten"), "handle")
    await scene["section"].hears("unconfirmed", child=scene.child("forgotten"))
    await scene["section"].taps("nudge_one")
    await scene["silent_leader"].hears("nudge", child=scene.child("forgotten"))
