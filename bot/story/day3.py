"""Wednesday: a first sign of return, and a child who left home but never arrived."""

from __future__ import annotations

from bot.story.scene import Scene


async def play(scene: Scene) -> None:
    """The return waits for its second sign; the search has none to lose."""
    await scene.day(3)
    scene.tell("day3.first_sign")
    await scene.roll("teacher", unanswered=True, unwilling=False)
    await scene["unanswered.mother"].hears("welcome")
    await scene["leader"].hears("return_sign", child=scene.child("unanswered"))
    await scene.roll("other_teacher", ("lost",))
    await scene.keeps_calling("silent_teacher", "forgotten")
    await scene.all_here("teacher", "other_teacher", "silent_teacher")
    await scene["other_teacher"].taps("tell_now")
    await _left_home(scene)
    await scene.to("08:40")
    await _is_found(scene)


async def _left_home(scene: Scene) -> None:
    """The mother says that the child left; the teacher looks, and the child is not there."""
    child = scene.child("lost")
    scene.tell("day3.left_home")
    await scene["lost.mother"].hears("alert")
    await scene["lost.mother"].taps("reply_left_home")
    await scene["other_teacher"].hears("look_again", child=child)
    for part in ("leader", "head", "section"):
        scene[part].never_heard("missing", child=child)
    await scene["other_teacher"].taps("really_gone")
    await scene["leader"].hears("missing", child=child)
    for part in ("head", "section"):
        await scene[part].quietly.hears("missing", child=child)
    await scene["leader"].taps("handling")


async def _is_found(scene: Scene) -> None:
    """[已找到，平安]; the family and all who searched hear it; one line says where and by whom."""
    child = scene.child("lost")
    scene.tell("day3.found")
    await scene["leader"].taps("found_safe")
    await scene["lost.mother"].hears("is_safe")
    for part in ("other_teacher", "head", "section"):
        await scene[part].quietly.hears("search_ended", child=child)
    await scene["leader"].hears("where_found", child=child)
    scene["leader"].says(scene.words("day3.found_line"))
    await scene["leader"].hears("found_kept")
    await scene["section"].hears("found_line")
