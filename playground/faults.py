"""Misfortune on order: what the network and Telegram do to a call now and then."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from playground.calls import Call
from playground.log import Wanted
from playground.refusals import Refused, unauthorized
from playground.wire import Reply, refused

BAD_GATEWAY = b"<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"


class Dropped(Exception):
    """The connection is closed without an answer."""


async def _nothing_before() -> Reply | None:
    return None


async def _nothing_after(reply: Reply) -> Reply:
    return reply


@dataclass(frozen=True, slots=True)
class Fault:
    """`before` may answer instead of the method; `after` may spoil its answer."""

    name: str
    before: Callable[[], Awaitable[Reply | None]] = _nothing_before
    after: Callable[[Reply], Awaitable[Reply]] = _nothing_after


def _instead(name: str, reply: Reply) -> Fault:
    async def answer() -> Reply:
        return reply

    return Fault(name, before=answer)


def refusal(code: int, description: str, **parameters: int) -> Fault:
    """For example `refusal(403, "Forbidden: bot was blocked by the user")`."""
    return _instead(f"refused {code}", refused(Refused(code, description, **parameters)))


def too_many(retry_after: int | None = None) -> Fault:
    if retry_after is None:
        return refusal(429, "Too Many Requests: retry later")
    text = f"Too Many Requests: retry after {retry_after}"
    return refusal(429, text, retry_after=retry_after)


def signed_out() -> Fault:
    return _instead("unauthorized", refused(unauthorized()))


def bad_gateway(code: int = 502) -> Fault:
    return _instead(f"gateway {code}", Reply(code, BAD_GATEWAY, "text/html"))


def hang(seconds: float) -> Fault:
    """Nothing happens for a while, then the connection closes; the call had no effect."""

    async def wait() -> Reply:
        await asyncio.sleep(seconds)
        raise Dropped

    return Fault("hang", before=wait)


def slow(seconds: float) -> Fault:
    """The call takes effect at once; its answer comes late."""

    async def delay(reply: Reply) -> Reply:
        await asyncio.sleep(seconds)
        return reply

    return Fault("slow", after=delay)


def drop_before() -> Fault:
    async def drop() -> Reply:
        raise Dropped

    return Fault("dropped before", before=drop)


def drop_after() -> Fault:
    async def drop(reply: Reply) -> Reply:
        raise Dropped

    return Fault("dropped after", after=drop)


def malformed() -> Fault:
    """The call takes effect; half of its answer arrives."""

    async def halve(reply: Reply) -> Reply:
        return Reply(reply.status, reply.body[: len(reply.body) // 2], reply.content_type)

    return Fault("malformed", after=halve)


@dataclass(slots=True)
class Planned:
    fault: Fault
    wanted: Wanted
    left: int
    hits: int = 0


class Faults:
    """The plan; the first fault that fits a call strikes it."""

    def __init__(self) -> None:
        self.planned: list[Planned] = []

    def plan(
        self,
        fault: Fault,
        times: int = 1,
        method: str | None = None,
        chat_id: int | None = None,
        contains: str | None = None,
    ) -> Planned:
        planned = Planned(fault, Wanted(method, chat_id, contains), times)
        self.planned.append(planned)
        return planned

    def clear(self) -> None:
        self.planned.clear()

    def take(self, call: Call) -> Fault | None:
        for planned in self.planned:
            if planned.left and planned.wanted.covers(call.method, call.chat_id, call.fields):
                planned.left -= 1
                planned.hits += 1
                return planned.fault
        return None
