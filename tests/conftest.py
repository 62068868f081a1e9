"""Fixtures for all tests: a `database` on each engine, migrated and empty."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from storage.attachments import keep_under
from storage.database import Database
from tests.support.county import County
from tests.support.databases import (
    KEYS,
    PostgresServer,
    a_postgres_server,
    open_files_of,
    roomy_folder,
    sqlite_template,
)
from tests.support.long_case import told_once

# What tests write is gone after them: in memory a commit costs a hundredth of what it costs on
# a disk, whose waits would be most of the suite.  Their processes inherit it.
if "TMPDIR" not in os.environ:
    os.environ["TMPDIR"] = tempfile.tempdir = roomy_folder()

# No property is about time: a busy machine must not make an example fail.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


#: What takes longest begins first, so that in the end no process waits for another's last test.
LONGEST = ("tests/test_story.py", "tests/test_simulation.py", "tests/browser/")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The rest stays in the order in which it was shuffled."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))


@pytest.fixture(scope="session", autouse=True)
def data_folder_of_tests(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What the program stores as files lies outside of the project."""
    keep_under(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="session")
def sqlite_template_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    return sqlite_template(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="session")
def told_story(
    sqlite_template_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, County]:
    """One child's case over two months in a SQLite file, to copy, and who is in it."""
    return told_once(sqlite_template_file, tmp_path_factory.mktemp("story"))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL server, started when the first test asks for it."""
    with a_postgres_server() as server:
        yield server


@pytest.fixture
def sqlite_url(sqlite_template_file: Path, tmp_path: Path) -> Iterator[str]:
    """A migrated SQLite database; nothing may hold its file open after the test."""
    path = tmp_path / "guixiao.db"
    shutil.copy(sqlite_template_file, path)
    yield f"sqlite+aiosqlite:///{path}"
    assert open_files_of(path) == []


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """A migrated PostgreSQL database; nothing may be connected to it after the test."""
    with postgres_server.clone() as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated, empty database on each engine in turn."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """The same, opened."""
    opened = await Database.open(database_url, KEYS)
    yield opened
    await opened.close()
