"""The Sunday before: codes are scanned, guardians agree, teachers say who it is."""

from __future__ import annotations

import asyncio

from bot.story.cast import Invitation
from bot.story.people import Actor
from bot.story.scene import Scene
from bot.story.texts import words
from papers.sample.children import Child

#: Part → place in the list of simple children, for each of the three classes.
MAIN = {"sick": 0, "unanswered": 1, "unwilling": 2, "scanned": 3}
OTHER = {"lost": 0, "hidden": 1, "blocked": 2}
SILENT = {"forgotten": 0}
TEACHERS = ("teacher", "other_teacher", "silent_teacher")


async def bind_everybody(scene: Scene) -> None:
    """Staff first, then the families of three classes, each in one of the ways there are."""
    scene.narrator.clock(scene.at)
    main, silent = scene.plot.schools
    scene.tell("binding.staff", main_school=main.name, silent_school=silent.name)
    await bind_staff(scene)
    _give_parts(scene)
    await _consent_and_confirmation(scene)
    await _a_pupil_scans(scene)
    await _others_of_the_story(scene)
    await _parents_meeting(scene)


async def bind_staff(scene: Scene) -> None:
    """Everybody of the bureau and of the two schools scans a code."""
    plot, cast = scene.plot, scene.cast
    for part, place in zip(TEACHERS, (plot.main, plot.other, plot.silent), strict=True):
        scene.parts[part] = cast.staff(part, place.teacher.name, place)
    main, silent = plot.main, plot.silent
    scene.parts["leader"] = cast.staff("leader", main.leader.name)
    scene.parts["head"] = cast.staff("head", main.school.head.name)
    scene.parts["silent_leader"] = cast.staff("silent_leader", silent.leader.name, silent)
    _, section, bureau, _ = plot.county.chain[main.school.township]
    scene.parts["section"] = cast.staff("section", section.name)
    scene.parts["bureau"] = cast.staff("bureau", bureau.name)
    guests = cast.all_staff(_who_takes_part(scene))
    phones = [cast.member(one) for one in guests]
    teachers = {one.teacher.name for one in plot.county.classes if one.school in plot.schools}
    scene.quiet += [one for one in phones if one.name in teachers]
    for phone, guest in zip(phones, guests, strict=True):
        phone.quietly.starts(guest.code)
    await asyncio.gather(*(phone.quietly.hears("staff_welcome") for phone in phones))
    scene.narrator.check("binding.staff_done", n=len(phones))


def _who_takes_part(scene: Scene) -> set[str]:
    """Everybody of the bureau and of the two schools."""
    schools = {school.name for school in scene.plot.schools}
    elsewhere = {school.name for school in scene.plot.county.schools} - schools
    return {post.person.name for post in scene.plot.county.posts if post.unit not in elsewhere}


def _give_parts(scene: Scene) -> None:
    """Children and their guardians by the part they play, with the paper each family was given."""
    plot = scene.plot
    for place, parts in ((plot.main, MAIN), (plot.other, OTHER), (plot.silent, SILENT)):
        simple = plot.simple(place)
        for part, number in parts.items():
            give_part(scene, part, simple[number])


def give_part(scene: Scene, part: str, child: Child) -> None:
    """A child plays this part, and so does its family."""
    scene.children[part] = child
    for relation, person in (("mother", child.family.mother), ("father", child.family.father)):
        paper = scene.cast.paper(child, person.name)
        scene.papers[f"{part}.{relation}"] = paper
        scene.parts[f"{part}.{relation}"] = scene.cast.guardian(paper, relation)


async def _consent_and_confirmation(scene: Scene) -> None:
    """One family in full: the mother scans, agrees, and the teacher confirms."""
    scene.tell("binding.consent")
    mother, teacher = scene["sick.mother"], scene["teacher"]
    await ask_to_be_linked(mother, scene.papers["sick.mother"], "mother")
    await teacher.hears("binding_card", child=scene.child("sick"))
    await teacher.taps("is_them")
    await mother.hears("confirmed")


async def _a_pupil_scans(scene: Scene) -> None:
    """A pupil scanned the paper himself, and says he is his father."""
    scene.tell("binding.pupil")
    name = scene.child("scanned")
    pupil = scene.parts["pupil"] = scene.cast.stranger(name, words("relation.pupil", name=name))
    await ask_to_be_linked(pupil.quietly, scene.papers["scanned.father"], "father")
    await scene["teacher"].hears("binding_card", child=name)
    await scene["teacher"].taps("not_them")
    await pupil.hears("rejected")


async def _others_of_the_story(scene: Scene) -> None:
    """The other families that matter, each confirmed by the teacher."""
    whole = ("sick.father", "unanswered.mother", "unwilling.mother", "forgotten.mother")
    for part in whole:
        teacher = scene["silent_teacher" if part.startswith("forgotten") else "teacher"].quietly
        await ask_to_be_linked(scene[part].quietly, scene.papers[part], part.split(".")[1])
        await teacher.hears("binding_card", child=scene.child(part.split(".")[0]))
        await teacher.taps("is_them")
        await scene[part].quietly.hears("confirmed")
    scene.narrator.check("binding.others_done", n=len(whole))


async def _parents_meeting(scene: Scene) -> None:
    """现场绑定: within the hour of the meeting, scanning is enough."""
    teacher, other = scene["other_teacher"], scene.plot.other
    scene.tell("binding.meeting")
    teacher.presses("my_class")
    await teacher.hears("my_class")
    await teacher.taps("live_binding")
    papers = [
        (scene.cast.paper(child, person.name), relation)
        for child in scene.plot.simple(other)
        for relation, person in (("mother", child.family.mother), ("father", child.family.father))
    ]
    await asyncio.gather(*(_scan_at_the_meeting(scene, *paper) for paper in papers))
    scene.narrator.check("binding.meeting_done", n=len(papers))


async def _scan_at_the_meeting(scene: Scene, paper: Invitation, relation: str) -> None:
    guardian = scene.cast.guardian(paper, relation).quietly
    await ask_to_be_linked(guardian, paper, relation)
    await guardian.hears("confirmed")


async def ask_to_be_linked(guardian: Actor, paper: Invitation, relation: str) -> None:
    """A guardian scans the paper, says who they are, and agrees."""
    guardian.starts(paper.code)
    await guardian.hears("who_are_you")
    await guardian.taps(f"i_am_{relation}")
    await guardian.hears("consent")
    await guardian.taps("agree")
