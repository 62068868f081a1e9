"""Monday: a sick child explained in one tap, and an alert that nobody answers."""

from __future__ import annotations

from bot.story import contact
from bot.story.scene import Scene


async def play(scene: Scene) -> None:
    """Four children are missing; four families answer, or do not."""
    await scene.day(1)
    await _calls_the_roll(scene)
    await scene.to("08:14")
    await _is_ill(scene)
    await _does_not_want_to_come(scene)
    await _is_with_the_parents(scene)
    await _nobody_answers(scene)


async def _calls_the_roll(scene: Scene) -> None:
    scene.tell("day1.roll")
    await scene.roll("teacher", ("sick", "unanswered", "unwilling"))
    await scene.quiet_roll("silent_teacher", ("forgotten",))
    await scene.all_here("teacher", "silent_teacher")
    for part in ("sick", "unanswered", "unwilling", "forgotten"):
        scene[f"{part}.mother"].never_heard("alert")


async def _is_ill(scene: Scene) -> None:
    """One tap and a day; the other parent hears that it is settled; the teacher grants."""
    scene.tell("day1.sick")
    mother, father, teacher = scene["sick.mother"], scene["sick.father"], scene["teacher"]
    await mother.hears("alert")
    await father.quietly.hears("alert")
    await mother.taps("reply_sick")
    await mother.taps("until_tomorrow")
    await mother.hears("thanks_ill")
    await father.hears("settled")
    await teacher.quietly.hears("said_ill", child=scene.child("sick"))
    await teacher.taps_for(scene.child("sick"), "grant")
    await mother.hears("granted")


async def _does_not_want_to_come(scene: Scene) -> None:
    scene.tell("day1.unwilling")
    mother, teacher, child = scene["unwilling.mother"], scene["teacher"], scene.child("unwilling")
    await mother.quietly.hears("alert")
    for key in ("reply_other", "reply_unwilling", "talk_teacher"):
        await mother.taps(key)
    await teacher.hears("refused", child=child)
    await contact.in_full(teacher, child, contact.CALL_REFUSED)


async def _is_with_the_parents(scene: Scene) -> None:
    scene.tell("day1.forgotten")
    mother, teacher = scene["forgotten.mother"], scene["silent_teacher"]
    await mother.quietly.hears("alert")
    for key in ("reply_other", "reply_elsewhere"):
        await mother.taps(key)
    mother.says(scene.words("day1.forgotten_says"))
    await mother.taps("not_at_school")
    await contact.in_full(teacher.quietly, scene.child("forgotten"), contact.CALL_AGAIN)


async def _nobody_answers(scene: Scene) -> None:
    """Teacher, family again, leader, head, section, bureau leader: each at the right time."""
    child, teacher = scene.child("unanswered"), scene["teacher"]
    scene.tell("day1.unanswered")
    await scene["unanswered.mother"].hears("alert")
    await scene.to("08:44")
    await teacher.hears("nobody_answered", child=child)
    await contact.quick(teacher, child, "not_reached")
    await scene.to("09:14")
    await scene["unanswered.mother"].hears("second_alert")
    for part, clock in (
        ("leader", "10:14"),
        ("head", "11:14"),
        ("section", "14:01"),
        ("bureau", "17:01"),
    ):
        scene[part].never_heard("climbed", child=child)
        await scene.to(clock)
        scene.tell(f"day1.climbs_{part}")
        await scene[part].hears("climbed", child=child)
