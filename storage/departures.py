"""Which rows of the outbox leave next, and what becomes of them: each has its journal line."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, case, func, literal_column, select, update

from rules.messages.base import Lane
from rules.messages.catalogue import repeating
from storage import outbox
from storage.asking import Lookup
from storage.outbox import Outgoing, State
from storage.outgoing import entry_of
from storage.prepared import Prepared
from storage.tables.people import people
from storage.tables.plumbing import cards
from storage.tables.plumbing import outbox as table
from storage.work import Reading, Work

UNSENT = (State.WAITING, State.LATER, State.UNCERTAIN)
#: An uncertain message of these lanes is sent once more; the others wait for their next reminder.
RESENT = (Lane.SAFETY, Lane.ALERT)
AGAIN = "again"


def _is_one_of(*states: State) -> ColumnElement[bool]:
    """Spelled out, so that the indexes of rows in these states serve."""
    return table.c.state.in_([literal_column(f"'{one}'") for one in states])


_IS_UNSENT = _is_one_of(*UNSENT)
_IS_WAITING = _is_one_of(State.WAITING, State.LATER)
_LANE = case({lane.value: rank for rank, lane in enumerate(Lane)}, value=table.c.lane, else_=99)
#: Within a lane what is said for the first time goes before what is said again.
_IS_AGAIN = table.c.kind.in_([literal_column(f"'{one}'") for one in repeating()]) | _is_one_of(
    State.UNCERTAIN
)
_RANK = 2 * _LANE + case((_IS_AGAIN, 1), else_=0)
_CHAT = func.coalesce(people.c.chat_id, table.c.chat_id)


_UNSENT_ROW = Lookup(select(table).where(_IS_UNSENT), table.c.id, Outgoing)
_IN_GROUP = Lookup(
    select(table).where(_IS_WAITING, table.c.not_before <= bindparam("now")).order_by(table.c.id),
    table.c.group_key,
    Outgoing,
)


_TURN = func.row_number().over(
    partition_by=func.coalesce(_CHAT, -table.c.id),
    order_by=(_RANK, table.c.not_before, table.c.id),
)
_due = (
    select(
        table.c.id,
        table.c.kind,
        table.c.lane,
        _CHAT.label("chat_id"),
        table.c.is_edit,
        table.c.not_before,
        _RANK.label("rank"),
        _TURN.label("turn"),
    )
    .select_from(table.outerjoin(people, people.c.id == table.c.person_id))
    .where(_IS_UNSENT, table.c.not_before <= bindparam("now"))
    .where(table.c.id.not_in(bindparam("skipped", expanding=True)))
    .subquery()
)
_first_of_chat = select(
    _due.c.id, _due.c.kind, _due.c.lane, _due.c.chat_id, _due.c.is_edit, _due.c.not_before
).where(_due.c.turn == 1)
_NEXT = Prepared(
    _first_of_chat.order_by(_due.c.rank, _due.c.not_before, _due.c.id).limit(bindparam("most"))
)
_place = func.row_number().over(partition_by=_due.c.lane, order_by=(_due.c.not_before, _due.c.id))
_by_age = _first_of_chat.add_columns(_place.label("place")).subquery()
_OLDEST = Prepared(
    select(*(one for one in _by_age.c if one.name != "place"))
    .where(_by_age.c.place <= bindparam("most"))
    .order_by(_by_age.c.not_before, _by_age.c.id)
)
_NOTE_EDIT = Prepared(
    update(cards)
    .where(cards.c.chat_id == bindparam("chat"), cards.c.message_id == bindparam("message"))
    .values(shown_hash=bindparam("shows"), updated_at=bindparam("at"))
)


@dataclass(frozen=True, slots=True)
class Departure:
    """A row that may leave: enough to decide when."""

    id: int
    kind: str
    lane: str
    chat_id: int | None
    is_edit: bool
    due_at: datetime


async def next_departures(
    read: Reading, now: datetime, limit: int, skipped: Collection[int] = ()
) -> list[Departure]:
    """What may leave at `now`, most urgent lane first, then what is no repetition, then whoever
    has waited longest.

    One row per chat, so that a chat with much to hear delays no other; `skipped` rows are left
    alone.
    """
    asked = {"now": now, "most": limit, "skipped": list(skipped)}
    return [Departure(*row) for row in (await read.execute(_NEXT, asked)).rows]


async def longest_waiting(
    read: Reading, since: datetime, of_each_lane: int, skipped: Collection[int] = ()
) -> list[Departure]:
    """Whoever has waited since then or longer, the oldest of each lane, oldest first."""
    asked = {"now": since, "most": of_each_lane, "skipped": list(skipped)}
    return [Departure(*row) for row in (await read.execute(_OLDEST, asked)).rows]


async def next_after(read: Reading, now: datetime) -> datetime | None:
    """When the next row becomes due; what is due already is not meant."""
    query = select(func.min(table.c.not_before)).where(_IS_UNSENT, table.c.not_before > now)
    at: datetime | None = await read.scalar(query)
    return at


async def unsent(read: Reading, row_id: int) -> Outgoing | None:
    """The row, if it still waits to be sent."""
    return await read.get(_UNSENT_ROW, row_id)


async def companions(read: Reading, row: Outgoing, now: datetime) -> list[Outgoing]:
    """The other rows of its group that may leave now: they become one message with it."""
    if row.group_key is None:
        return []
    group = await read.found(_IN_GROUP, row.group_key, now=now)
    return [one for one in group if one.person_id == row.person_id and one.id != row.id]


async def shown_before(read: Reading, row: Outgoing, kinds: Sequence[str]) -> list[Outgoing]:
    """The rows of the newest message of these kinds to this person that shows the same item."""
    about = row.payload.get("about", "")
    keys = [f"{about}:{row.item}:{kind}:{row.person_id}:" for kind in kinds]
    query = (
        select(table)
        .where(table.c.person_id == row.person_id, table.c.kind.in_(kinds))
        .where(table.c.state == State.DELIVERED, table.c.message_id.is_not(None))
        .order_by(table.c.delivered_at.desc(), table.c.id.desc())
    )
    delivered = await read.all(query.limit(100), Outgoing)
    newest = next((one for one in delivered if one.key.startswith(tuple(keys))), None)
    if newest is None:
        return []
    return [one for one in delivered if one.message_id == newest.message_id]


async def hold(work: Work, kinds: Collection[str], until: datetime) -> None:
    """Everything due of these kinds waits for the end of the night."""
    await work.execute(
        update(table)
        .where(table.c.kind.in_(kinds), table.c.not_before <= work.now)
        .where(_IS_WAITING)
        .values(state=State.LATER, not_before=until, cause="quiet_hours")
    )


async def uncertain_once(read: Reading) -> list[Outgoing]:
    """What may have arrived, has not been sent again, and should be."""
    query = select(table).where(
        table.c.state == literal_column(f"'{State.UNCERTAIN}'"),
        table.c.lane.in_(RESENT),
        table.c.not_before.is_(None),
        ~table.c.cause.startswith(AGAIN),
    )
    return await read.all(query, Outgoing)


async def has_card(read: Reading, row: Outgoing) -> bool:
    """Whether the living message of this row stands somewhere already."""
    if row.card_key is None:
        return False
    return (
        await read.scalar(select(cards.c.id).where(cards.c.card_key == row.card_key)) is not None
    )


def is_resent(row: Outgoing) -> bool:
    """Whether this row, now in doubt for the first time, is to be sent once more."""
    return row.lane in RESENT and row.state is not State.UNCERTAIN


async def deliver(work: Work, rows: Iterable[Outgoing], message_id: int | None) -> None:
    """Telegram has taken the message that these rows became."""
    for row in rows:
        await outbox.mark_delivered(work, row.id, message_id)
        work.journal(entry_of(row, "message_delivered"))


async def give_up(work: Work, rows: Iterable[Outgoing], cause: str) -> None:
    """It can never be delivered, and why."""
    for row in rows:
        await outbox.mark_given_up(work, row.id, cause[:200])
        work.journal(entry_of(row, "message_given_up", cause=cause))


async def doubt(work: Work, rows: Iterable[Outgoing], cause: str) -> None:
    """It may have arrived; a second time in doubt is never sent again."""
    for row in rows:
        said = f"{AGAIN}: {cause}" if row.state is State.UNCERTAIN else cause
        await outbox.mark_uncertain(work, row.id, said[:200])
        work.journal(entry_of(row, "message_uncertain", cause=said))


async def put_off(work: Work, rows: Iterable[Outgoing], cause: str) -> None:
    """It did not arrive; it may leave again as soon as the network allows."""
    for row in rows:
        await outbox.mark_later(work, row.id, work.now, cause[:200])


async def send_again(work: Work, row_ids: Collection[int]) -> None:
    """What is in doubt leaves once more."""
    await work.execute(
        update(table)
        .where(table.c.id.in_(row_ids), table.c.state == State.UNCERTAIN)
        .values(not_before=work.now)
    )


async def note_edit(work: Work, chat_id: int, message_id: int, shown_hash: str) -> None:
    """If the message that was changed is a living one, remember what it shows now."""
    shown = {"chat": chat_id, "message": message_id, "shows": shown_hash, "at": work.now}
    await work.execute(_NOTE_EDIT, shown)
