"""Everything a chapter needs: the stage, the people by their part, and the county's clock."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from bot.story.cast import Cast, Invitation
from bot.story.checks import Checks
from bot.story.contact import CALL_AGAIN, in_full
from bot.story.narrator import Narrator
from bot.story.people import Actor
from bot.story.plot import Plot
from bot.story.rollcall import take
from bot.story.stage import Stage
from bot.story.texts import words
from papers.sample.children import Child
from playground.messages import Shown
from rules.classnames import ClassName

ZONE = ZoneInfo("Asia/Shanghai")
MEETING = datetime(2026, 9, 6, 15, 0, tzinfo=ZONE)
SCHOOL_DAYS = (
    *(date(2026, 9, 7), date(2026, 9, 8), date(2026, 9, 9), date(2026, 9, 10)),
    *(date(2026, 9, 11), date(2026, 9, 14), date(2026, 9, 15), date(2026, 9, 16)),
)


@dataclass
class Scene:
    """The county while the story is told; `parts` are the people, `children` the children, by
    the part they play."""

    stage: Stage
    plot: Plot
    cast: Cast
    narrator: Narrator
    checks: Checks
    at: datetime = MEETING
    parts: dict[str, Actor] = field(default_factory=dict)
    children: dict[str, Child] = field(default_factory=dict)
    papers: dict[str, Invitation] = field(default_factory=dict)
    quiet: list[Actor] = field(default_factory=list)
    chapter: str = "day"  # whose days these are: the sections of the texts begin like this

    def __getitem__(self, part: str) -> Actor:
        return self.parts[part]

    def room(self, teacher: str) -> str:
        """The class of the teacher who plays this part."""
        plot = self.plot
        place = {"teacher": plot.main, "other_teacher": plot.other}.get(teacher, plot.silent)
        return ClassName(place.grade, place.number).label

    async def roll(self, teacher: str, missing: Sequence[str] = (), **followed: bool) -> Shown:
        """The teacher calls the roll; children are named by their parts."""
        return await self._roll(self[teacher], teacher, missing, followed)

    async def quiet_roll(
        self, teacher: str, missing: Sequence[str] = (), **followed: bool
    ) -> Shown:
        """The same, while the story looks elsewhere."""
        return await self._roll(self[teacher].quietly, teacher, missing, followed)

    async def _roll(
        self, actor: Actor, teacher: str, missing: Sequence[str], followed: Mapping[str, bool]
    ) -> Shown:
        names = [self.child(part) for part in missing]
        seen = {self.child(part): is_seen for part, is_seen in followed.items()}
        return await take(actor, self.room(teacher), names, seen)

    async def keeps_calling(self, teacher: str, part: str) -> None:
        """A teacher whose pupil stays away calls the roll, and then the family, every day."""
        card = await self.quiet_roll(teacher, (), **{part: False})
        await self[teacher].quietly.taps("tell_now", card)
        await in_full(self[teacher].quietly, self.child(part), CALL_AGAIN)

    def child(self, part: str) -> str:
        """The name of the child who plays this part."""
        return self.children[part].name

    async def day(self, number: int) -> None:
        """Go to the morning of a school day, when the roll calls are asked for."""
        on = SCHOOL_DAYS[number - 1]
        for actor in self.cast.actors.values():
            actor.phone.see_all()
        await self.stage.to(datetime.combine(on, time(8, 10), ZONE))
        self.at = datetime.combine(on, time(8, 10), ZONE)
        self.narrator.day(number, f"{self.chapter}{number}.title", self.at)
        self.narrator.clock(self.at)

    async def to(self, clock: str) -> None:
        """Move the clock to a time of the same day."""
        hour, minute = (int(part) for part in clock.split(":"))
        at = self.at.replace(hour=hour, minute=minute)
        await self.stage.to(at)
        self.at = at
        self.narrator.clock(at)

    def tell(self, name: str, /, **values: object) -> None:
        """Narrate; every child and person can be named in the text by the part played."""
        named = {part: actor.name for part, actor in self.parts.items()}
        children = {f"child_{part}": child.name for part, child in self.children.items()}
        self.narrator.say(name, **(named | children | values))

    async def all_here(self, *but: str) -> None:
        """The classes that the story does not look at have all their children."""
        named = {self.parts[part].phone.chat_id for part in but}
        rest = [one for one in self.quiet if one.phone.chat_id not in named]
        await asyncio.gather(*(one.quietly.taps("all_here") for one in rest))
        self.checks.hold("all_here", bool(rest))

    def words(self, name: str, /) -> str:
        """What somebody in the story writes."""
        return words(name)
