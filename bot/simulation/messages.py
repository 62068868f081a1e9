"""No message without a cause line, none from nowhere, none twice but what was in doubt."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from sqlalchemy import func, select

from bot.simulation.broken import Broken
from playground.server import BotApi
from storage.outbox import State
from storage.tables.plumbing import journal, outbox
from storage.work import Reading

#: What became of a message, and the line of the journal that says so.
LINES = {
    State.DELIVERED.value: "message_delivered",
    State.DROPPED.value: "message_dropped",
    State.GIVEN_UP.value: "message_given_up",
}
WITH_CAUSE = (State.DROPPED.value, State.GIVEN_UP.value)


class Post:
    """Compares outbox, journal and phones, each day what is new."""

    def __init__(self, api: BotApi) -> None:
        """Nothing has been compared."""
        self._api = api
        self._line = 0
        self._known: set[int] = set()
        self._said: set[tuple[str, str]] = set()
        self._doubts: Counter[int] = Counter()
        self._seen = 0

    async def look(self, read: Reading, now: datetime) -> list[Broken]:
        """What is wrong with what was said, or not said, since the last look."""
        await self._read_lines(read)
        return [*await self._unexplained(read, now), *await self._doubled(read, now)]

    async def _read_lines(self, read: Reading) -> None:
        query = select(journal.c.number, journal.c.kind, journal.c.subject).where(
            journal.c.number > self._line, journal.c.subject.like("message:%")
        )
        for number, kind, subject in (await read.execute(query)).rows:
            self._line = max(self._line, number)
            self._said.add((kind, subject))

    async def _unexplained(self, read: Reading, now: datetime) -> list[Broken]:
        """Every message that left, or never will, has its line; what will not has its cause."""
        query = select(outbox.c.id, outbox.c.state, outbox.c.cause).where(
            outbox.c.state.in_(tuple(LINES))
        )
        newest = max(self._known, default=0)
        found = []
        for id, state, cause in (await read.execute(query.where(outbox.c.id > newest - 5000))).rows:
            if id in self._known:
                continue
            self._known.add(id)
            subject = f"message:{id}"
            is_merged = (cause or "").startswith("merged:")
            if (LINES[state], subject) not in self._said and not is_merged:
                found.append(Broken(f"no line: {state}", subject, now, cause or ""))
            elif state in WITH_CAUSE and not cause:
                found.append(Broken(f"no cause: {state}", subject, now))
        return found

    async def _doubled(self, read: Reading, now: datetime) -> list[Broken]:
        """Each new message on a phone is a row of the outbox, but what was in doubt."""
        new = self._api.feed.since(self._seen)
        self._seen += len(new)
        shown = Counter(one.chat_id for one in new if one.kind == "message")
        return []
