"""The control routes: how another process, or a page, moves the people and the stage."""

from __future__ import annotations

from aiohttp import web

from playground.controls import Stage, Table, routes, seconds
from playground.deeds import DEEDS, Asked, shown_by
from playground.people import Person
from playground.staging import staging_routes
from playground.taps import NoAnswer, Tap

#: As many messages as a phone shows at first.
NEWEST = 60
#: What a browser may show by itself; anything else could be a page that runs.
SEEN = {"image/png", "image/jpeg", "image/gif", "audio/ogg", "audio/wav", "application/pdf"}
UNSEEN = "application/octet-stream"


def control_routes(stage: Stage) -> list[web.RouteDef]:
    control = _Control(stage)
    person = "/sim/people/{chat_id}"
    table: Table = (
        ("GET", "/sim/people", control.people),
        ("POST", "/sim/people", control.add_person),
        ("GET", person, control.view),
        ("GET", f"{person}/screen", control.screen),
        ("POST", f"{person}/tap", control.tap),
        ("POST", f"{person}/expect", control.expect),
        ("GET", f"{person}/unexpected", control.unexpected),
        ("POST", f"{person}/{{deed}}", control.do),
    )
    file = web.get(f"{person}/files/{{message_id}}", control.file)
    return [*routes(table), file, *staging_routes(stage)]


class _Control:
    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    async def people(self, request: web.Request, asked: Asked) -> object:
        return [_card(person) for person in self._stage.people.values()]

    async def add_person(self, request: web.Request, asked: Asked) -> object:
        language = asked.get("language", "zh-hans")
        return _card(self._stage.person(asked["name"], language, asked.get("chat_id")))

    async def view(self, request: web.Request, asked: Asked) -> object:
        person = self._person(request)
        return {
            **_card(person),
            "messages": [shown.as_json() for shown in person.messages],
            "deleted": [shown.as_json() for shown in person.deleted],
            "keyboard": person.keyboard,
            "standing": person.standing,
            "commands": person.commands,
            "popups": [{"text": popup.text, "alert": popup.alert} for popup in person.popups],
        }

    async def screen(self, request: web.Request, asked: Asked) -> object:
        """What stands on the phone: the newest messages, and up to which happening that is."""
        person, newest = self._person(request), int(asked.get("newest", NEWEST))
        messages = person.messages
        return {
            "messages": [shown.as_json() for shown in messages[-newest:]],
            "earlier": max(len(messages) - newest, 0),
            "keyboard": person.keyboard,
            "standing": person.standing,
            "commands": person.commands,
            "last": self._stage.feed.last,
        }

    async def file(self, request: web.Request) -> web.Response:
        try:
            shown = shown_by(self._person(request), dict(request.match_info))
        except LookupError:
            shown = None
        if shown is None or shown.file is None:
            return web.Response(status=404)
        mime = shown.file.mime if shown.file.mime in SEEN else UNSEEN
        return web.Response(body=shown.file.data, content_type=mime)

    async def do(self, request: web.Request, asked: Asked) -> object:
        shown = DEEDS[request.match_info["deed"]](self._person(request), asked)
        return shown.as_json() if shown else True

    async def tap(self, request: web.Request, asked: Asked) -> object:
        person = self._person(request)
        on = shown_by(person, asked)
        if on is not None and "row" in asked:
            return await _popup(
                person.touch_at(on, int(asked["row"]), int(asked["column"])), asked
            )
        if "within" in asked and not asked["within"]:
            return {"query_id": person.touch(asked["label"], on).query_id}
        text = await person.tap(asked["label"], on, seconds(asked, 5.0))
        return {"text": text, "alert": person.popups[-1].alert}

    async def expect(self, request: web.Request, asked: Asked) -> object:
        words = asked["words"]
        listed = [words] if isinstance(words, str) else words
        person = self._person(request)
        return (await person.expect(*listed, within=seconds(asked, 5.0))).as_json()

    async def unexpected(self, request: web.Request, asked: Asked) -> object:
        arrivals = self._person(request).unexpected(asked.get("edits") in ("1", "true"))
        return [{"arrived_as": arrival.kind, **arrival.shown.as_json()} for arrival in arrivals]

    def _person(self, request: web.Request) -> Person:
        return self._stage.people[int(request.match_info["chat_id"])]


async def _popup(tap: Tap, asked: Asked) -> object:
    """What comes up for whoever taps with a finger; nothing when the bot is silent."""
    try:
        popup = await tap.popup(seconds(asked, 10.0))
    except NoAnswer:
        return None
    return {"text": popup.text, "alert": popup.alert, "url": popup.url}


def _card(person: Person) -> Asked:
    return {"chat_id": person.chat_id, "name": person.name, "language": person.language}
