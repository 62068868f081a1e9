"""The way out: a proxy where the environment names one, whatever the server is called."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.request import proxy_for


@pytest.fixture(autouse=True)
def a_proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    monkeypatch.setenv("no_proxy", "127.0.0.1,inside.example")
    proxy_for.cache_clear()
    yield
    proxy_for.cache_clear()


@pytest.mark.parametrize("host", ["api.telegram.org", "bot.example"])
def test_a_server_outside_is_reached_by_the_proxy(host: str) -> None:
    assert proxy_for("https", host) == "http://proxy.example:3128"


@pytest.mark.parametrize("host", ["127.0.0.1", "inside.example"])
def test_one_that_is_exempt_is_not(host: str) -> None:
    assert proxy_for("https", host) is None
