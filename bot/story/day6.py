"""Monday, the sixth counted day: two are suspected; one leader confirms, one is silent."""

from __future__ import annotations

from bot.story.scene import Scene


async def play(scene: Scene) -> None:
    """The status is set by the program; the leaders confirm; a teacher names her deputy."""
    await scene.day(6)
    scene.tell("day6.sixth_day")
    await scene.roll("teacher", unwilling=False)
    await scene["teacher"].quietly.taps("tell_now")
    await scene.quiet_roll("other_teacher", blocked=True)
    await scene.keeps_calling("silent_teacher", "forgotten")
    await scene.all_here("teacher", "other_teacher", "silent_teacher")
    await _suspected(scene)
    await _goes_away(scene)


async def _suspected(scene: Scene) -> None:
    await scene["leader"].hears("suspected", child=scene.child("unwilling"))
    await scene["leader"].taps("confirm_suspected")
    scene.tell("day6.silent")
    await scene["silent_leader"].hears("suspected", child=scene.child("forgotten"))


async def _goes_away(scene: Scene) -> None:
    """/away: somebody of the same post in the same school stands in."""
    away, deputy = scene["other_teacher"], scene["teacher"]
    scene.tell("day6.away")
    away.says(scene.words("day6.away_command"))
    await away.hears("who_instead")
    await away.taps("staff_name", name=deputy.name)
    await away.taps_key(f"{scene.at.month}月{scene.at.day}日")
    await away.taps("away_days", n=2)
    await deputy.hears("deputy", name=away.name)
