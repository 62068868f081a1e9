"""Reading, and the unit of work: everything one update or one due row writes, at one instant."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import Dialect, Table, bindparam, insert, update

from rules.decision import Entry
from rules.policy import StaffNames
from storage.asking import Asker, Lookup, Query, Question
from storage.errors import StaleVersion
from storage.journaling import append
from storage.lines import (
    Inserts,
    Line,
    Outcome,
    Parameters,
    Statement,
    Values,
    insert_new,
)
from storage.prepared import Prepared
from storage.rows import aad_of, base_of, reader_for, signature_of, values_of
from storage.sealing import Vault

T = TypeVar("T")


class Reading:
    """Questions to the database, all of them answered from one moment."""

    def __init__(
        self, line: Line, vault: Vault, staff_names: StaffNames = StaffNames.FULL
    ) -> None:
        """`vault` opens the sealed columns; `staff_names` is how staff read children's names."""
        self._line = line
        self._asker = Asker(line, vault)
        self.vault = vault
        self.staff_names = staff_names

    async def execute(self, statement: Statement, parameters: Parameters = None) -> Outcome:
        """Run any statement; rows come as stored, sealed columns still sealed."""
        return await self._line.run(statement, parameters)

    @property
    def driver(self) -> Dialect:
        """How the engine's driver wants statements and values."""
        return self._line.driver

    async def ask(self, question: Question[T], **given: object) -> list[T]:
        """Every record that answers a prepared question."""
        return await question.ask(self._line, self.vault, given)

    async def ask_one(self, question: Question[T], **given: object) -> T | None:
        """The first of them, or None."""
        found = await self.ask(question, **given)
        return found[0] if found else None

    async def values(self, query: Prepared, **given: object) -> list[Any]:
        """The first column of every row of a prepared query; not for sealed columns."""
        return [row[0] for row in (await self._line.run(query, given)).rows]

    async def all(self, query: Query, record: type[T]) -> list[T]:
        """Every row as a record, matched by name, opened and revived."""
        outcome = await self._line.run(query)
        reader = reader_for(record, signature_of(query))
        return [reader.read(self.vault, row) for row in outcome.rows]

    async def one(self, query: Query, record: type[T]) -> T | None:
        """The first row as a record, or None."""
        found = await self.all(query, record)
        return found[0] if found else None

    async def scalars(self, query: Query) -> list[Any]:
        """The first column of every row; text in a sealed column comes opened."""
        outcome = await self._line.run(query)
        base = base_of(next(iter(query.selected_columns)))
        if base is None or not base.info.get("sealed"):
            return [row[0] for row in outcome.rows]
        aad = aad_of(base)
        return [row[0] and self.vault.open(row[0], aad) for row in outcome.rows]

    async def scalar(self, query: Query) -> Any:
        """The first column of the first row, or None."""
        found = await self.scalars(query)
        return found[0] if found else None

    def found(
        self, lookup: Lookup[T], key: object, **given: object
    ) -> Coroutine[Any, Any, tuple[T, ...]]:
        """The records of a key; whoever asks the same at the same moment shares a statement.

        `given` are the values of the query's own parameters.
        """
        return self._asker.found(lookup, key, given)

    async def get(self, lookup: Lookup[T], key: object, **given: object) -> T | None:
        """The first record of a key, or None."""
        records = await self.found(lookup, key, **given)
        return records[0] if records else None

    async def close(self) -> None:
        """For the database alone: the connection is not used any more."""
        await self._asker.close()


class Work(Reading):
    """One transaction at one instant; all of it is committed, or none."""

    def __init__(
        self,
        line: Line,
        vault: Vault,
        now: datetime,
        journal_key: bytes,
        staff_names: StaffNames = StaffNames.FULL,
    ) -> None:
        """`now` is the instant of everything written here."""
        super().__init__(line, vault, staff_names)
        self.now = now
        self._journal_key = journal_key
        self._entries: list[Entry] = []
        self._hooks: list[Callable[[], object]] = []

    def found(
        self, lookup: Lookup[T], key: object, **given: object
    ) -> Coroutine[Any, Any, tuple[T, ...]]:
        """The records of a key, as they are after what was written so far."""
        return lookup.ask_one(self._line, self.vault, key, given)

    def journal(self, entry: Entry) -> None:
        """Write a line into the journal; it gets its number right before the commit."""
        self._entries.append(entry)

    def on_commit(self, hook: Callable[[], object]) -> None:
        """Call `hook` once this is committed; it must not fail, and is not called otherwise."""
        self._hooks.append(hook)

    async def complete(self) -> None:
        """Write the journal lines, last of all; for the database alone."""
        if self._entries:
            await append(self._line, self.vault, self._journal_key, self.now, self._entries)

    def ring(self) -> None:
        """Call the hooks; for the database alone."""
        for hook in self._hooks:
            hook()

    async def insert(self, table: Table, record: object) -> int:
        """Add a row for `record` (id 0: the database numbers it) and return its id."""
        return await self._add(table, values_of(table, record, self.vault))

    async def _add(self, table: Table, values: Mapping[str, Any]) -> int:
        outcome = await self._line.run(_insert(table, tuple(values)), values)
        return int(outcome.rows[0][0])

    async def insert_many(self, table: Table, records: Iterable[object]) -> None:
        """Add many rows at once; they get their ids from the database."""
        rows = [values_of(table, record, self.vault) for record in records]
        if rows:
            await self._line.run(_insert_many(table, tuple(rows[0])), rows)

    async def fill(self, inserts: Inserts) -> None:
        """Add many rows, as `storage.filling` makes them."""
        await self._line.fill(inserts)

    async def insert_new(self, table: Table, rows: Values | Sequence[Values]) -> list[Any]:
        """Add plain rows, leaving out those whose unique key is there; the new ids of one row.

        Values are stored as they are: nothing is sealed here.
        """
        return await insert_new(self._line, table, rows)

    async def save(self, table: Table, record: T) -> T:
        """Insert (id 0), or update at the version read; the record as it now stands.

        StaleVersion when somebody else has changed or removed the row.
        """
        values = values_of(table, record, self.vault)
        if "id" not in values:
            return replace(record, id=await self._add(table, values))  # type: ignore[type-var]
        at_version = _at_version(values)
        outcome = await self._line.run(_update(table, tuple(at_version)), at_version)
        if outcome.rowcount != 1:
            raise StaleVersion(f"{table.name} {values['id']}")
        if "version" not in values:
            return record
        return replace(record, version=values["version"] + 1)  # type: ignore[type-var]


@lru_cache(maxsize=512)
def _update(table: Table, names: tuple[str, ...]) -> Prepared:
    statement = update(table).where(table.c.id == bindparam("old_id"))
    if "old_version" in names:
        statement = statement.where(table.c.version == bindparam("old_version"))
    return Prepared(statement, (name for name in names if name in table.c))


@lru_cache(maxsize=512)
def _insert(table: Table, names: tuple[str, ...]) -> Prepared:
    return Prepared(insert(table).returning(table.c.id), names)


@lru_cache(maxsize=512)
def _insert_many(table: Table, names: tuple[str, ...]) -> Prepared:
    return Prepared(insert(table), names)


def _at_version(values: Mapping[str, Any]) -> dict[str, Any]:
    parameters = {name: value for name, value in values.items() if name != "id"}
    parameters["old_id"] = values["id"]
    if "version" in values:
        parameters |= {"old_version": values["version"], "version": values["version"] + 1}
    return parameters
