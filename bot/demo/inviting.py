"""Invitations: codes as links and pictures, and whoever opens one on a phone."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import segno

from bot.demo.asking import Line
from bot.demo.cast import Troupe
from bot.story.cast import Invitation
from bot.story.people import Actor
from playground.web import Declined

SCALE = 5


class Invitations:
    """Of one county."""

    def __init__(self, troupe: Troupe) -> None:
        """Codes are issued as `guixiao invite` does it; earlier ones stay valid."""
        self._troupe = troupe
        self._issued: dict[str, Invitation] = {}

    async def invite(self, asked: Line) -> list[Line]:
        """Fresh codes for a person: one for the posts, or one for each child."""
        invited = await self._troupe.invite(int(asked["person"]))
        self._issued |= {one.code: one for one in invited}
        bot = self._troupe.api.account.username
        return [
            {
                "name": one.name,
                "child": one.student or "",
                "link": f"https://t.me/{bot}?start={one.code}",
            }
            for one in invited
        ]

    async def qr(self, asked: Line) -> Line:
        """The picture of a start link."""
        link = str(asked["link"])
        _code_of(link)
        code = segno.make(link, error="m", micro=False)
        return {"picture": code.svg_data_uri(scale=SCALE, border=2)}

    def scan(self, asked: Line) -> Actor:
        """Open a start link on a phone that is there, or on a new one."""
        code = _code_of(str(asked["link"]))
        chat = int(asked.get("chat_id") or 0)
        actor = self._troupe.holder(chat) if chat else self._newcomer(code, str(asked["name"]))
        actor.phone.start(code)
        return actor

    def _newcomer(self, code: str, name: str) -> Actor:
        """A new phone: of whom the code is for, unless they have one."""
        invited = self._issued.get(code)
        if invited and invited.person not in self._troupe.cast.actors:
            return self._troupe.cast.member(invited)
        return self._troupe.stranger(invited.name if invited else name)


def _code_of(link: str) -> str:
    codes = parse_qs(urlsplit(link).query).get("start", [])
    if not codes:
        raise Declined(link)
    return codes[0]
