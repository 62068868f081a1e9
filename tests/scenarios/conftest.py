"""The county of the scenarios, on SQLite unless a test asks for both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from structlog.testing import capture_logs

from storage.database import Database
from tests.support.databases import KEYS
from tests.support.world import World, a_world


@pytest.fixture(autouse=True)
def no_unexpected_error(request: pytest.FixtureRequest) -> Iterator[None]:
    """No scenario may leave an error line behind, but where the database itself is broken."""
    with capture_logs() as lines:
        yield
    if request.node.get_closest_marker("errors_expected"):
        return
    assert [line for line in lines if line["log_level"] in ("error", "critical")] == []


@pytest.fixture
async def sqlite(sqlite_url: str) -> AsyncIterator[Database]:
    """A migrated, empty SQLite database."""
    opened = await Database.open(sqlite_url, KEYS)
    yield opened
    await opened.close()


@pytest.fixture
async def world(sqlite: Database) -> AsyncIterator[World]:
    """A Monday morning before the roll call; 李一 has a father on the phone."""
    async with a_world(sqlite) as found:
        await found.family("李一", "李爸")
        yield found


@pytest.fixture
async def either_world(database: Database) -> AsyncIterator[World]:
    """The same on SQLite and on PostgreSQL."""
    async with a_world(database) as found:
        await found.family("李一", "李爸")
        yield found
