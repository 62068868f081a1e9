"""The control routes: how another process, or a page, moves the people and the stage."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from aiohttp import web

from playground.arrivals import NotHeard
from playground.deeds import DEEDS, MISFORTUNES, Asked, shown_by
from playground.faults import Faults
from playground.feed import Feed
from playground.groups import Group
from playground.limits import Rates
from playground.log import CallLog
from playground.people import Person
from playground.taps import NoAnswer, Tap

Run = Callable[[web.Request, Asked], Awaitable[Any]]
LONGEST_WAIT = 60.0


class Stage(Protocol):
    feed: Feed
    calls: CallLog
    faults: Faults
    people: dict[int, Person]
    groups: dict[int, Group]

    def person(self, name: str, language: str = ..., chat_id: int | None = ...) -> Person: ...

    def group(self, title: str) -> Group: ...

    def limit(self, rates: Rates | None) -> None: ...


def control_routes(stage: Stage) -> list[web.RouteDef]:
    control = _Control(stage)
    person = "/sim/people/{chat_id}"
    table: tuple[tuple[str, str, Run], ...] = (
        ("GET", "/sim/people", control.people),
        ("POST", "/sim/people", control.add_person),
        ("GET", person, control.view),
        ("POST", f"{person}/tap", control.tap),
        ("POST", f"{person}/expect", control.expect),
        ("GET", f"{person}/unexpected", control.unexpected),
        ("POST", f"{person}/{{deed}}", control.do),
        ("POST", "/sim/groups", control.add_group),
        ("GET", "/sim/groups/{chat_id}", control.group_view),
        ("POST", "/sim/groups/{chat_id}/{deed}", control.do_in_group),
        ("GET", "/sim/calls", control.calls),
        ("GET", "/sim/events", control.events),
        ("GET", "/sim/faults", control.planned_faults),
        ("POST", "/sim/faults", control.plan_fault),
        ("DELETE", "/sim/faults", control.clear_faults),
        ("POST", "/sim/limits", control.limits),
    )
    routes = [web.route(method, path, _guarded(run)) for method, path, run in table]
    return [*routes, web.get(f"{person}/files/{{message_id}}", control.file)]


def _guarded(run: Run) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Answers in JSON; `ok` is false when the person could not do or did not hear it."""

    async def answer(request: web.Request) -> web.Response:
        try:
            return _json(200, {"ok": True, "result": await run(request, await _asked(request))})
        except (NotHeard, NoAnswer) as silence:
            return _json(408, {"ok": False, "error": str(silence)})
        except (LookupError, ValueError, TypeError, RuntimeError) as problem:
            return _json(400, {"ok": False, "error": f"{type(problem).__name__}: {problem}"})

    return answer


async def _asked(request: web.Request) -> Asked:
    """Only JSON: no page of another site can send that unasked."""
    if request.method == "GET":
        return dict(request.query)
    if request.content_type != "application/json":
        raise ValueError("send JSON")
    asked = json.loads(await request.read() or b"{}")
    if not isinstance(asked, dict):
        raise ValueError("send a JSON object")
    return asked


def _json(status: int, value: object) -> web.Response:
    text = json.dumps(value, ensure_ascii=False)
    return web.Response(status=status, text=text, content_type="application/json")


def _seconds(asked: Asked, usual: float) -> float:
    return min(float(asked.get("within", usual)), LONGEST_WAIT)


def _number(asked: Asked, name: str) -> int | None:
    return int(asked[name]) if name in asked else None


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

    async def file(self, request: web.Request) -> web.Response:
        try:
            shown = shown_by(self._person(request), dict(request.match_info))
        except LookupError:
            shown = None
        if shown is None or shown.file is None:
            return web.Response(status=404)
        return web.Response(body=shown.file.data, content_type="application/octet-stream")

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
        text = await person.tap(asked["label"], on, _seconds(asked, 5.0))
        return {"text": text, "alert": person.popups[-1].alert}

    async def expect(self, request: web.Request, asked: Asked) -> object:
        words = asked["words"]
        listed = [words] if isinstance(words, str) else words
        person = self._person(request)
        return (await person.expect(*listed, within=_seconds(asked, 5.0))).as_json()

    async def unexpected(self, request: web.Request, asked: Asked) -> object:
        arrivals = self._person(request).unexpected(asked.get("edits") in ("1", "true"))
        return [{"arrived_as": arrival.kind, **arrival.shown.as_json()} for arrival in arrivals]

    async def add_group(self, request: web.Request, asked: Asked) -> object:
        group = self._stage.group(asked["title"])
        return {"chat_id": group.chat_id, "title": group.title}

    async def group_view(self, request: web.Request, asked: Asked) -> object:
        group = self._group(request)
        messages = [shown.as_json() for shown in group.messages]
        return {"title": group.title, "has_bot": group.has_bot, "messages": messages}

    async def do_in_group(self, request: web.Request, asked: Asked) -> object:
        group, by = self._group(request), self._stage.people[int(asked["by"])]
        deed = request.match_info["deed"]
        if deed == "say":
            return group.say(by, asked["text"]).as_json()
        {"add_bot": group.add_bot, "remove_bot": group.remove_bot}[deed](by)
        return True

    async def calls(self, request: web.Request, asked: Asked) -> object:
        """All but getUpdates, unless that is asked for by name."""
        method = asked.get("method")
        found = self._stage.calls.of(
            method,
            _number(asked, "chat_id"),
            asked.get("contains"),
            _number(asked, "since") or 0,
        )
        return [call.as_json() for call in found if method or call.method != "getUpdates"]

    async def events(self, request: web.Request, asked: Asked) -> object:
        since, within = _number(asked, "since") or 0, _seconds(asked, 0.0)
        happenings = await self._stage.feed.wait(since, within)
        return [happening.as_json() for happening in happenings]

    async def planned_faults(self, request: web.Request, asked: Asked) -> object:
        return [
            {"fault": planned.fault.name, "left": planned.left, "hits": planned.hits}
            for planned in self._stage.faults.planned
        ]

    async def plan_fault(self, request: web.Request, asked: Asked) -> object:
        self._stage.faults.plan(
            MISFORTUNES[asked["kind"]](asked),
            times=int(asked.get("times", 1)),
            method=asked.get("method"),
            chat_id=asked.get("chat_id"),
            contains=asked.get("contains"),
        )
        return True

    async def clear_faults(self, request: web.Request, asked: Asked) -> object:
        self._stage.faults.clear()
        return True

    async def limits(self, request: web.Request, asked: Asked) -> object:
        on = asked.pop("on")
        self._stage.limit(Rates(**asked) if on else None)
        return True

    def _person(self, request: web.Request) -> Person:
        return self._stage.people[int(request.match_info["chat_id"])]

    def _group(self, request: web.Request) -> Group:
        return self._stage.groups[int(request.match_info["chat_id"])]


async def _popup(tap: Tap, asked: Asked) -> object:
    """What comes up for whoever taps with a finger; nothing when the bot is silent."""
    try:
        popup = await tap.popup(_seconds(asked, 10.0))
    except NoAnswer:
        return None
    return {"text": popup.text, "alert": popup.alert, "url": popup.url}


def _card(person: Person) -> Asked:
    return {"chat_id": person.chat_id, "name": person.name, "language": person.language}
