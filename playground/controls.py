"""What the control routes share: the stage they move, and how they are asked and answer."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from aiohttp import web

from playground.arrivals import NotHeard
from playground.deeds import Asked
from playground.faults import Faults
from playground.feed import Feed
from playground.groups import Group
from playground.limits import Rates
from playground.log import CallLog
from playground.people import Person
from playground.taps import NoAnswer

Run = Callable[[web.Request, Asked], Awaitable[Any]]
Table = tuple[tuple[str, str, Run], ...]
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


def routes(table: Table) -> list[web.RouteDef]:
    """A route for each line."""
    return [web.route(method, path, guarded(run)) for method, path, run in table]


def guarded(run: Run) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Answers in JSON; `ok` is false when the person could not do or did not hear it."""

    async def answer(request: web.Request) -> web.Response:
        try:
            return _json(200, {"ok": True, "result": await run(request, await asked_of(request))})
        except (NotHeard, NoAnswer) as silence:
            return _json(408, {"ok": False, "error": str(silence)})
        except (LookupError, ValueError, TypeError, RuntimeError) as problem:
            return _json(400, {"ok": False, "error": f"{type(problem).__name__}: {problem}"})

    return answer


async def asked_of(request: web.Request) -> Asked:
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


def seconds(asked: Asked, usual: float) -> float:
    return min(float(asked.get("within", usual)), LONGEST_WAIT)


def number(asked: Asked, name: str) -> int | None:
    return int(asked[name]) if name in asked else None
