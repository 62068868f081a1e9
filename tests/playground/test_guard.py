"""Beyond this machine only with a password, and then on every route."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from playground.server import BotApi, Options
from playground.web import page_routes

RIGHT = {"Authorization": aiohttp.encode_basic_auth("anybody", "rain-in-may")}
WRONG = {"Authorization": aiohttp.encode_basic_auth("anybody", "rain-in-june")}
ROUTES = ["/", "/page/main.js", "/county/now", "/stream", "/sim/people", "/sim/people/1/files/1"]


@pytest.fixture
async def open_api() -> AsyncIterator[BotApi]:
    api = BotApi(options=Options(listen="0.0.0.0", password="rain-in-may"))
    api.also_serve(page_routes(api.feed, {}))
    async with api:
        yield api


@pytest.mark.parametrize("route", ROUTES)
async def test_every_route_asks_for_the_password(open_api: BotApi, route: str) -> None:
    async with aiohttp.ClientSession(open_api.url) as session:
        for headers in ({}, WRONG):
            async with session.get(route, headers=headers) as response:
                assert response.status == 401
                assert "Basic" in response.headers["WWW-Authenticate"]


async def test_who_has_it_comes_in_but_not_by_a_name_of_elsewhere(open_api: BotApi) -> None:
    async with aiohttp.ClientSession(open_api.url, headers=RIGHT) as session:
        async with session.get("/") as response:
            assert response.status == 200
        async with session.get("/", headers={"Host": "evil.example"}) as response:
            assert response.status == 403


async def test_the_bot_beside_it_needs_no_password(open_api: BotApi) -> None:
    async with (
        aiohttp.ClientSession(open_api.url) as session,
        session.get(f"/bot{open_api.token}/getMe") as response,
    ):
        assert response.status == 200


async def test_without_a_password_it_does_not_listen_further() -> None:
    with pytest.raises(ValueError, match="password"):
        await BotApi(options=Options(listen="0.0.0.0")).start()


@pytest.mark.parametrize("route", ["/", "/county/now", "/sim/people"])
async def test_alone_it_answers_to_no_other_name(route: str) -> None:
    api = BotApi()
    api.also_serve(page_routes(api.feed, {}))
    async with (
        api,
        aiohttp.ClientSession(api.url) as session,
        session.get(route, headers={"Host": "evil.example"}) as response,
    ):
        assert response.status == 403
