"""One county's database: units of work that write, and readings that cannot."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime

from rules.policy import StaffNames
from storage import exclusive
from storage.address import Address, address_of
from storage.engines import postgres, sqlite_reading, sqlite_writing
from storage.keys import Keys
from storage.lines import Line
from storage.sealing import Vault
from storage.sessions import PostgresSessions, Sessions, SqliteSessions
from storage.work import Reading, Work
from storage.writer import SqliteWriter


class Database:
    """Open connections to one database, with the keys of its county."""

    #: How this county's staff read children's names; whoever opens it with a policy sets it.
    staff_names = StaffNames.FULL

    def __init__(self, address: Address, sessions: Sessions, keys: Keys) -> None:
        """Use `open` instead."""
        self.address = address
        self.vault = Vault(keys)
        self._sessions = sessions

    @property
    def keys(self) -> Keys:
        """The keys of the county; rotation adds one while the database is open."""
        return self.vault.keys

    @keys.setter
    def keys(self, keys: Keys) -> None:
        self.vault.adopt(keys)

    @classmethod
    async def open(cls, url: str, keys: Keys, *, create_folder: bool = True) -> Database:
        """Open the database at `url`; ValueError for a URL that is neither SQLite nor PostgreSQL.

        Nothing is connected yet.  `create_folder` makes the folder of a SQLite file.
        """
        address = address_of(url)
        if address.file is None:
            return cls(address, PostgresSessions(postgres(address)), keys)
        if create_folder:
            address.file.parent.mkdir(parents=True, exist_ok=True)
        readers = sqlite_reading(address.file)
        writer = SqliteWriter(sqlite_writing(address.file), reopen=readers.dispose)
        return cls(address, SqliteSessions(writer, readers), keys)

    async def close(self) -> None:
        """Wait for the units of work in the queue, then close every connection."""
        await self._sessions.close()

    @asynccontextmanager
    async def work(self, now: datetime) -> AsyncIterator[Work]:
        """One unit of work: committed when the block is left cleanly, rolled back otherwise.

        Leaving it raises Conflict when the race was lost at the last moment.
        """
        async with self._sessions.writing() as line:
            work = Work(line, self.vault, now, self.keys.journal, self.staff_names)
            yield work
            await work.complete()
        work.ring()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Reading]:
        """Questions that are all answered from one moment; writing is refused by the engine."""
        async with self._sessions.reading() as line, self._asked(line) as reading:
            yield reading

    @asynccontextmanager
    async def survey(self) -> AsyncIterator[Reading]:
        """The same as `read`, for reports over the whole county: a running bot does not stall."""
        async with self._sessions.surveying() as line, self._asked(line) as reading:
            yield reading

    @asynccontextmanager
    async def _asked(self, line: Line) -> AsyncIterator[Reading]:
        reading = Reading(line, self.vault, self.staff_names)
        try:
            yield reading
        finally:
            await reading.close()

    async def take_stock(self) -> None:
        """Let SQLite see how full its tables are, so that of two indexes it takes the better one.

        It takes milliseconds, however much is stored; PostgreSQL does so by itself.
        """
        await self._sessions.take_stock()

    def claim_run(self, holder: str) -> AbstractAsyncContextManager[exclusive.Claim]:
        """The right to run this database, for the length of a block.

        AlreadyRunning, whose text names the other holder, when somebody else has it.
        """
        return exclusive.claim_run(self.address, holder)
