"""Tuesday: the sick child is back, and the teacher rides to those who did not answer."""

from __future__ import annotations

from bot.story import contact
from bot.story.scene import Scene


async def play(scene: Scene) -> None:
    """One comes back explained; two are visited at home."""
    await scene.day(2)
    scene.tell("day2.roll")
    await scene.roll("teacher", sick=True, unanswered=False, unwilling=False)
    await scene.keeps_calling("silent_teacher", "forgotten")
    await scene.all_here("teacher", "silent_teacher")
    await scene["sick.mother"].hears("welcome")
    await scene.to("15:30")
    await _visits(scene)


async def _visits(scene: Scene) -> None:
    """The family that did not answer promises; the other one has to be seen again."""
    teacher = scene["teacher"]
    scene.tell("day2.visits")
    await contact.in_full(teacher, scene.child("unanswered"), contact.VISIT_PROMISED)
    mother = scene["unanswered.mother"]
    await mother.hears("visited")
    await mother.taps("teacher_came")
    await contact.in_full(teacher.quietly, scene.child("unwilling"), contact.VISIT_AGAIN)
