"""The people of the story: each acts on an own phone only, and is told about."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

from bot.story.checks import Checks
from bot.story.narrator import Narrator
from bot.story.texts import SPOKEN, words
from playground.arrivals import NotHeard
from playground.messages import Shown
from playground.people import Person
from playground.taps import NoAnswer
from templates.words import label

SOON = 20.0
LOOK = 0.03


@dataclass(frozen=True)
class Actor:
    """Somebody with a phone; `who` is how the story calls them."""

    who: str
    name: str
    phone: Person
    narrator: Narrator
    checks: Checks
    is_shown: bool = True

    @property
    def quietly(self) -> Actor:
        """The same person, while the story looks elsewhere."""
        return replace(self, is_shown=False)

    async def hears(self, name: str, /, **values: object) -> Shown:
        """Wait for a message or an edit with these words; without it the story ends."""
        sought = words(f"heard.{name}", **values).split("|")
        try:
            shown = await self.phone.expect(*sought, within=SOON)
        except NotHeard as silence:
            self.checks.fail(f"{self.who}: {silence}")
            raise
        self.checks.hold(name, True)
        if self.is_shown:
            self.narrator.phone(self.who, shown)
        return shown

    async def taps(self, name: str, /, on: Shown | None = None, **values: object) -> str:
        """Press the newest key of this name (a label of the templates); what popped up.

        `on`: only on this message, as it stands now.
        """
        return await self.taps_key(label(SPOKEN, name, **values), on)

    async def taps_for(self, child: str, name: str, on: Shown | None = None) -> str:
        """Press the key of this name that names the child, or the only one there is."""
        whole = label(SPOKEN, name)
        named = f"{whole}·{child}"
        return await self.taps_key(named if self.sees(named, on) else whole, on)

    async def taps_like(self, beginning: str, on: Shown | None = None) -> str:
        """Press the key that begins like this; the rest of it is a number."""
        keys = [key for key in self._keys(on) if key.startswith(beginning)]
        return await self.taps_key(keys[0] if keys else beginning, on)

    async def taps_key(self, key: str, on: Shown | None = None) -> str:
        """Press a key by what stands on it, once it is there."""
        shown = await self._wait_for(key, on)
        try:
            popup = await self.phone.tap(key, shown, within=SOON)
        except NoAnswer as silence:
            self.checks.fail(f"{self.who}: {silence}")
            raise
        self.checks.hold(key, True)
        if self.is_shown:
            self.narrator.tap(self.who, key, popup)
        return popup

    def sees(self, key: str, on: Shown | None = None) -> bool:
        """Whether a message with this key is on the phone."""
        return key in self._keys(on)

    async def sees_no_more(self, key: str, on: Shown) -> None:
        """Wait until the key has gone from this message."""
        for _ in range(round(SOON / LOOK)):
            if not self.sees(key, on):
                return
            await asyncio.sleep(LOOK)
        self.checks.fail(f"{self.who}: [{key}] …")

    def starts(self, code: str) -> None:
        """Scan the code of a sheet of paper."""
        self.phone.start(code)
        if self.is_shown:
            self.narrator.did("scene.scans", who=self.who)

    def says(self, text: str) -> None:
        """Write something to the bot, or press a key of the keyboard below."""
        self.phone.say(text)
        if self.is_shown:
            self.narrator.spoke(self.who, text)

    def sends(self, photo: bytes) -> None:
        """Take a photo of something on paper and send it."""
        self.phone.send_photo(photo)
        if self.is_shown:
            self.narrator.did("scene.photo", who=self.who)

    def blocks(self) -> None:
        """Block the bot."""
        self.phone.block()
        self.narrator.did("scene.blocks", who=self.who)

    def presses(self, name: str) -> None:
        """Press a key of the persistent keyboard, by its label's name."""
        self.says(label(SPOKEN, name))

    def never_heard(self, name: str, /, **values: object) -> None:
        """Nothing with these words has ever come; otherwise the story ends."""
        sought = words(f"heard.{name}", **values).split("|")
        found = [
            arrival.shown.words
            for arrival in self.phone.arrivals
            if all(word in arrival.shown.words for word in sought)
        ]
        self.checks.hold(f"{self.who}: {' '.join(sought)}: {found}", not found)

    def _messages(self, on: Shown | None) -> list[Shown]:
        """The bot's messages as they stand now, newest first; `on`: this one alone."""
        return [
            shown
            for shown in reversed(self.phone.messages)
            if shown.from_bot and (on is None or on.message_id == shown.message_id)
        ]

    def _keys(self, on: Shown | None = None) -> list[str]:
        """What stands on all keys, those of the newest message first."""
        rows = [row for shown in self._messages(on) for row in shown.labels]
        return [key for row in rows for key in row]

    async def _wait_for(self, key: str, on: Shown | None) -> Shown:
        """The newest message with this key; an answer may still be on its way."""
        for _ in range(round(SOON / LOOK)):
            for shown in self._messages(on):
                if any(key in row for row in shown.labels):
                    return shown
            await asyncio.sleep(LOOK)
        self.checks.fail(f"{self.who}: [{key}]; {self._keys(on)[:24]}")
        raise LookupError(key)
