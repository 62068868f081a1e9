"""Friday: a family has blocked the bot, so somebody must telephone."""

from __future__ import annotations

from bot.story import contact
from bot.story.scene import Scene


async def play(scene: Scene) -> None:
    """What cannot be sent becomes a call at once."""
    await scene.day(5)
    child = scene.child("blocked")
    scene.tell("day5.blocked")
    for part in ("blocked.mother", "blocked.father"):
        scene[part].blocks()
    await scene.roll("other_teacher", ("blocked",))
    await scene.keeps_calling("teacher", "unwilling")
    await scene.keeps_calling("silent_teacher", "forgotten")
    await scene.all_here("teacher", "other_teacher", "silent_teacher")
    await scene["other_teacher"].taps("tell_now")
    await scene["other_teacher"].hears("please_call", child=child)
    await contact.quick(scene["other_teacher"], child, "reached_ill")
    visitor = scene["silent_leader"].quietly
    await visitor.taps_for(scene.child("forgotten"), "handle")
    await contact.in_full(visitor, scene.child("forgotten"), contact.VISIT_BY_HEAD)
