"""What the duties of time ask of the database goes by an index, however much is stored."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.engine import Engine

from bot.clock import SystemClock
from bot.settings import Settings
from bot.ticks import all_ticks
from bot.ticks.base import Means
from rules.policy import Policy
from storage import departures, outbox
from storage.calendars import Calendars
from storage.database import Database
from storage.engines import postgres, sqlite_reading
from storage.meta import Mode, keep_mode
from storage.prepared import Text
from storage.tables.everything import metadata
from tests.support.county import add_guardian, found_county

#: Tables with a row for a school, a class or a member of staff; a county's size, for ever.
SMALL = frozenset(
    {
        "classes",
        "days",
        "deputies",
        "journal_head",
        "meta",
        "pairings",
        "posts",
        "terms",
        "unit_aliases",
        "units",
    }
)
MONDAY = datetime(2026, 9, 6, 23, 0, tzinfo=UTC)
HOURS = range(0, 24 * 7, 3)

Asked = dict[str, Any]


@pytest.fixture(autouse=True)
def nobody_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A handful of rows makes reading all of them look cheap; a county's tables are not so."""

    async def leave_it(_: Database) -> None:
        return None

    monkeypatch.setattr(Database, "take_stock", leave_it)


@contextmanager
def _listening() -> Iterator[Asked]:
    """Every reading statement from now on, with one set of its parameters."""
    asked: Asked = {}

    def note(*call: Any) -> None:
        _, _, statement, parameters, _, is_many = call
        if statement.startswith("SELECT") and not is_many:
            asked.setdefault(statement, parameters)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        with patch.object(Text, "bound", _noting(asked)):
            yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def _noting(asked: Asked) -> Any:
    """Prepared statements go past SQLAlchemy on SQLite: they are heard where they are bound."""
    bound = Text.bound

    def note(self: Text, given: Any) -> Any:
        statement, parameters = bound(self, given)
        if statement.startswith("SELECT"):
            asked.setdefault(statement, tuple(parameters))
        return statement, parameters

    return note


async def _a_week(database: Database) -> Asked:
    """All that the duties ask in a week at school, hour by hour."""
    async with database.work(MONDAY) as work:
        county = await found_county(work)
        for child in county.children:
            await add_guardian(work, county, child, f"家长{child}")
        await keep_mode(work, Mode.REAL)
    settings = Settings()
    ticks = all_ticks(Means(settings, Policy(), Calendars(settings.zone), SystemClock()))
    with _listening() as asked:
        for hour in HOURS:
            now = MONDAY + timedelta(hours=hour)
            for tick in ticks:
                async with database.read() as read:
                    await tick.next_at(read)
                await tick.run(database, now)
    return asked


def _sqlite_plan(connection: Connection, statement: str, parameters: Any) -> list[str]:
    """The tables that SQLite reads from end to end; a partial index of what is due is no such."""
    rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
    found = [row[3].split() for row in rows if row[3].startswith("SCAN ")]
    return [words[1] for words in found if words[-1] not in _partial(connection)]


def _partial(connection: Connection) -> frozenset[str]:
    query = "SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE '% WHERE %'"
    return frozenset(row[0] for row in connection.exec_driver_sql(query))


def _postgres_plan(connection: Connection, statement: str, parameters: Any) -> list[str]:
    """The tables that PostgreSQL has no other way to read."""
    connection.execute(text("SET LOCAL enable_seqscan = off"))
    rows = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
    lines = [row[0].strip().removeprefix("->").split() for row in rows]
    return [words[words.index("on") + 1] for words in lines if words[:2] == ["Seq", "Scan"]]


def _scans(connection: Connection, asked: Asked) -> dict[str, str]:
    """Table → a statement that reads it from end to end."""
    explain = _sqlite_plan if connection.dialect.name == "sqlite" else _postgres_plan
    found: dict[str, str] = {}
    for statement, parameters in asked.items():
        for name in explain(connection, statement, parameters):
            if name in metadata.tables and name not in SMALL:
                found.setdefault(name, statement)
    return found


async def _scanned(database: Database, asked: Asked) -> dict[str, str]:
    if database.address.file is not None:
        readers = sqlite_reading(database.address.file)
        with readers.connect() as connection:
            found = _scans(connection, asked)
        readers.dispose()
        return found
    engine = postgres(database.address)
    async with engine.connect() as line:
        found = await line.run_sync(_scans, asked)
    await engine.dispose()
    return found


async def _departing(database: Database) -> Asked:
    """What delivery asks before anything leaves: who is next, and who travels along."""
    await _a_week(database)
    now = MONDAY + timedelta(days=8)
    with _listening() as asked:
        async with database.read() as read:
            for one in await departures.next_departures(read, now, 50):
                row = await departures.unsent(read, one.id)
                assert row is not None
                await departures.companions(read, row, now)
                await departures.shown_before(read, row, (row.kind,))
            await departures.longest_waiting(read, now, 5)
            await departures.next_after(read, now)
            await departures.uncertain_once(read)
            await outbox.sending_at_start(read)
    return asked


async def test_whatever_was_sent_once_costs_delivery_nothing(database: Database) -> None:
    asked = await _departing(database)
    assert len(asked) > 4
    found = await _scanned(database, asked)
    assert not found, "\n\n".join(f"{name}: {asking}" for name, asking in found.items())


async def test_no_duty_reads_a_table_that_grows_from_end_to_end(database: Database) -> None:
    asked = await _a_week(database)
    assert len(asked) > 60
    found = await _scanned(database, asked)
    assert not found, "\n\n".join(f"{name}: {asking}" for name, asking in found.items())
