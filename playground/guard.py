"""Who gets at the stage: this machine, or, where it listens further, who has the password."""

from __future__ import annotations

import base64
import binascii
import hmac
import ipaddress
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
LOCAL_HOSTS = {"127.0.0.1", "localhost", "::1"}
ASKS = {"WWW-Authenticate": 'Basic realm="Guixiao", charset="UTF-8"'}


def is_loopback(host: str | None) -> bool:
    """Whether this name or address leads to this machine."""
    return host in LOCAL_HOSTS


def guard(password: str) -> Any:
    """Without a password for this machine; with one for those who know it, on every route.

    The Bot API itself is for the bot beside it, and never for another machine.  No page of another
    site gets in by a name of its own that leads here: beyond loopback only addresses are answered.
    """

    @web.middleware
    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith(("/bot", "/file/bot")) or not password:
            _only_from_here(request)
        else:
            _only_by_address(request)
            _only_with(password, request)
        return await handler(request)

    return guarded


def _only_from_here(request: web.Request) -> None:
    if not (is_loopback(request.remote) and is_loopback(request.url.host)):
        raise web.HTTPForbidden


def _only_by_address(request: web.Request) -> None:
    host = request.url.host or ""
    if is_loopback(host):
        return
    try:
        ipaddress.ip_address(host)
    except ValueError:
        raise web.HTTPForbidden from None


def _only_with(password: str, request: web.Request) -> None:
    if not hmac.compare_digest(_given(request), password.encode()):
        raise web.HTTPUnauthorized(headers=ASKS)


def _given(request: web.Request) -> bytes:
    """The password of the request, whoever it says it is from."""
    kind, _, said = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "basic":
        return b""
    try:
        return base64.b64decode(said, validate=True).partition(b":")[2]
    except binascii.Error:
        return b""
