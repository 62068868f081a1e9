"""The outbox: what must be said, to whom, and what became of it.

A row waits until its time, is marked `sending` right before the call, and ends with its outcome.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, bindparam, func, literal_column, select, text, union_all, update

from rules.messages.base import Lane
from storage.prepared import Prepared
from storage.rows import values_of
from storage.tables.plumbing import IN_FLIGHT, UNSENT, WAITING, outbox
from storage.work import Reading, Work

_LAST = "\U0010ffff"


class State(StrEnum):
    """Where a row stands."""

    WAITING = "waiting"
    SENDING = "sending"
    DELIVERED = "delivered"
    LATER = "later"  # could not be sent; `not_before` says when again, `cause` why
    UNCERTAIN = "uncertain"  # may have arrived; sent again only if `not_before` says when
    GIVEN_UP = "given_up"
    DROPPED = "dropped"


_ROW = outbox.c.id == bindparam("row")
_MARK_SENDING = Prepared(
    update(outbox)
    .where(_ROW, text(UNSENT))
    .values(
        state=State.SENDING,
        attempts=outbox.c.attempts + 1,
        chat_id=bindparam("chat"),
        sending_at=bindparam("at"),
        cause=None,
    )
)
_MARK_DELIVERED = Prepared(
    update(outbox)
    .where(_ROW)
    .values(
        state=State.DELIVERED,
        message_id=bindparam("message"),
        delivered_at=bindparam("at"),
        not_before=None,
    )
)
_MARK = Prepared(
    update(outbox)
    .where(_ROW)
    .values(state=bindparam("new_state"), not_before=bindparam("until"), cause=bindparam("why"))
)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A row of the outbox.  `payload["items"]` lists what the message is about.

    Rows with the same `group_key` that still wait become one; `card_key` names the living message
    that a row belongs to; `not_before` None means: never by itself.
    """

    key: str
    kind: str
    lane: Lane
    person_id: int | None = None
    chat_id: int | None = None
    payload: Mapping[str, Any] = field(default_factory=dict)
    not_before: datetime | None = None
    group_key: str | None = None
    card_key: str | None = None
    is_edit: bool = False
    is_silent: bool = False
    student_id: int | None = None
    case_id: int | None = None
    state: State = State.WAITING
    attempts: int = 0
    cause: str | None = None
    message_id: int | None = None
    created_at: datetime | None = None
    sending_at: datetime | None = None
    delivered_at: datetime | None = None
    id: int = 0

    @property
    def items(self) -> tuple[int, ...]:
        """Everything it is about, of the sort that its payload's `about` names."""
        return tuple(self.payload.get("items", ()))

    @property
    def item(self) -> int:
        """What it is about; of several, the first."""
        return self.items[0]

    @property
    def more(self) -> Mapping[str, Any]:
        """The values that the message brought along."""
        more: Mapping[str, Any] = self.payload.get("more", {})
        return more

    @property
    def to(self) -> int:
        """The person who is to hear it; LookupError for an answer to a stranger."""
        if self.person_id is None:
            raise LookupError(f"outbox row {self.id} is for a chat, not for a person")
        return self.person_id


async def add(work: Work, row: Outgoing) -> int | None:
    """Put a row in; the id of the row that will carry it, or None when its key is known.

    Without `not_before` it is due at once.  If a row of its group still waits, its items join that
    row, which goes out at the earlier of both times; its key is remembered all the same.
    """
    row = replace(row, created_at=work.now, not_before=row.not_before or work.now)
    host = await _waiting_in_group(work, row)
    if host is not None:
        row = replace(row, state=State.DROPPED, cause=f"merged:{host.id}")
    ids = await work.insert_new(outbox, values_of(outbox, row, work.vault))
    if not ids or host is None:
        return int(ids[0]) if ids else None
    await _merge(work, host, row)
    return host.id


async def due(read: Reading, now: datetime, limit: int) -> list[Outgoing]:
    """What is to be sent now: lane after lane, within a lane whoever has waited longest."""
    lanes = union_all(*(_due_in_lane(rank, lane, now, limit) for rank, lane in enumerate(Lane)))
    order = (text("lane_rank"), text("not_before"), text("id"))
    return await read.all(lanes.order_by(*order).limit(limit), Outgoing)


async def next_due_at(read: Reading) -> datetime | None:
    """When the next row that is not yet due becomes due, or has become so."""
    found = await read.scalars(
        select(func.min(outbox.c.not_before)).where(text(UNSENT)).group_by(outbox.c.lane)
    )
    return min((at for at in found if at is not None), default=None)


async def mark_sending(work: Work, row_id: int, chat_id: int) -> bool:
    """Right before the call; False when the row has been taken, dropped or superseded."""
    values = {"row": row_id, "chat": chat_id, "at": work.now}
    return (await work.execute(_MARK_SENDING, values)).rowcount == 1


async def mark_delivered(work: Work, row_id: int, message_id: int | None) -> None:
    """Telegram has it, as `message_id`."""
    await work.execute(_MARK_DELIVERED, {"row": row_id, "message": message_id, "at": work.now})


async def mark_later(work: Work, row_id: int, until: datetime, cause: str) -> None:
    """It did not arrive; try again at `until`."""
    await _mark(work, row_id, State.LATER, until, cause)


async def mark_uncertain(
    work: Work, row_id: int, cause: str, again_at: datetime | None = None
) -> None:
    """It may have arrived; it is sent once more at `again_at`, or not at all."""
    await _mark(work, row_id, State.UNCERTAIN, again_at, cause)


async def mark_given_up(work: Work, row_id: int, cause: str) -> None:
    """It cannot be delivered, ever."""
    await _mark(work, row_id, State.GIVEN_UP, None, cause)


async def mark_dropped(work: Work, row_id: int, cause: str) -> None:
    """It is no longer wanted."""
    await _mark(work, row_id, State.DROPPED, None, cause)


async def supersede(work: Work, card_key: str) -> list[int]:
    """Drop what still waits for this living message; returns the ids."""
    return await _drop(work, "superseded", outbox.c.card_key == card_key)


async def withdraw(work: Work, key_prefix: str, cause: str) -> list[int]:
    """Drop what still waits and has a key that begins so; returns the ids."""
    begins = (outbox.c.key >= key_prefix, outbox.c.key < key_prefix + _LAST)
    return await _drop(work, cause, *begins)


async def sending_at_start(read: Reading) -> list[Outgoing]:
    """What was in flight when the last run ended: it may have arrived."""
    return await read.all(select(outbox).where(text(IN_FLIGHT)).order_by(outbox.c.id), Outgoing)


async def counts(read: Reading) -> dict[State, int]:
    """How many rows stand where."""
    query = select(outbox.c.state, func.count()).group_by(outbox.c.state)
    return {State(state): number for state, number in (await read.execute(query)).rows}


def _due_in_lane(rank: int, lane: Lane, now: datetime, limit: int) -> Select[*tuple[Any, ...]]:
    rows = (
        select(outbox)
        .where(outbox.c.lane == lane.value, outbox.c.not_before <= now, text(UNSENT))
        .order_by(outbox.c.not_before, outbox.c.id)
        .limit(limit)
        .subquery()
    )
    return select(rows, literal_column(str(rank)).label("lane_rank"))


async def _waiting_in_group(work: Work, row: Outgoing) -> Outgoing | None:
    if row.group_key is None:
        return None
    query = (
        select(outbox)
        .where(outbox.c.group_key == row.group_key, text(WAITING))
        .where(outbox.c.person_id == row.person_id, outbox.c.kind == row.kind)
        .order_by(outbox.c.id)
        .limit(1)
        .with_for_update()
    )
    return await work.one(query, Outgoing)


async def _merge(work: Work, host: Outgoing, row: Outgoing) -> None:
    items: Sequence[Any] = host.payload.get("items", [])
    joined = [*items, *(item for item in row.payload.get("items", []) if item not in items)]
    times = [at for at in (host.not_before, row.not_before) if at is not None]
    merged = replace(host, payload={**host.payload, "items": joined}, not_before=min(times))
    values = values_of(outbox, merged, work.vault)
    await work.execute(
        update(outbox)
        .where(outbox.c.id == host.id)
        .values(payload=values["payload"], not_before=values["not_before"])
    )


async def _drop(work: Work, cause: str, *conditions: Any) -> list[int]:
    statement = (
        update(outbox)
        .where(text(UNSENT), *conditions)
        .values(state=State.DROPPED, cause=cause, not_before=None)
        .returning(outbox.c.id)
    )
    return sorted(row[0] for row in (await work.execute(statement)).rows)


async def _mark(work: Work, row_id: int, state: State, until: datetime | None, cause: str) -> None:
    values = {"row": row_id, "new_state": state, "until": until, "why": cause}
    await work.execute(_MARK, values)
