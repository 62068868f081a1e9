"""A Bot API that answers at once, in a process of its own; it counts, and keeps Telegram's limit.

`/figures` tells what it saw; `/fill` gives it presses to hand out.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import multiprocessing
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiohttp import web

PER_SECOND = 30
MARKS = ("tap", "safety")


class Server:
    """Counts calls; with a limit, refuses what comes faster than Telegram takes."""

    def __init__(self, limit: int | None) -> None:
        self.limit = limit
        self.window: deque[float] = deque()
        self.calls: dict[str, int] = {}
        self.refused = 0
        self.first_at = self.last_at = 0.0
        self.marked: dict[str, float] = {}
        self.presses: list[dict[str, Any]] = []
        self.handed_out = 0
        self.is_patient = True
        self.numbers = itertools.count(1)

    async def call(self, request: web.Request) -> web.Response:
        """Any method of the Bot API."""
        method = request.match_info["method"].lower()
        fields = await request.post()
        self.calls[method] = self.calls.get(method, 0) + 1
        if method == "getupdates":
            return await self._updates(int(str(fields.get("offset", 0) or 0)))
        if method in ("sendmessage", "editmessagetext"):
            return self._sent(str(fields.get("text", "")), int(str(fields.get("chat_id", 0))))
        return _answer(ME if method == "getme" else True)

    def _sent(self, text: str, chat_id: int) -> web.Response:
        now = time.monotonic()
        while self.window and now - self.window[0] >= 1.0:
            self.window.popleft()
        if self.limit is not None and len(self.window) >= self.limit:
            self.refused += 1
            body = {"ok": False, "error_code": 429, "description": "Too Many Requests"}
            return web.json_response({**body, "parameters": {"retry_after": 1}}, status=429)
        self.window.append(now)
        self.first_at = self.first_at or now
        self.last_at = now
        for mark in MARKS:
            if text.startswith(f"{mark}:"):
                self.marked[text.split()[0]] = now
        return _answer(_message(next(self.numbers), chat_id, text))

    async def _updates(self, offset: int) -> web.Response:
        """Updates are numbered from 1, in the order in which they were filled in."""
        first = max(self.handed_out, offset, 1)
        batch = [
            _press(n, self.presses[n - 1])
            for n in range(first, min(first + 100, len(self.presses) + 1))
        ]
        self.handed_out = first
        if not batch and self.is_patient:
            await asyncio.sleep(0.05)
        return _answer(batch)

    async def figures(self, _: web.Request) -> web.Response:
        """What was seen so far."""
        return web.json_response(
            {
                "calls": self.calls,
                "refused": self.refused,
                "span": self.last_at - self.first_at,
                "marked": self.marked,
            }
        )

    async def fill(self, request: web.Request) -> web.Response:
        """These presses wait from now on; `more`: besides those that were there."""
        asked = await request.json()
        self.is_patient = not asked.get("more")
        self.presses = (
            [*self.presses, *asked["presses"]] if asked.get("more") else asked["presses"]
        )
        return web.Response()


ME = {"id": 7, "is_bot": True, "first_name": "归校", "username": "bench_bot"}


def _message(number: int, chat_id: int, text: str) -> dict[str, Any]:
    chat = {"id": chat_id, "type": "private"}
    return {"message_id": number, "date": 1_790_000_000, "chat": chat, "text": text}


def _press(number: int, press: dict[str, Any]) -> dict[str, Any]:
    chat_id = press["chat"]
    person = {"id": chat_id, "is_bot": False, "first_name": "甲"}
    return {
        "update_id": number,
        "callback_query": {
            "id": str(number),
            "from": person,
            "chat_instance": "1",
            "data": press["data"],
            "message": _message(number, chat_id, "选"),
        },
    }


def _answer(result: object) -> web.Response:
    return web.Response(
        body=json.dumps({"ok": True, "result": result}).encode(), content_type="application/json"
    )


async def _serve(limit: int | None, address: Any) -> None:
    server = Server(limit)
    application = web.Application()
    application.router.add_get("/figures", server.figures)
    application.router.add_post("/fill", server.fill)
    application.router.add_post("/bot{token}/{method}", server.call)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    address.send(f"http://127.0.0.1:{runner.addresses[0][1]}")
    await asyncio.Event().wait()


def _run(limit: int | None, address: Any) -> None:
    asyncio.run(_serve(limit, address))


@contextmanager
def a_server(limit: int | None = None) -> Iterator[str]:
    """The address of a server that ends with the block."""
    spawning = multiprocessing.get_context("spawn")
    ours, theirs = spawning.Pipe()
    process = spawning.Process(target=_run, args=(limit, theirs), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        process.kill()
        process.join()
