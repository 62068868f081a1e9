"""Adding lines to the journal, as the last thing before a commit."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update

from rules.decision import Entry
from storage import chain
from storage.lines import Line, insert_new
from storage.prepared import Prepared
from storage.sealing import Vault
from storage.tables.plumbing import journal, journal_details, journal_head

DETAILS_AAD = "journal_details.content"
_HEAD_ID = 1
_COLUMNS = tuple(journal.c.keys())
_LINES = Prepared(insert(journal), _COLUMNS)
_LOCKED = Prepared(
    select(journal_head.c.number, journal_head.c.mac, journal_head.c.seal)
    .where(journal_head.c.id == _HEAD_ID)
    .with_for_update()
)
_MOVE = Prepared(
    update(journal_head).where(journal_head.c.id == _HEAD_ID), ("number", "mac", "seal")
)


async def append(
    line: Line, vault: Vault, key: bytes, now: datetime, entries: Sequence[Entry]
) -> None:
    """Number and chain the entries, under the lock on the end of the chain.

    When that end was tampered with, the work goes on, but what follows is chained to nothing, so
    that the break can be proven for ever.
    """
    head = await _locked_head(line, key)
    if not chain.is_sealed(key, head):
        head = chain.Head(max(head.number, await _last_number(line)), chain.BROKEN)
    previous = head.mac
    rows: list[dict[str, Any]] = []
    details: list[dict[str, Any]] = []
    for number, entry in enumerate(entries, head.number + 1):
        row, personal = _line_of(number, now, entry)
        row = replace(row, mac=chain.mac_of(key, previous, row))
        previous = row.mac
        rows.append({name: getattr(row, name) for name in _COLUMNS})
        if personal is not None:
            details.append({"number": number, "content": vault.seal(personal, DETAILS_AAD)})
    await line.run(_LINES, rows)
    if details:
        await insert_new(line, journal_details, details)  # rows of lines cut off may be left
    await _move_head(line, key, rows[-1])


def _line_of(number: int, now: datetime, entry: Entry) -> tuple[chain.Line, str | None]:
    """The line without its MAC, and the text of its personal content."""
    personal = None if entry.personal is None else chain.canonical(entry.personal)
    salt = None if personal is None else secrets.token_hex(16)
    digest = None if personal is None or salt is None else chain.digest_of(salt, personal)
    public = chain.canonical(entry.public)
    kind, subject = str(entry.kind), str(entry.subject)
    return chain.Line(number, now, kind, subject, entry.by, public, salt, digest), personal


async def _locked_head(line: Line, key: bytes) -> chain.Head:
    """The end of the chain, locked until the commit; made when it is not there."""
    found = (await line.run(_LOCKED)).rows
    if not found:
        await insert_new(line, journal_head, await _first_head(line, key))
        found = (await line.run(_LOCKED)).rows
    return chain.Head(*found[0])


async def _first_head(line: Line, key: bytes) -> dict[str, Any]:
    """The end of an empty chain; that of a chain whose end was removed gets no valid seal."""
    last = await _last_number(line)
    seal = chain.seal_of(key, 0, chain.GENESIS)  # not valid for any other number
    return {"id": _HEAD_ID, "number": last, "mac": chain.GENESIS, "seal": seal}


async def _last_number(line: Line) -> int:
    return (await line.run(select(func.max(journal.c.number)))).rows[0][0] or 0


async def _move_head(line: Line, key: bytes, last: dict[str, Any]) -> None:
    number, mac = last["number"], last["mac"]
    values = {"number": number, "mac": mac, "seal": chain.seal_of(key, number, mac)}
    await line.run(_MOVE, values)
