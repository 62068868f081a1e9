"""Thursday: the second sign, and a child who was in class all the time."""

from __future__ import annotations

from bot.story.scene import Scene


async def play(scene: Scene) -> None:
    """Seen twice: returned.  Searched for, and found sitting at the back."""
    await scene.day(4)
    scene.tell("day4.second_sign")
    await scene.roll("teacher", unanswered=True, unwilling=False)
    await scene.roll("other_teacher", ("hidden",), lost=True)
    await scene["lost.mother"].quietly.hears("welcome")
    await scene.keeps_calling("silent_teacher", "forgotten")
    await scene.all_here("teacher", "other_teacher", "silent_teacher")
    await scene["other_teacher"].taps("tell_now")
    scene.tell("day4.in_class")
    await scene["hidden.mother"].quietly.hears("alert")
    await scene["hidden.mother"].taps("reply_left_home")
    await scene["other_teacher"].hears("look_again", child=scene.child("hidden"))
    await scene["other_teacher"].taps("in_class")
    await scene["hidden.mother"].hears("is_safe")
    scene["leader"].never_heard("missing", child=scene.child("hidden"))
    scene["section"].never_heard("missing", child=scene.child("hidden"))
