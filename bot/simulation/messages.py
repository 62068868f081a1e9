"""No message without a cause line, none from nowhere, and no reply that is not stored."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from sqlalchemy import case, func, select

from bot.simulation.broken import Broken
from bot.simulation.wire import Wire
from playground.server import BotApi
from storage.outbox import State
from storage.tables.people import people
from storage.tables.plumbing import inbox, journal, outbox
from storage.work import Reading

#: What became of a message, and the line of the journal that says so.
LINES = {
    State.DELIVERED: "message_delivered",
    State.DROPPED: "message_dropped",
    State.GIVEN_UP: "message_given_up",
    State.UNCERTAIN: "message_uncertain",
}
#: A row that went into another one has its line there.
MERGED = "merged:"
#: Longer texts come in several messages, of which the outbox knows one.
LONG = 3000
#: The chats of those who can be reached.
_LIVING = select(people.c.chat_id).where(
    people.c.chat_id.is_not(None), people.c.blocked_at.is_(None), people.c.stopped_at.is_(None)
)


class Post:
    """Compares outbox, journal, inbox and phones: each day what is new, at the end the whole."""

    def __init__(self, api: BotApi, wire: Wire) -> None:
        """Nothing has been compared."""
        self._api, self._wire = api, wire
        self._line = 0
        self._settled: set[tuple[str, int]] = set()
        self._said: set[tuple[str, str]] = set()

    async def look(self, read: Reading, now: datetime, is_last: bool) -> list[Broken]:
        """What is wrong with what was said, heard, or not said, since the last look."""
        await self._read_lines(read)
        found = [*await self._unexplained(read, now, is_last), *await self._lost(read, now)]
        return [*found, *(await self._from_nowhere(read, now) if is_last else [])]

    async def _read_lines(self, read: Reading) -> None:
        query = select(journal.c.number, journal.c.kind, journal.c.subject).where(
            journal.c.number > self._line
        )
        for number, kind, subject in (await read.execute(query)).rows:
            self._line = number if number > self._line else self._line
            if kind.startswith("message_"):
                self._said.add((kind, subject))

    async def _unexplained(self, read: Reading, now: datetime, is_last: bool) -> list[Broken]:
        """Every message that left, or never will, has its line; what will not has its cause."""
        columns = (outbox.c.id, outbox.c.state, outbox.c.cause)
        query = select(*columns).where(outbox.c.state.in_([one.value for one in LINES]))
        if not is_last:
            query = query.where(outbox.c.id > self._newest - self._looked_back)
        found = []
        for id, state, cause in (await read.execute(query)).rows:
            if (state, id) in self._settled:
                continue
            self._settled.add((state, id))
            found += _flaws(id, State(state), cause or "", self._said, now)
        return found

    #: Rows are settled in about the order in which they were written; the end looks at all.
    _looked_back = 3000

    @property
    def _newest(self) -> int:
        return max((id for _, id in self._settled), default=0)

    async def _lost(self, read: Reading, now: datetime) -> list[Broken]:
        """Whatever was handed over to the bot stands in the inbox."""
        handed = sorted(self._wire.handed)
        self._wire.handed.clear()
        stored: set[int] = set()
        for first in range(0, len(handed), 500):
            some = handed[first : first + 500]
            query = select(inbox.c.update_id).where(inbox.c.update_id.in_(some))
            stored |= set(await read.scalars(query))
        return [Broken("reply lost", f"update:{id}", now) for id in handed if id not in stored]

    async def _from_nowhere(self, read: Reading, now: datetime) -> list[Broken]:
        """Each message on a phone is a row of the outbox, or one that was sent more than once.

        Where somebody's chat was given up, its rows do not name it for long.
        """
        query = select(outbox.c.chat_id, outbox.c.message_id).where(outbox.c.chat_id.is_not(None))
        known = {(row[0], row[1]) for row in (await read.execute(query)).rows}
        noted = case((outbox.c.state == State.DELIVERED.value, 1), else_=0)
        tries = func.sum(outbox.c.attempts - noted)
        again = select(outbox.c.chat_id, tries).where(outbox.c.attempts > 0)
        rows = (await read.execute(again.group_by(outbox.c.chat_id))).rows
        allowed = {row[0]: int(row[1]) for row in rows}
        living = set(await read.scalars(_LIVING))
        return [
            Broken("from nowhere", f"chat:{chat}", now, f"{number} messages")
            for chat, number in self._unknown(known).items()
            if number > allowed.get(chat, 0) and chat in living
        ]

    def _unknown(self, known: set[tuple[int, int]]) -> Counter[int]:
        found: Counter[int] = Counter()
        is_part = False
        for one in self._api.feed.since(0):
            if one.kind != "message" or one.shown is None:
                continue
            is_known = (one.chat_id, one.shown.message_id) in known
            found[one.chat_id] += not is_known and not is_part
            is_part = len(one.text) > LONG
        return found


def _flaws(
    id: int, state: State, cause: str, said: set[tuple[str, str]], now: datetime
) -> list[Broken]:
    subject = f"message:{id}"
    if (LINES[state], subject) not in said and not cause.startswith(MERGED):
        return [Broken(f"no line: {state}", subject, now, cause)]
    if state in (State.DROPPED, State.GIVEN_UP) and not cause:
        return [Broken(f"no cause: {state}", subject, now)]
    return []
