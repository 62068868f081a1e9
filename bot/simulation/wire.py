"""From the bot to the Bot API in the same process: no socket, and all the weather of a network."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import urlsplit

from telegram.error import NetworkError
from telegram.request import BaseRequest, RequestData

from bot.outcomes import NotConnected
from bot.request import AiohttpRequest
from playground import faults
from playground.calls import Call, Upload
from playground.faults import Dropped, Fault
from playground.server import BotApi
from playground.wire import Reply

#: As many updates are remembered, to come a second time.
REMEMBERED = 200


@dataclass
class Weather:
    """What goes wrong, as the seed wills it; with a share of 0 nothing does."""

    chance: Random
    #: Of so many calls one goes wrong in some way.
    share: float = 0.004
    happened: Counter[str] = field(default_factory=Counter)
    #: After so many more calls the process dies, before or after the call has had its effect.
    dies_after: int | None = None
    died: asyncio.Event = field(default_factory=asyncio.Event)

    def fault(self) -> Fault | None:
        """What strikes the next call."""
        if self.chance.random() >= self.share:
            return None
        made = self.chance.choice(
            (
                faults.too_many(self.chance.randint(1, 40)),
                faults.drop_before(),
                faults.drop_after(),
                faults.bad_gateway(),
                faults.malformed(),
            )
        )
        self.happened[made.name] += 1
        return made

    def refuses(self) -> bool:
        """Whether no connection can be made."""
        return self._strikes("refused connection", self.share / 4)

    def doubles(self) -> bool:
        """Whether updates come a second time."""
        return self._strikes("doubled updates", self.share * 5)

    def shuffles(self) -> bool:
        """Whether updates come in another order."""
        return self._strikes("shuffled updates", self.share * 5)

    async def death(self) -> None:
        """If this was the last call: nothing more happens here."""
        if self.dies_after is None:
            return
        self.dies_after -= 1
        if self.dies_after <= 0:
            self.dies_after = None
            self.died.set()
            await asyncio.get_running_loop().create_future()

    def _strikes(self, name: str, share: float) -> bool:
        struck = self.chance.random() < share
        self.happened[name] += struck
        return struck


class Wire(BaseRequest):
    """The transport of the framework's bot."""

    def __init__(self, api: BotApi, weather: Weather) -> None:
        """`api` need not be started."""
        self._api = api
        self._weather = weather
        self.earlier: list[Any] = []
        #: The numbers of all updates that the bot was given.
        self.handed: set[int] = set()

    @property
    def read_timeout(self) -> float:
        """Nobody waits."""
        return 1.0

    parse_json_payload = staticmethod(AiohttpRequest.parse_json_payload)

    async def initialize(self) -> None:
        """Nothing to make."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *_: Any, **__: Any
    ) -> tuple[int, bytes]:
        """One call, or the download of a file."""
        place, _sep, rest = urlsplit(url).path.removeprefix("/").partition("/")
        if place == "file":
            return self._file(rest)
        try:
            reply = await self._reply(place.removeprefix("bot"), rest, request_data)
        except Dropped:
            raise NetworkError("dropped") from None
        return reply.status, reply.body

    async def _reply(self, token: str, name: str, request_data: RequestData | None) -> Reply:
        weather = self._weather
        if weather.refuses():
            raise NotConnected("refused")
        if weather.chance.random() < 0.5:  # as often before as after it has had its effect
            await weather.death()

        async def call(method: str) -> Call:
            return _call(method, request_data)

        if name == "getUpdates":
            return self._muddled(await self._api.answer(token, name, call))
        fault = weather.fault()
        if fault is not None:
            self._api.faults.clear()
            self._api.faults.plan(fault)
        reply = await self._api.answer(token, name, call)
        await weather.death()
        return reply

    def _muddled(self, reply: Reply) -> Reply:
        """Updates come twice, or in another order."""
        updates = json.loads(reply.body)["result"]
        again = self.earlier[-3:] if updates and self._weather.doubles() else []
        self.earlier = [*self.earlier, *updates][-REMEMBERED:]
        self.handed |= {one["update_id"] for one in updates}
        found = [*updates, *again]
        if len(found) > 1 and self._weather.shuffles():
            self._weather.chance.shuffle(found)
        return Reply(200, json.dumps({"ok": True, "result": found}).encode())

    def _file(self, rest: str) -> tuple[int, bytes]:
        token, _, path = rest.removeprefix("bot").partition("/")
        held = self._api.accounts[token].files.at_path(path)
        return (200, held.data) if held else (404, b'{"ok":false,"description":"Not Found"}')


def _call(method: str, request_data: RequestData | None) -> Call:
    if request_data is None:
        return Call(method, {})
    files = {
        name: Upload(filename, mime, content if isinstance(content, bytes) else content.read())
        for name, (filename, content, mime) in request_data.multipart_data.items()
    }
    return Call(method, dict(request_data.json_parameters), files)
