"""The one writer of a SQLite database: units of work queue for it and share its commits.

Each unit has a SAVEPOINT of its own, so that it can fail alone.  Whoever is next in the queue
joins the open transaction; when nobody waits, or the group is full, one COMMIT makes them lasting.
What may take long (opening the file, waiting for another process to let go of it, hundreds of
rows, and the disk at the COMMIT) happens in a thread; other statements run on the event loop.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from storage.errors import Conflict, is_read_only, named
from storage.lines import InlineLine, Line, ordered

GROUP_LIMIT = 64
#: So many times the writer asks for a lock that another process holds: for five seconds in all.
PATIENCE = 1000

_P = ParamSpec("_P")
_T = TypeVar("_T")


def _future() -> asyncio.Future[None]:
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    future.add_done_callback(lambda done: done.cancelled() or done.exception())
    return future


@dataclass(eq=False, slots=True)
class _Turn:
    """One unit of work: granted the writer, finished (cancelled if it failed), then settled."""

    task: asyncio.Task[object] | None = field(default_factory=asyncio.current_task)
    granted: asyncio.Future[None] = field(default_factory=_future)
    finished: asyncio.Future[None] = field(default_factory=_future)
    settled: asyncio.Future[None] = field(default_factory=_future)

    def was_granted(self) -> bool:
        granted = self.granted
        return granted.done() and not granted.cancelled() and granted.exception() is None

    def finish(self, *, is_kept: bool) -> None:
        if is_kept:
            self.finished.set_result(None)
        else:
            self.finished.cancel()

    def succeed(self) -> None:
        if not self.settled.done():
            self.settled.set_result(None)

    def fail(self, error: Exception) -> None:
        for future in (self.granted, self.settled):
            if not future.done():
                future.set_exception(error)


class SqliteWriter:
    """Owns the writing connection, and the thread that waits for locks and for the disk."""

    def __init__(
        self,
        engine: Engine,
        *,
        group_limit: int = GROUP_LIMIT,
        reopen: Callable[[], None] = lambda: None,
    ) -> None:
        """`engine` must leave BEGIN and COMMIT to us (isolation_level None); `reopen` closes the
        connections of readers."""
        self._engine = engine
        self._group_limit = group_limit
        self._reopen = reopen
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sqlite-writer")
        self._queue: deque[_Turn] = deque()
        self._holder: _Turn | None = None
        self._pump: asyncio.Task[None] | None = None
        self._connection: Connection | None = None
        #: Opened while the file could not be written: it stays so for this connection.
        self._is_stale = False

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[Line]:
        """Wait for the writer; leaving returns once the group's COMMIT has really happened."""
        turn = self._queued()
        is_kept = False
        try:
            await turn.granted
            yield InlineLine(self._connected(), self._hop)
            is_kept = True
        except DBAPIError as error:
            self._is_stale |= is_read_only(error)
            raise
        finally:
            turn.finish(is_kept=is_kept)
            if turn.was_granted():
                await asyncio.shield(turn.settled)

    async def close(self) -> None:
        """Let the queue run dry, then close the connection and the thread."""
        if self._pump is not None:
            await asyncio.wait((self._pump,))
        await self._hop(self._disconnect)
        self._thread.shutdown()

    def _queued(self) -> _Turn:
        turn = _Turn()
        if self._holder is not None and self._holder.task is turn.task:
            raise RuntimeError("a unit of work inside another one would wait for itself")
        self._queue.append(turn)
        if self._pump is None or self._pump.done():
            self._pump = asyncio.create_task(self._serve(), name="sqlite-writer")
        return turn

    async def _serve(self) -> None:
        while self._queue:
            await self._serve_group()

    async def _serve_group(self) -> None:
        """One transaction for those in the queue; if it fails, it fails for all of them."""
        group: list[_Turn] = []
        try:
            group.append(self._queue.popleft())
            await self._begin()
            await self._serve_one(group[0])
            while self._queue and len(group) < self._group_limit:
                group.append(self._queue.popleft())
                await self._serve_one(group[-1])
            await self._hop(self._send, "COMMIT")
            for turn in group:
                turn.succeed()
        except DBAPIError as error:
            await self._hop(self._drop)
            for turn in group:
                turn.fail(named(error))
        finally:
            if self._is_stale:
                await self._open_anew()
            for turn in group:
                turn.fail(Conflict("the writer broke off"))

    async def _serve_one(self, turn: _Turn) -> None:
        """Let one unit write, inside a savepoint of its own."""
        if turn.granted.cancelled():
            return
        self._send("SAVEPOINT member")
        self._holder = turn
        turn.granted.set_result(None)
        try:
            await asyncio.wait((turn.finished,))
        finally:
            self._holder = None
        if turn.finished.cancelled():
            self._send("ROLLBACK TO member")
            turn.succeed()
        self._send("RELEASE member")

    async def _hop(self, call: Callable[_P, _T], *args: _P.args, **_: _P.kwargs) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, call, *args)

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.connect()
        return self._connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._engine.dispose()

    async def _begin(self) -> None:
        """Take the lock, which is nearly always free; whoever has to wait for it hops."""
        if self._connection is None or not self._is_begun():
            await self._hop(self._insist)

    def _is_begun(self) -> bool:
        """Whether the lock was free; the driver's errors for anything but a lock."""
        try:
            self._send("BEGIN IMMEDIATE")
        except DBAPIError as error:
            if not isinstance(named(error), Conflict):
                raise
            return False
        return True

    def _insist(self) -> None:
        """Ask every other millisecond, so as to get the lock in the next pause."""
        for _ in range(PATIENCE):
            if self._is_begun():
                return
        self._send("BEGIN IMMEDIATE")

    def _send(self, statement: str) -> None:
        ordered(self._connected(), statement)

    async def _open_anew(self) -> None:
        """Every connection: those of one process share what SQLite knows of the file."""
        await self._hop(self._drop)
        self._reopen()
        self._is_stale = False

    def _drop(self) -> None:
        """Close the connection, whose transaction goes with it; the next group gets a new one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()
