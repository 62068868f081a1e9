"""The Bot API server on loopback: the stage itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from functools import partial
from itertools import count

from aiohttp import web

from playground.account import Account
from playground.calls import Call
from playground.clock import Now, wall_clock
from playground.faults import Dropped, Fault, Faults
from playground.feed import Feed
from playground.groups import Group
from playground.guard import guard, is_loopback
from playground.limits import Limits, Rates
from playground.log import CallLog
from playground.methods import METHODS, Method
from playground.people import Person
from playground.refusals import Refused, not_found, unauthorized
from playground.sim import control_routes
from playground.spec import Spec
from playground.wire import Reply, granted, read_call, refused, respond

TOKEN = "7000000000:PLAYGROUND-token-for-loopback-only"
MOST_UPLOAD = 52 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Options:
    """`strict` refuses unknown parameters; `rates` switches the flood limits on; whoever is to
    `listen` beyond this machine sets a `password`."""

    now: Now = wall_clock
    strict: bool = True
    rates: Rates | None = None
    spec: Spec | None = None
    listen: str = "127.0.0.1"
    password: str = ""


class BotApi:
    """Serves one bot or several; people and groups belong to the first unless told otherwise."""

    def __init__(self, token: str = TOKEN, port: int = 0, options: Options | None = None) -> None:
        self.options = options or Options()
        self.feed = Feed(self.options.now)
        self.calls = CallLog(self.options.now)
        self.faults = Faults()
        self.accounts: dict[str, Account] = {}
        self.people: dict[int, Person] = {}
        self.groups: dict[int, Group] = {}
        self._chat_ids = count(7_100_000_001)
        self._group_ids = count(1)
        self._port = port
        self._runner: web.AppRunner | None = None
        self._routes: list[web.AbstractRouteDef] = []
        self.token = token
        self.account = self.add_bot(token, "playground_bot")

    async def __aenter__(self) -> BotApi:
        await self.start()
        return self

    async def __aexit__(self, *problem: object) -> None:
        await self.stop()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def base_url(self) -> str:
        return f"{self.url}/bot"

    @property
    def base_file_url(self) -> str:
        return f"{self.url}/file/bot"

    def add_bot(self, token: str, username: str) -> Account:
        account = Account(token, username, self.options.now, self.feed)
        self.accounts[token] = account
        if self.options.rates:
            account.limits = Limits(self.options.rates)
        return account

    def limit(self, rates: Rates | None) -> None:
        """Switch the flood limits on, to others, or off."""
        for account in self.accounts.values():
            account.limits = Limits(rates) if rates else None

    def person(
        self,
        name: str,
        language: str = "zh-hans",
        chat_id: int | None = None,
        account: Account | None = None,
    ) -> Person:
        chat_id = next(self._chat_ids) if chat_id is None else chat_id
        person = Person(account or self.account, chat_id, name, language)
        self.people[chat_id] = person
        return person

    def group(self, title: str, account: Account | None = None) -> Group:
        chat_id = -1_001_000_000_000 - next(self._group_ids)
        group = Group(account or self.account, chat_id, title)
        self.groups[chat_id] = group
        return group

    def also_serve(self, routes: Iterable[web.AbstractRouteDef]) -> None:
        """More to serve than the Bot API and the control routes; before the start."""
        self._routes += routes

    def begin_anew(self) -> None:
        """Nobody has a phone any more, and the bot's account is a new one."""
        for account in self.accounts.values():
            account.updates.release()
        self.people.clear()
        self.groups.clear()
        self.account = self.add_bot(self.token, self.account.username)

    async def start(self) -> None:
        listen, password = self.options.listen, self.options.password
        if not (password or is_loopback(listen)):
            raise ValueError("beyond this machine only with a password")
        app = web.Application(client_max_size=MOST_UPLOAD, middlewares=[guard(password)])
        app.router.add_route("*", "/bot{token}/{method}", self._serve)
        app.router.add_get("/file/bot{token}/{path:.+}", self._download)
        app.add_routes([*control_routes(self), *self._routes])
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, listen, self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        for account in self.accounts.values():
            account.updates.release()
            await account.webhook.close()
        if self._runner:
            await self._runner.cleanup()

    async def answer(self, token: str, name: str, call: Callable[[str], Awaitable[Call]]) -> Reply:
        """One call to a method by its name; Dropped when the connection closes instead.

        A bot in the same process needs no socket for it.
        """
        account, method = self.accounts.get(token), METHODS.get(name.lower())
        if account is None or method is None:
            return refused(not_found() if account else unauthorized())
        try:
            read = await call(method.name)
        except Refused as refusal:
            return refused(refusal)
        return await self._perform(account, method, read)

    async def _serve(self, request: web.Request) -> web.Response:
        given = request.match_info
        try:
            reply = await self.answer(given["token"], given["method"], partial(read_call, request))
        except Dropped:
            _hang_up(request)
            return web.Response()
        return self._respond(reply)

    async def _perform(self, account: Account, method: Method, call: Call) -> Reply:
        fault = self.faults.take(call)
        if fault is None:
            reply, description = await self._answer(account, method, call)
            self.calls.write(account.username, call, reply.status, description, "")
            return reply
        return await self._spoil(fault, account, method, call)

    async def _spoil(self, fault: Fault, account: Account, method: Method, call: Call) -> Reply:
        status, description = 0, ""
        try:
            reply = await fault.before()
            if reply is None:
                reply, description = await self._answer(account, method, call)
                reply = await fault.after(reply)
            status = reply.status
            return reply
        finally:
            self.calls.write(account.username, call, status, description, fault.name)

    async def _answer(self, account: Account, method: Method, call: Call) -> tuple[Reply, str]:
        try:
            self._check(account, method, call)
            return granted(await method.run(account, call)), ""
        except Refused as refusal:
            return refused(refusal), refusal.description

    def _check(self, account: Account, method: Method, call: Call) -> None:
        if account.limits:
            account.limits.refuse_if_flooding(call)
        if self.options.strict:
            method.refuse_unknown(call)
        if self.options.spec:
            self.options.spec.refuse_if_wrong(call)

    async def _download(self, request: web.Request) -> web.Response:
        account = self.accounts.get(request.match_info["token"])
        if account is None:
            return self._respond(refused(unauthorized()))
        held = account.files.at_path(request.match_info["path"])
        if held is None:
            return self._respond(refused(not_found()))
        return self._respond(Reply(200, held.data, "application/octet-stream"))

    def _respond(self, reply: Reply) -> web.Response:
        return respond(reply, self.options.now().timestamp())


def _hang_up(request: web.Request) -> None:
    if request.transport:
        request.transport.abort()
