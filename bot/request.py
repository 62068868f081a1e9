"""Requests of the framework over aiohttp: several times faster, and quiet about the token."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import lru_cache
from types import MappingProxyType
from typing import Any, ClassVar, cast
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from telegram import Bot, InputFile
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData
from yarl import URL

from bot.outcomes import NotConnected

#: Libraries that would write the URL, and so the token, into the log.
TALKATIVE = ("httpx", "httpcore", "aiohttp", "telegram.request", "telegram.Bot")

_READ, _CONNECT, _POOL = 10.0, 5.0, 5.0
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class AiohttpRequest(BaseRequest):
    """One pool of connections."""

    def __init__(self, connections: int = 8, read_timeout: float = _READ) -> None:
        """`read_timeout` holds where a call names none of its own."""
        self._connections = connections
        self._read_timeout = read_timeout
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Seconds to wait for an answer."""
        return self._read_timeout

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The answer as an object; one that is none is not written into the log."""
        try:
            answer = json.loads(payload.decode("utf-8", "replace"))
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise TelegramError("Invalid server response") from None
        return answer

    async def initialize(self) -> None:
        """Make the pool; a second time nothing happens."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=60),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
            )

    async def shutdown(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(  # noqa: PLR0913 - the framework's signature
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Send one request; TimedOut and NetworkError, never with the URL in them."""
        if self._session is None:
            raise NotConnected("the pool is closed")
        parts = urlsplit(url)
        connect = _given(connect_timeout, _CONNECT)
        limits = _limits(
            _given(read_timeout, self._read_timeout), connect, _given(pool_timeout, _POOL)
        )
        try:
            async with self._session.request(
                method,
                url,
                **_body(request_data),
                timeout=limits,
                proxy=proxy_for(parts.scheme, parts.hostname or ""),
            ) as answer:
                return answer.status, await answer.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotConnected(type(error).__name__) from None
        except TimeoutError:
            raise TimedOut from None
        except aiohttp.ClientError as error:
            raise NetworkError(f"aiohttp.{type(error).__name__}") from None


class _Plain:
    """Fields that are plain values, in place of the framework's data of a request: that looks into
    every list and every key of a keyboard for files and dates, which takes longer than sending."""

    contains_files = False
    multipart_data: ClassVar[Mapping[str, Any]] = MappingProxyType({})

    def __init__(self, fields: dict[str, Any]) -> None:
        self.json_parameters = {
            name: value if isinstance(value, str) else _json(value)
            for name, value in fields.items()
            if value is not None
        }


class RawBot(Bot):
    """A bot that also hands out updates as they came, so that an odd one spoils no other."""

    def __repr__(self) -> str:
        """Without the token, which the framework would show."""
        return type(self).__name__

    async def call(self, method: str, fields: dict[str, Any]) -> Any:
        """Any method of the Bot API, with plain values; its result as it came."""
        if any(isinstance(value, InputFile) for value in fields.values()):
            return await self._post(method, fields)
        plain = cast("RequestData", _Plain(fields))
        return await self.request.post(f"{self.base_url}/{method}", plain)

    async def raw_updates(
        self, offset: int | None, limit: int, long_poll: int, allowed: Sequence[str]
    ) -> object:
        """What Telegram has, after `offset`; it waits up to `long_poll` seconds for something."""
        asked = {
            "offset": offset,
            "limit": limit,
            "timeout": long_poll,
            "allowed_updates": list(allowed),
        }
        return await self._post("getUpdates", asked, read_timeout=long_poll + _READ)


def keep_quiet() -> None:
    """Silence the libraries that log URLs; to be called before the first request."""
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


@lru_cache(maxsize=64)
def _limits(read: float, connect: float, pool: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(
        total=None, sock_read=read, sock_connect=connect, connect=connect + pool
    )


def _given(value: object, usual: float) -> float:
    is_given = value is not None and value is not BaseRequest.DEFAULT_NONE
    return float(cast("float", value)) if is_given else usual


@lru_cache(maxsize=64)
def proxy_for(scheme: str, host: str) -> str | None:
    """What HTTPS_PROXY and its kin say; asking aiohttp would cost two threads a request."""
    return None if proxy_bypass(host) else getproxies().get(scheme)


def _body(request_data: RequestData | None) -> dict[str, Any]:
    """The fields as aiohttp takes them: encoded here, unless files come along."""
    if request_data is None:
        return {}
    parameters = request_data.json_parameters
    if not request_data.contains_files:
        encoded = URL.build(query=parameters).raw_query_string  # urlencode takes 25 times as long
        return {"data": encoded.encode(), "headers": _FORM}
    form = aiohttp.FormData(quote_fields=False)  # else file names arrive as %E7%BC%BA
    for name, value in parameters.items():
        form.add_field(name, value)
    for name, (filename, content, mime) in request_data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=mime)
    return {"data": form}


@asynccontextmanager
async def connected(token: str, api_url: str, connections: int = 96) -> AsyncIterator[RawBot]:
    """The bot, ready to call; no call is made by this itself."""
    keep_quiet()
    polling, calling = AiohttpRequest(1), AiohttpRequest(connections)
    bot = RawBot(
        token,
        base_url=f"{api_url}/bot",
        base_file_url=f"{api_url}/file/bot",
        get_updates_request=polling,
        request=calling,
    )
    await polling.initialize()
    await calling.initialize()
    try:
        yield bot
    finally:
        await polling.shutdown()
        await calling.shutdown()
