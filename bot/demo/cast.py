"""Who has a phone in the playground, and how they got their chat with the bot."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from io import StringIO

from rich.console import Console

from bot.cli.opening import County
from bot.demo.county import codes_for, invited
from bot.story.binding import ask_to_be_linked
from bot.story.cast import Cast, Invitation
from bot.story.checks import Checks
from bot.story.narrator import Narrator
from bot.story.people import Actor
from bot.story.plot import Plot
from playground.server import BotApi
from storage.inviting import Wanted, guests

#: Children of the first class by the part they play in the guided stories.
PARTS = {"ill": 0, "silent": 1, "leaving": 2}
#: The phones that the page opens with.
SHOWN = ("teacher", "ill_mother", "silent_mother", "leader", "section")


@dataclass
class Troupe:
    """The phones by part, and by the person of the county who holds them."""

    county: County
    api: BotApi
    plot: Plot | None
    cast: Cast
    parts: dict[str, Actor] = field(default_factory=dict)
    strangers: list[Actor] = field(default_factory=list)

    @property
    def children(self) -> dict[str, str]:
        """The children of the guided stories by part."""
        if self.plot is None:
            return {}
        simple = self.plot.simple(self.plot.main)
        return {part: simple[number].name for part, number in PARTS.items()}

    def person_of(self, actor: Actor) -> int | None:
        """Whose phone it is; None for somebody of whom the county knows nothing."""
        held = self.cast.actors.items()
        return next((person for person, one in held if one.phone is actor.phone), None)

    def holder(self, chat_id: int) -> Actor:
        """Whoever holds the phone with this chat."""
        everybody = [*self.cast.actors.values(), *self.strangers]
        found = (one for one in everybody if one.phone.chat_id == chat_id)
        actor = next(found, None)
        if actor is None:
            raise LookupError(chat_id)
        return actor

    def stranger(self, name: str) -> Actor:
        """A phone of nobody that the county knows."""
        self.strangers.append(self.cast.stranger(name, name))
        return self.strangers[-1]

    async def phone_of(self, person: int) -> Actor:
        """The phone of anybody of the county; who had none scans a code first."""
        if person in self.cast.actors:
            return self.cast.actors[person]
        invitations = await self.invite(person)
        if not invitations:
            raise LookupError(person)
        actor = self.cast.member(invitations[0])
        actor.phone.start(invitations[0].code)
        return actor

    async def invite(self, person: int) -> list[Invitation]:
        """Fresh codes for somebody: one for the posts, or one for each child."""
        async with self.county.database.read() as read:
            found = [one for one in await guests(read, Wanted()) if one.person_id == person]
        return await codes_for(self.county, found)


async def nobody_yet(county: County, api: BotApi) -> Troupe:
    """A county of which nobody has scanned a code; phones come by search."""
    narrator = Narrator(Console(file=StringIO()), county.settings.locale)
    return Troupe(county, api, None, Cast(api, narrator, Checks(), ()))


async def bind(county: County, api: BotApi, plot: Plot) -> Troupe:
    """Staff of the first class's chain, and two of its families, before the first school day."""
    narrator = Narrator(Console(file=StringIO()), county.settings.locale)
    cast = Cast(api, narrator, Checks(), await invited(county, Wanted()))
    troupe = Troupe(county, api, plot, cast)
    _give_staff(troupe, plot)
    await asyncio.gather(*(_scan(troupe, one) for one in troupe.parts.values()))
    for part in PARTS:
        await _bind_mother(troupe, plot, part)
    for actor in troupe.parts.values():
        actor.phone.see_all()
    return troupe


def _give_staff(troupe: Troupe, plot: Plot) -> None:
    main, cast = plot.main, troupe.cast
    _, section, bureau, township = plot.county.chain[main.school.township]
    people = {
        "teacher": main.teacher,
        "leader": main.leader,
        "head": main.school.head,
        "section": section,
        "bureau": bureau,
        "township": township,
    }
    for part, person in people.items():
        place = main if part == "teacher" else None
        troupe.parts[part] = cast.staff(part, person.name, place)


async def _scan(troupe: Troupe, actor: Actor) -> None:
    found = (one for one in troupe.cast.invitations if one.name == actor.name)
    actor.quietly.starts(next(one for one in found if one.student is None).code)
    await actor.quietly.hears("staff_welcome")


async def _bind_mother(troupe: Troupe, plot: Plot, part: str) -> None:
    """A mother scans, agrees, and the class teacher confirms."""
    child = plot.simple(plot.main)[PARTS[part]]
    paper = troupe.cast.paper(child, child.family.mother.name)
    mother = troupe.parts[f"{part}_mother"] = troupe.cast.guardian(paper, "mother")
    await ask_to_be_linked(mother.quietly, paper, "mother")
    teacher = troupe.parts["teacher"].quietly
    await teacher.hears("binding_card", child=child.name)
    await teacher.taps("is_them")
    await mother.quietly.hears("confirmed")
