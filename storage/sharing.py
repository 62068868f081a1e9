"""What is done at the same moment shares a transaction: one reading, one unit of work."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from storage.database import Database
from storage.work import Reading, Work

Write = Callable[[Work], Awaitable[object]]


class _Table:
    """A reading that is shared, and how many are at it."""

    def __init__(self) -> None:
        self.reading: asyncio.Future[Reading] = asyncio.get_running_loop().create_future()
        self.left = asyncio.Event()
        self.readers = 0
        self.keeper: asyncio.Task[None] | None = None


class ReadingRoom:
    """Readings for many at a time: whoever comes at the same moment sees the same moment."""

    def __init__(self, database: Database) -> None:
        """Of this database."""
        self._database = database
        self._free: _Table | None = None
        self._kept: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Reading]:
        """A reading, begun now or by somebody who came together with us."""
        table = self._free or self._opened()
        table.readers += 1
        try:
            yield await asyncio.shield(table.reading)
        finally:
            table.readers -= 1
            if not table.readers:
                table.left.set()
                if table.keeper is not None:  # the connection is back before anybody goes on
                    await asyncio.wait({table.keeper})

    def _opened(self) -> _Table:
        table = self._free = _Table()
        table.keeper = asyncio.create_task(self._keep(table), name="reading room")
        self._kept.add(table.keeper)
        table.keeper.add_done_callback(self._kept.discard)
        asyncio.get_running_loop().call_soon(self._shut_door)
        return table

    def _shut_door(self) -> None:
        """Whoever comes later must see what has happened since."""
        self._free = None

    async def _keep(self, table: _Table) -> None:
        try:
            async with self._database.read() as read:
                table.reading.set_result(read)
                await table.left.wait()
        except Exception as error:
            if table.reading.done():
                raise
            table.reading.set_exception(error)


class SharedWork:
    """Units of work that are written as one where they come together.

    Each is alone in its effect: when one of them fails, all are done again one by one.
    """

    def __init__(
        self,
        database: Database,
        now: Callable[[], datetime],
        alone: Callable[[Write], Awaitable[None]],
    ) -> None:
        """`alone` does one by itself, and says what to do about a lost race."""
        self._database = database
        self._now = now
        self._alone = alone
        self._waiting: list[tuple[Write, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def record(self, write: Write) -> None:
        """Return once it is committed; what `write` raises by itself is raised here."""
        kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        kept.add_done_callback(lambda done: done.cancelled() or done.exception())
        self._waiting.append((write, kept))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_all(), name="shared work")
        await asyncio.shield(kept)

    async def _write_all(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            try:
                await self._write(batch)
            except BaseException as error:
                abandoned, self._waiting = [*batch, *self._waiting], []
                for _, kept in abandoned:
                    if not kept.done():
                        kept.set_exception(error)
                raise

    async def _write(self, batch: list[tuple[Write, asyncio.Future[None]]]) -> None:
        if len(batch) > 1 and await self._are_written([write for write, _ in batch]):
            for _, kept in batch:
                kept.set_result(None)
            return
        for write, kept in batch:
            try:
                await self._alone(write)
            except Exception as error:
                kept.set_exception(error)
            else:
                kept.set_result(None)

    async def _are_written(self, writes: list[Write]) -> bool:
        """All in one unit of work; False, and nothing written, when one of them fails."""
        try:
            async with self._database.work(self._now()) as work:
                for write in writes:
                    await write(work)
        except Exception:
            return False
        return True
