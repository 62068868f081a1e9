"""What the page may ask the county, by name."""

from __future__ import annotations

from typing import Any

from bot.cli.opening import County
from bot.demo.cast import SHOWN, Troupe
from bot.demo.clock import Hand
from bot.demo.record import Record
from playground.feed import Happening
from playground.server import BotApi
from playground.web import Answer

Line = dict[str, Any]
SIGNS = {"said": "<", "message": ">", "edit": "~", "delete": "x", "popup": "!", "tap": "."}


class Answers(dict[str, Answer]):
    """Filled once the county stands; until then the page knows nothing."""

    def fill(self, county: County, troupe: Troupe, hand: Hand, since: int) -> None:
        """The county is ready; `since` is what had happened before it."""
        record, others = Record(county), _Others(troupe, hand, since)
        self.update(
            now=others.now,
            move=hand.move,
            parts=others.parts,
            phone=others.phone,
            transcript=others.transcript,
            search=record.search,
            children=record.children,
            child=record.child,
            due=record.due,
            outbox=record.outbox,
        )


class _Others:
    def __init__(self, troupe: Troupe, hand: Hand, since: int) -> None:
        self._troupe = troupe
        self._hand = hand
        self._since = since

    async def now(self, asked: Line) -> Line:
        return {"now": self._hand.now.isoformat()}

    async def parts(self, asked: Line) -> Line:
        """The people of the guided stories, and the phones to begin with."""
        parts = self._troupe.parts
        return {
            "people": {part: actor.phone.chat_id for part, actor in parts.items()},
            "cards": {part: self._troupe.card(actor) for part, actor in parts.items()},
            "children": self._troupe.children,
            "zone": str(self._hand.now.tzinfo),
            "shown": [self._troupe.card(parts[part]) for part in SHOWN if part in parts],
        }

    async def phone(self, asked: Line) -> Line:
        return self._troupe.card(await self._troupe.phone_of(int(asked["person"])))

    async def transcript(self, asked: Line) -> Line:
        api = self._troupe.api
        return {
            "text": "\n".join(_line(api, one, self._hand) for one in api.feed.since(self._since))
        }


def _line(api: BotApi, happening: Happening, hand: Hand) -> str:
    name = api.people[happening.chat_id].name if happening.chat_id in api.people else ""
    at = happening.at.astimezone(hand.now.tzinfo)
    text = happening.text.replace("\n", " / ")
    return f"{at:%Y-%m-%d %H:%M}  {name}  {SIGNS.get(happening.kind, happening.kind)} {text}"
