"""What goes into the outbox: messages to persons, answers to the speaker, and what is withdrawn.

A row is for a person; which chat and language that means is looked up when it is sent.  Rows
whose `not_before` is empty wait for something else than the time: the receiver's next digest.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, text

from rules.decision import Entry
from rules.messages.base import Hold, Lane, Message
from storage import outbox
from storage.asking import Question
from storage.outbox import Outgoing, State
from storage.rows import values_of
from storage.tables.plumbing import UNSENT
from storage.tables.plumbing import outbox as table
from storage.work import Reading, Work

SCREEN = "screen"
FILE = "file"
REMOVAL = "removal"
COMMANDS = "commands"
_URGENCY = tuple(Lane)
_UNSENT = (State.WAITING, State.LATER, State.UNCERTAIN)
_WAITING_CARDS = Question(
    select(table).where(
        table.c.card_key.in_(bindparam("keys", expanding=True)),
        text(UNSENT),  # as the index says it, so that it serves
        text("state = 'waiting'"),
    ),
    Outgoing,
)
_WAITING_EDITS = Question(
    select(table).where(
        table.c.lane == Lane.ANSWER.value,
        text(UNSENT),
        text("state IN ('waiting', 'later')"),
        table.c.chat_id == bindparam("chat"),
        table.c.message_id == bindparam("message"),
        table.c.is_edit,
        table.c.kind != REMOVAL,
    ),
    Outgoing,
)


async def post(work: Work, messages: Sequence[Message]) -> None:
    """Write a row for each message; one that was posted before stays as it is.

    A living card that still waits gives way to the newer one: its words may have been read
    before what is being decided now, and only a row that is gone cannot leave with them.
    """
    waiting = await _waiting_cards(work, messages)
    await drop(work, list(waiting.values()), "superseded")
    rows: dict[str, Outgoing] = {}
    for message in messages:
        card = card_key(message) if message.card else None
        row = _row(work, message, card)
        if card is not None and card in waiting:
            row = replace(row, lane=min(row.lane, waiting[card].lane, key=_URGENCY.index))
        rows[card or row.key] = row
    await _insert(work, list(rows.values()))


async def answer(
    work: Work,
    key: str,
    chat_id: int,
    content: Mapping[str, Any],
    *,
    person_id: int | None = None,
    edits: int | None = None,
) -> None:
    """Write a row for what the speaker is to see, finished; `edits` is the message to change.

    A change of the same message that still waits gives way to it.
    """
    if edits is not None:
        await _supersede_edits(work, chat_id, edits)
    row = Outgoing(
        key=key,
        kind=FILE if "file" in content else SCREEN,
        lane=Lane.ANSWER,
        person_id=person_id,
        chat_id=chat_id,
        payload={"content": dict(content)},
        not_before=work.now,
        is_edit=edits is not None,
        message_id=edits,
        created_at=work.now,
    )
    await _insert(work, [row])


async def remove(
    work: Work, key: str, chat_id: int, message_id: int, at: datetime | None = None
) -> None:
    """Write a row that takes a message out of a chat, at once or at an instant."""
    row = Outgoing(
        key=key,
        kind=REMOVAL,
        lane=Lane.ANSWER,
        chat_id=chat_id,
        not_before=at or work.now,
        is_edit=True,
        message_id=message_id,
        created_at=work.now,
    )
    await _insert(work, [row])


async def register(work: Work, key: str, chat_id: int, commands: Sequence[Sequence[str]]) -> None:
    """Write a row for the commands of a chat, behind everything that is to be read there.

    What is registered already, or waits to be, is not written again.
    """
    wanted = [list(one) for one in commands]
    known = [
        row
        for row in await _commands_of(work, chat_id)
        if row.state not in (State.DROPPED, State.GIVEN_UP)
    ]
    if known and known[-1].payload.get("commands") == wanted:
        return
    await drop(work, [row for row in known if row.state in _UNSENT], "superseded")
    row = Outgoing(
        key=key,
        kind=COMMANDS,
        lane=Lane.CAMPAIGN,
        chat_id=chat_id,
        payload={"commands": wanted},
        not_before=work.now,
        is_edit=True,
        created_at=work.now,
    )
    await _insert(work, [row])


async def _commands_of(read: Reading, chat_id: int) -> list[Outgoing]:
    query = select(table).where(table.c.kind == COMMANDS, table.c.chat_id == chat_id)
    return await read.all(query.order_by(table.c.id), Outgoing)


async def withdraw(work: Work, key_prefix: str, cause: str) -> int:
    """Drop the messages still waiting whose key begins so; returns how many."""
    ids = await outbox.withdraw(work, key_prefix, cause[:200])
    for row in await _by_id(work, ids):
        work.journal(entry_of(row, "message_dropped", cause=cause))
    return len(ids)


async def drop(work: Work, rows: Sequence[Outgoing], cause: str) -> None:
    """These messages will not be sent, and why; each has its line in the journal."""
    for row in rows:
        await outbox.mark_dropped(work, row.id, cause[:200])
        work.journal(entry_of(row, "message_dropped", cause=cause))


async def waiting_lines(read: Reading, person_id: int) -> list[Outgoing]:
    """The messages that wait for this person's next digest, oldest first."""
    query = select(table).where(
        table.c.person_id == person_id,
        table.c.state == State.WAITING,
        table.c.not_before.is_(None),
    )
    return await read.all(query.order_by(table.c.id), Outgoing)


async def people_with_lines(read: Reading) -> list[int]:
    """Everybody for whom something waits for a digest."""
    query = select(table.c.person_id).where(
        table.c.state == State.WAITING,
        table.c.not_before.is_(None),
        table.c.person_id.is_not(None),
    )
    return sorted(await read.scalars(query.distinct()))


async def mark_merged(work: Work, rows: Sequence[Outgoing], into: str) -> None:
    """These lines have gone into another message, whose key is `into`."""
    await drop(work, rows, f"merged:{into}")


def card_key(message: Message) -> str:
    """The one living message of this kind, about this, for this person."""
    return f"{message.kind}:{message.item}:{message.to}"


def entry_of(row: Outgoing, kind: str, **public: object) -> Entry:
    """A line of the journal about a message: its key and what became of it, no personal data."""
    return Entry(kind, f"message:{row.id}", None, {"key": row.key, "lane": row.lane, **public})


async def _waiting_cards(work: Work, messages: Sequence[Message]) -> dict[str, Outgoing]:
    """The rows of these living messages that have not left yet, by card."""
    keys = [card_key(message) for message in messages if message.card]
    if not keys:
        return {}
    return {row.card_key or "": row for row in await work.ask(_WAITING_CARDS, keys=keys)}


def _row(work: Work, message: Message, card: str | None) -> Outgoing:
    return Outgoing(
        key=f"{message.key}#{secrets.token_hex(6)}" if card else message.key,
        kind=message.kind,
        lane=message.lane,
        person_id=message.to,
        payload=_ids_of(message),
        not_before=None if message.hold is Hold.DIGEST else work.now,
        group_key=f"{message.kind}:{message.to}:{message.group}" if message.group else None,
        card_key=card,
        is_silent=not message.rings,
        student_id=message.student_id,
        case_id=message.case_id,
        created_at=work.now,
    )


def _ids_of(message: Message) -> dict[str, Any]:
    return {
        "about": message.about,
        "items": [message.item],
        "round": message.round,
        "more": dict(message.more),
    }


async def _supersede_edits(work: Work, chat_id: int, message_id: int) -> None:
    waiting = await work.ask(_WAITING_EDITS, chat=chat_id, message=message_id)
    await drop(work, waiting, "superseded")


async def _insert(work: Work, rows: Sequence[Outgoing]) -> None:
    if rows:
        await work.insert_new(table, [values_of(table, row, work.vault) for row in rows])


async def _by_id(read: Reading, ids: Sequence[int]) -> list[Outgoing]:
    if not ids:
        return []
    return await read.all(select(table).where(table.c.id.in_(ids)).order_by(table.c.id), Outgoing)
