"""适龄儿童底册 and what was found at the door (rules.md 8)."""

from __future__ import annotations

from sqlalchemy import Index, Table, UniqueConstraint

from storage.tables.columns import day, instant, key, number, ref, sealed, version, word
from storage.tables.metadata import metadata

villages = Table(
    "villages",
    metadata,
    key(),
    word("name", size=80),
    ref("township_id", "units", needed=False, indexed=True),
    version(),
    UniqueConstraint("name", "township_id"),
)

eligible = Table(
    "eligible",
    metadata,
    key(),
    ref("village_id", "villages", indexed=True),
    word("name", size=80),
    word("sex", size=1, needed=False),
    day("birth_on", indexed=True),
    sealed("id_number"),
    word("id_hash", size=64, needed=False, indexed=True),
    sealed("written"),
    sealed("guardian"),
    sealed("phone"),
    sealed("address"),
    word("source", needed=False, size=80),
    sealed("note"),
    instant("listed_at", needed=True, indexed=True),
    word("standing", needed=False),
    ref("student_id", "students", needed=False, indexed=True),
    version(),
    Index(None, "name", "village_id"),
)

doorsteps = Table(
    "doorsteps",
    metadata,
    key(),
    ref("eligible_id", "eligible", indexed=True),
    ref("village_id", "villages", indexed=True),
    instant("opened_at", needed=True),
    sealed("body"),
    word("answer", needed=False),
    instant("answered_at", indexed=True),
    number("answered_by", needed=False),
    ref("school_id", "units", needed=False),
    ref("file_id", "attachments", needed=False, indexed=True),
    instant("ended_at", indexed=True),
    word("outcome", needed=False),
    number("ended_by", needed=False),
    day("holds_until"),
    version(),
)
