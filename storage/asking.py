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

from sqlalchemy import ColumnElement, Select, bindparam

from storage.lines import Line
from storage.rows import Reader, reader_for, signature_of
from storage.sealing import Vault

T_co = TypeVar("T_co", covariant=True)

#: As many keys go into one statement.
MOST_KEYS = 500
_KEY = "lookup_key"


class Lookup(Generic[T_co]):
    """A query without its key.  `query` may have parameters (bindparam) which all askers give."""

    def __init__(
        self, query: Select[*tuple[Any, ...]], key: ColumnElement[Any], record: type[T_co]
    ) -> None:
        """`key` is the column that is asked for; rows come in the order of `query`."""
        self._query, self._key, self._record = query, key, record
        self.of_one = query.where(key == bindparam(_KEY))

    @cached_property
    def of_many(self) -> Select[*tuple[Any, ...]]:
        """The same for many keys; each row ends with its key."""
        is_asked = self._key.in_(bindparam(_KEY, expanding=True))
        return self._query.add_columns(self._key.label(_KEY)).where(is_asked)

    @cached_property
    def reader(self) -> Reader:
        """Makes a record of a row."""
        return reader_for(self._record, signature_of(self._query))

    async def ask_one(
        self, line: Line, vault: Vault, key: object, given: Mapping[str, Any]
    ) -> tuple[T_co, ...]:
        """The records of one key."""
        outcome = await line.run(self.of_one, {_KEY: key, **given})
        return tuple(self.reader.read(vault, row) for row in outcome.rows)

    async def ask_many(
        self, line: Line, vault: Vault, keys: Sequence[object], given: Mapping[str, Any]
    ) -> dict[object, list[T_co]]:
        """The records of each key; a key without any is left out."""
        found: dict[object, list[T_co]] = {}
        for first in range(0, len(keys), MOST_KEYS):
            some = list(keys[first : first + MOST_KEYS])
            for row in (await line.run(self.of_many, {_KEY: some, **given})).rows:
                found.setdefault(row[-1], []).append(self.reader.read(vault, row))
        return found


_Place = tuple[Lookup[Any], tuple[tuple[str, Any], ...]]
_Answer = asyncio.Future[tuple[Any, ...]]


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
        place = (lookup, tuple(sorted(given.items())))
        answers = self._answers.setdefault(place, {})
        answer = answers.get(key)
        if answer is None:
            answer = answers[key] = asyncio.get_running_loop().create_future()
            answer.add_done_callback(lambda done: done.cancelled() or done.exception())
            self._open.setdefault(place, []).append(key)
            if self._answering is None or self._answering.done():
                self._answering = asyncio.create_task(self._answer_all())
        return await asyncio.shield(answer)

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
                answers[keys[0]].set_result(
                    await lookup.ask_one(self._line, self._vault, keys[0], given)
                )
                return
            found = await lookup.ask_many(self._line, self._vault, keys, given)
        except Exception as error:
            for key in keys:
                answers[key].set_exception(error)
            return
        for key in keys:
            answers[key].set_result(tuple(found.get(key, ())))
