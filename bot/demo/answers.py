"""What the page may ask the county, by name."""

from __future__ import annotations

from bot.cli.opening import County
from bot.demo.ahead import Ahead
from bot.demo.asking import Line
from bot.demo.cast import SHOWN, Troupe
from bot.demo.clock import Hand
from bot.demo.finding import Directory
from bot.demo.inviting import Invitations
from bot.demo.reading import Reading
from bot.demo.record import Record
from bot.demo.sent import Sent
from bot.story.people import Actor
from playground.feed import Happening
from playground.server import BotApi
from playground.web import Answer

SIGNS = {
    "said": "<",
    "message": ">",
    "edit": "~",
    "delete": "x",
    "popup": "!",
    "tap": ".",
    "clock": "@",
}


class Answers(dict[str, Answer]):
    """Filled once the county stands; until then the page knows nothing."""

    def fill(self, county: County, troupe: Troupe, hand: Hand, since: int) -> None:
        """The county is ready; `since` is what had happened before it."""
        record, directory = Record(county), Directory(county)
        invitations = Invitations(troupe)
        phones = _Phones(troupe, directory, invitations)
        others = _Others(troupe.api, hand, since)
        self.update(
            now=others.now,
            move=others.move,
            transcript=others.transcript,
            parts=phones.parts,
            phone=phones.phone,
            scan=phones.scan,
            invite=invitations.invite,
            qr=invitations.qr,
            opened=Reading(troupe.api).opened,
            search=directory.search,
            guests=directory.guests,
            children=record.children,
            child=record.child,
            due=Ahead(county, hand.school_id).due,
            outbox=Sent(county).outbox,
        )


class _Phones:
    """The phones of the page, and whoever gets one."""

    def __init__(self, troupe: Troupe, directory: Directory, invitations: Invitations) -> None:
        self._troupe = troupe
        self._directory = directory
        self._invitations = invitations

    async def parts(self, asked: Line) -> Line:
        """The people of the guided stories, and the phones to begin with."""
        parts = self._troupe.parts
        cards = {part: await self._card(actor) for part, actor in parts.items()}
        return {
            "people": {part: actor.phone.chat_id for part, actor in parts.items()},
            "cards": cards,
            "children": self._troupe.children,
            "zone": str(self._troupe.county.settings.zone),
            "shown": [cards[part] for part in SHOWN if part in cards],
        }

    async def phone(self, asked: Line) -> Line:
        return await self._card(await self._troupe.phone_of(int(asked["person"])))

    async def scan(self, asked: Line) -> Line:
        return await self._card(self._invitations.scan(asked))

    async def _card(self, actor: Actor) -> Line:
        """What the page needs to show a phone."""
        person = self._troupe.person_of(actor)
        return {
            "chat_id": actor.phone.chat_id,
            "name": actor.name,
            "person": person,
            "about": await self._directory.about(person) if person else {},
        }


class _Others:
    def __init__(self, api: BotApi, hand: Hand, since: int) -> None:
        self._api = api
        self._hand = hand
        self._since = since

    async def now(self, asked: Line) -> Line:
        return {"now": self._hand.now.isoformat()}

    async def move(self, asked: Line) -> Line:
        """Move the clock, and let every browser know."""
        moved = await self._hand.move(asked)
        self._api.feed.tell("clock", 0, moved["now"])
        return dict(moved)

    async def transcript(self, asked: Line) -> Line:
        happenings = self._api.feed.since(self._since)
        return {"text": "\n".join(_line(self._api, one, self._hand) for one in happenings)}


def _line(api: BotApi, happening: Happening, hand: Hand) -> str:
    name = api.people[happening.chat_id].name if happening.chat_id in api.people else ""
    at = happening.at.astimezone(hand.now.tzinfo)
    text = happening.text.replace("\n", " / ")
    return f"{at:%Y-%m-%d %H:%M}  {name}  {SIGNS.get(happening.kind, happening.kind)} {text}"
