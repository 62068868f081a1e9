"""Questions about one key, prepared once, and answered together.

Many messages leave at the same time, and each view asks about its own child, guardian and class.
Whoever asks the same question within one reading at the same moment is answered by one statement;
what has been answered is not asked again, since a reading sees one moment.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, CompoundSelect, Select, bindparam

from storage.lines import Line
from storage.prepared import Prepared
from storage.rows import Reader, reader_for, signature_of
from storage.sealing import Vault

T_co = TypeVar("T_co", covariant=True)

#: As many keys go into one statement.
MOST_KEYS = 500
_KEY = "lookup_key"
Query = Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]]


class Question(Generic[T_co]):
    """A query prepared once.  What differs from time to time are its parameters (bindparam)."""

    def __init__(self, query: Query, record: type[T_co]) -> None:
        """`record` is what a row becomes, matched by name, opened and revived."""
        self._query, self._record = query, record
        self.prepared = Prepared(query)

    @cached_property
    def reader(self) -> Reader:
        """Makes a record of a row."""
        return reader_for(self._record, signature_of(self._query))

    async def ask(self, line: Line, vault: Vault, given: Mapping[str, Any]) -> list[T_co]:
        """Every row as a record."""
        outcome = await line.run(self.prepared, given)
        read = self.reader.read
        return [read(vault, row) for row in outcome.rows]


class Lookup(Generic[T_co]):
    """A query without its key.  `query` may have parameters (bindparam) which all askers give."""

    def __init__(
        self, query: Select[*tuple[Any, ...]], key: ColumnElement[Any], record: type[T_co]
    ) -> None:
        """`key` is the column that is asked for; rows come in the order of `query`."""
        self._query, self._key = query, key
        self._of_one = Question(query.where(key == bindparam(_KEY)), record)

    @cached_property
    def _of_many(self) -> Prepared:
        """The same for many keys; each row ends with its key."""
        is_asked = self._key.in_(bindparam(_KEY, expanding=True))
        return Prepared(self._query.add_columns(self._key.label(_KEY)).where(is_asked))

    async def ask_one(
        self, line: Line, vault: Vault, key: object, given: Mapping[str, Any]
    ) -> tuple[T_co, ...]:
        """The records of one key."""
        return tuple(await self._of_one.ask(line, vault, {_KEY: key, **given}))

    async def ask_many(
        self, line: Line, vault: Vault, keys: Sequence[object], given: Mapping[str, Any]
    ) -> dict[object, list[T_co]]:
        """The records of each key; a key without any is left out."""
        found: dict[object, list[T_co]] = {}
        for first in range(0, len(keys), MOST_KEYS):
            some = list(keys[first : first + MOST_KEYS])
            for row in (await line.run(self._of_many, {_KEY: some, **given})).rows:
                found.setdefault(row[-1], []).append(self._of_one.reader.read(vault, row))
        return found


_Place = tuple[Lookup[Any], tuple[tuple[str, Any], ...]]


class _Answer:
    """The records of one key, or why there are none; those who came before them wait."""

    __slots__ = ("_waiting", "error", "records")

    def __init__(self) -> None:
        self.records: tuple[Any, ...] | None = None
        self.error: Exception | None = None
        self._waiting: list[asyncio.Future[None]] = []

    def give(self, records: tuple[Any, ...] | None, error: Exception | None = None) -> None:
        self.records, self.error = records, error
        for one in self._waiting:
            if not one.done():
                one.set_result(None)

    def coming(self) -> asyncio.Future[None]:
        """Done when it has come; each waits alone, since who leaves ends what is waited for."""
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(mine)
        return mine


class Asker:
    """The lookups of one reading: collected until everybody who can has asked, then answered."""

    def __init__(self, line: Line, vault: Vault) -> None:
        """`line` is the connection of the reading."""
        self._line = line
        self._vault = vault
        self._answers: dict[_Place, dict[object, _Answer]] = {}
        self._open: dict[_Place, list[object]] = {}
        self._answering: asyncio.Task[None] | None = None

    async def found(
        self, lookup: Lookup[T_co], key: object, given: Mapping[str, Any]
    ) -> tuple[T_co, ...]:
        """The records of this key."""
        place = (lookup, tuple(sorted(given.items())) if given else ())
        answers = self._answers.get(place)
        if answers is None:
            answers = self._answers[place] = {}
        answer = answers.get(key)
        if answer is None:
            answer = answers[key] = self._asked(place, key)
        if answer.records is None and answer.error is None:
            await answer.coming()
        if answer.error is not None:
            raise answer.error
        return answer.records or ()

    def _asked(self, place: _Place, key: object) -> _Answer:
        """To be answered together with what others ask now."""
        self._open.setdefault(place, []).append(key)
        if self._answering is None or self._answering.done():
            self._answering = asyncio.create_task(self._answer_all())
        return _Answer()

    async def close(self) -> None:
        """Whoever left before the answer came is not waited for, but the connection is free."""
        if self._answering is not None:
            await asyncio.wait((self._answering,))

    async def _answer_all(self) -> None:
        while self._open:
            asked, self._open = self._open, {}
            for place, keys in asked.items():
                await self._answer(place, keys)

    async def _answer(self, place: _Place, keys: Sequence[object]) -> None:
        lookup, given = place[0], dict(place[1])
        answers = self._answers[place]
        try:
            if len(keys) == 1:
                answers[keys[0]].give(
                    await lookup.ask_one(self._line, self._vault, keys[0], given)
                )
                return
            found = await lookup.ask_many(self._line, self._vault, keys, given)
        except Exception as error:
            for key in keys:
                answers[key].give(None, error)
            return
        for key in keys:
            answers[key].give(tuple(found.get(key, ())))
