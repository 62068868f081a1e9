"""The page in front of the stage: its files, the stream of what happens, and the county's answers.

What only the county knows (its clock, its people, its record) comes from outside as `answers`:
callables by name, asked with a JSON object and answering with one.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from aiohttp import web

from playground.feed import Feed

Answer = Callable[[dict[str, Any]], Awaitable[Any]]
PAGE = Path(__file__).with_name("page")
RULES = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' blob: data:",
        "media-src 'self' blob:",
        "style-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": RULES,
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
}
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
KEEP_ALIVE = 15.0
#: Two browsers that lost the line find again what happened meanwhile.
RETRY_MS = 500


class Declined(Exception):
    """The county says no; the text is for whoever asked."""


def page_routes(feed: Feed, answers: Mapping[str, Answer]) -> list[web.AbstractRouteDef]:
    """The routes of the page."""
    served = _Page(feed, answers)
    return [
        web.get("/", served.index),
        web.get("/page/{name}", served.file),
        web.get("/stream", served.stream),
        web.get("/county/{name}", served.ask),
        web.post("/county/{name}", served.tell),
    ]


class _Page:
    def __init__(self, feed: Feed, answers: Mapping[str, Answer]) -> None:
        self._feed = feed
        self._answers = answers

    async def index(self, request: web.Request) -> web.Response:
        return _file("index.html")

    async def file(self, request: web.Request) -> web.Response:
        return _file(request.match_info["name"])

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Everything that happens from now on, or since the last that this browser saw."""
        since = request.headers.get("Last-Event-ID", request.query.get("since", ""))
        headers = {**HEADERS, "Content-Type": "text/event-stream"}
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        with suppress(ConnectionResetError, asyncio.CancelledError):
            await self._follow(response, int(since) if since.isdigit() else self._feed.last)
        return response

    async def _follow(self, response: web.StreamResponse, number: int) -> None:
        await response.write(f"retry: {RETRY_MS}\n\n".encode())
        while True:
            happenings = await self._feed.wait(number, KEEP_ALIVE)
            lines = [_event(one.number, one.as_json()) for one in happenings] or [b": \n\n"]
            number = happenings[-1].number if happenings else number
            await response.write(b"".join(lines))

    async def ask(self, request: web.Request) -> web.Response:
        return await self._answer(request.match_info["name"], dict(request.query))

    async def tell(self, request: web.Request) -> web.Response:
        if request.content_type != "application/json":
            raise web.HTTPUnsupportedMediaType
        asked = json.loads(await request.read() or b"{}")
        return await self._answer(request.match_info["name"], asked)

    async def _answer(self, name: str, asked: dict[str, Any]) -> web.Response:
        if name not in self._answers:
            raise web.HTTPNotFound
        try:
            return _json(200, {"ok": True, "result": await self._answers[name](asked)})
        except Declined as reason:
            return _json(409, {"ok": False, "error": str(reason)})
        except (LookupError, ValueError, TypeError) as problem:
            return _json(400, {"ok": False, "error": f"{type(problem).__name__}: {problem}"})


def _file(name: str) -> web.Response:
    path = PAGE / name
    if path.parent != PAGE or not path.is_file() or path.suffix not in TYPES:
        raise web.HTTPNotFound
    kind = TYPES[path.suffix]
    body = path.read_bytes()
    return web.Response(body=body, content_type=kind, charset="utf-8", headers=HEADERS)


def _json(status: int, value: object) -> web.Response:
    text = json.dumps(value, ensure_ascii=False)
    return web.Response(status=status, text=text, content_type="application/json", headers=HEADERS)


def _event(number: int, happening: dict[str, Any]) -> bytes:
    return f"id: {number}\ndata: {json.dumps(happening, ensure_ascii=False)}\n\n".encode()
