"""Batches on their way into the database: while one is written, the next is read and matched.

One is under way at a time.  Its ids are known before it is written, so that the next can be laid
out; one that fails ends the import before anything else is written.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from papers.headers import Kind
from rules.decision import Entry
from storage.database import Database
from storage.importing.batch import Batch
from storage.importing.county import County
from storage.importing.merging import merge_schools, merged_in
from storage.importing.moves import about_to_move, follow

Ids = dict[int, int]
NAME = "import-writing"
#: So many seconds one thread keeps the interpreter while the other waits for it: each of a few
#: statements of a batch comes back once.
QUICKLY = 0.0005
#: After so many batches nobody reads while one is committed: only then can SQLite begin its
#: write-ahead log anew, which would grow with the import otherwise.
BREATH = 16
#: So many seconds the lock is free between two batches: a bot that waits for it asks every other
#: millisecond.
PAUSE = 0.004


class Pen:
    """Writes the batches of an import one after the other."""

    def __init__(self, database: Database, now: datetime) -> None:
        """Use `pen_for`, which leaves no commit alone."""
        self._database = database
        self._now = now
        self._under_way: asyncio.Task[None] | None = None
        self._batches = 0
        self._ended = 0.0

    async def write(self, county: County, batch: Batch, kind: Kind) -> None:
        """Write a batch, after the one before it; it has its ids when this returns, no more."""
        await self.through(county)
        await self._let_others_in()
        numbered: asyncio.Future[Ids] = asyncio.get_running_loop().create_future()
        writing = self._carry_out(county, batch, kind, numbered)
        self._under_way = asyncio.create_task(writing, name=NAME)
        await asyncio.wait((numbered, self._under_way), return_when=asyncio.FIRST_COMPLETED)
        if not numbered.done():
            await self.through(county)  # it failed before it had ids
        county.settle(batch, numbered.result())
        self._batches += 1
        if self._batches % BREATH == 0:
            await self.through(county)

    async def through(self, county: County) -> None:
        """Wait until all that was written will last; the error of a commit is raised here."""
        task, self._under_way = self._under_way, None
        if task is not None:
            await task
        county.under_way = None

    async def rest(self) -> None:
        """Wait for a commit that is under way, however it ends."""
        if self._under_way is not None:
            await asyncio.wait((self._under_way,))
            _ = self._under_way.cancelled() or self._under_way.exception()

    async def _let_others_in(self) -> None:
        """Pause, as far as matching took no longer than the commit before it."""
        free = asyncio.get_running_loop().time() - self._ended
        await asyncio.sleep(max(PAUSE - free, 0))

    async def _carry_out(
        self, county: County, batch: Batch, kind: Kind, numbered: asyncio.Future[Ids]
    ) -> None:
        async with self._database.work(self._now) as work:
            leaving = await about_to_move(work, batch, county.today)
            gone = merged_in(batch)
            rows = await batch.number(work)
            numbered.set_result(rows.ids)
            await rows.write(work)
            await follow(work, leaving, county.today)
            await merge_schools(work, gone, county.today, is_new=county.is_new)
            work.journal(Entry("imported", f"table:{kind}", public=batch.counted()))
        self._ended = asyncio.get_running_loop().time()


@asynccontextmanager
async def pen_for(database: Database, now: datetime) -> AsyncIterator[Pen]:
    """A pen for one import, which is not over before its last commit is."""
    pen, usual = Pen(database, now), sys.getswitchinterval()
    sys.setswitchinterval(QUICKLY)
    try:
        yield pen
    finally:
        await pen.rest()
        sys.setswitchinterval(usual)
