"""The inbox: what Telegram sent is stored first, and handled from here in order per chat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, exists, func, select, text, update

from storage.database import Database
from storage.lines import Values
from storage.prepared import Prepared
from storage.tables.plumbing import WAITING, inbox
from storage.work import Reading, Work

Arrived = tuple[int, str, int | None]
_AAD = "inbox.content"
_earlier = inbox.alias("earlier")
#: An update that was put off holds back the later ones of its chat.
_HELD = exists().where(
    text("earlier.state = 'waiting'"),
    _earlier.c.chat_id == inbox.c.chat_id,
    _earlier.c.update_id < inbox.c.update_id,
    _earlier.c.not_before > bindparam("now"),
)
_WAITING = Prepared(
    select(inbox.c.update_id, inbox.c.chat_id, inbox.c.content, inbox.c.attempts)
    .where(text("inbox.state = 'waiting'"), inbox.c.not_before <= bindparam("now"), ~_HELD)
    .order_by(inbox.c.update_id)
    .limit(bindparam("most"))
)
_CLOSE = Prepared(
    update(inbox)
    .where(inbox.c.update_id == bindparam("which"), inbox.c.state == "waiting")
    .values(
        state=bindparam("new_state"),
        cause=bindparam("why"),
        handled_at=bindparam("at"),
        attempts=inbox.c.attempts + 1,
    )
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An update to handle: its raw JSON, and how often that has failed already."""

    update_id: int
    chat_id: int | None
    content: str
    attempts: int


async def store(database: Database, updates: Sequence[Arrived], now: datetime) -> None:
    """Keep (update id, raw JSON, chat id) lastingly before Telegram is told; known ones stay."""
    if not updates:
        return
    async with database.work(now) as work:
        await work.insert_new(inbox, [_row(work, update) for update in updates])


async def waiting(read: Reading, now: datetime, limit: int) -> list[Waiting]:
    """Up to `limit` updates to handle now, oldest first.

    An update that was put off holds back the later ones of its chat, and no others.
    """
    outcome = await read.execute(_WAITING, {"now": now, "most": limit})
    return [
        Waiting(update_id, chat_id, read.vault.open_bytes(content, _AAD).decode(), attempts)
        for update_id, chat_id, content, attempts in outcome.rows
    ]


async def mark_done(work: Work, update_id: int) -> None:
    """The update has had its effect, which is in the same unit of work."""
    await _close(work, update_id, "done", None)


async def put_off(work: Work, update_id: int, until: datetime, cause: str) -> None:
    """Handling failed; try again at `until`."""
    await work.execute(
        update(inbox)
        .where(inbox.c.update_id == update_id, inbox.c.state == "waiting")
        .values(attempts=inbox.c.attempts + 1, not_before=until, cause=cause[:200])
    )


async def set_aside(work: Work, update_id: int, cause: str) -> None:
    """Junk: never tried again, kept for a human to look at until retention takes it."""
    await _close(work, update_id, "aside", cause[:200])


async def count_waiting(read: Reading) -> int:
    """How many updates are not handled yet."""
    query = select(func.count()).select_from(inbox).where(text(WAITING))
    return int(await read.scalar(query))


async def highest_update_id(read: Reading) -> int | None:
    """The highest id of the latest batch: Telegram may start anew, lower, after a quiet week."""
    latest = select(func.max(inbox.c.received_at)).scalar_subquery()
    highest = await read.scalar(
        select(func.max(inbox.c.update_id)).where(inbox.c.received_at == latest)
    )
    return None if highest is None else int(highest)


async def drop_handled_before(work: Work, instant: datetime) -> int:
    """Retention: remove what was handled before `instant`; returns how many."""
    outcome = await work.execute(
        delete(inbox).where(inbox.c.state != "waiting", inbox.c.handled_at < instant)
    )
    return outcome.rowcount


async def _close(work: Work, update_id: int, state: str, cause: str | None) -> None:
    values = {"which": update_id, "new_state": state, "why": cause, "at": work.now}
    await work.execute(_CLOSE, values)


def _row(work: Work, arrived: Arrived) -> Values:
    update_id, raw, chat_id = arrived
    return {
        "update_id": update_id,
        "chat_id": chat_id,
        "content": work.vault.seal_bytes(raw.encode(), _AAD),
        "received_at": work.now,
        "state": "waiting",
        "attempts": 0,
        "not_before": work.now,
    }
