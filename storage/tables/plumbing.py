"""Inbox, outbox, living messages, journal, and what the machinery remembers."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, LargeBinary, String, Table, Text, text

from storage.tables.columns import SEALED, flag, instant, key, number, sealed, version, word
from storage.tables.columns import text as long_text
from storage.tables.metadata import metadata

#: Text compared byte by byte on both engines, so that a range finds what begins alike.
BYTEWISE = String(200).with_variant(String(200, collation="C"), "postgresql")
WAITING = "state = 'waiting'"
UNSENT = "state IN ('waiting', 'later', 'uncertain')"
IN_FLIGHT = "state = 'sending'"

#: What came from Telegram, in its own words, until 30 days after it was handled.
inbox = Table(
    "inbox",
    metadata,
    Column("update_id", BigInteger, primary_key=True, autoincrement=False),
    Column("chat_id", BigInteger, nullable=True),
    Column("content", LargeBinary, nullable=False, info=SEALED),
    instant("received_at", needed=True, indexed=True),
    word("state"),
    number("attempts"),
    instant("not_before", needed=True),
    instant("handled_at", indexed=True),
    word("cause", needed=False, size=200),
)
Index(
    "ix_inbox_waiting",
    inbox.c.chat_id,
    inbox.c.update_id,
    sqlite_where=text(WAITING),
    postgresql_where=text(WAITING),
)
Index(
    "ix_inbox_waiting_order",
    inbox.c.update_id,
    sqlite_where=text(WAITING),
    postgresql_where=text(WAITING),
)
Index(
    "ix_inbox_aside",
    inbox.c.update_id,
    sqlite_where=text("state = 'aside'"),
    postgresql_where=text("state = 'aside'"),
)

outbox = Table(
    "outbox",
    metadata,
    key(),
    Column("key", BYTEWISE, nullable=False, unique=True),
    word("kind", size=60),
    number("person_id", needed=False, indexed=True),
    Column("chat_id", BigInteger, nullable=True),
    word("lane", size=12),
    sealed("payload"),
    word("group_key", needed=False, size=200),
    word("card_key", needed=False, size=200),
    flag("is_edit"),
    flag("is_silent"),
    instant("created_at", needed=True, indexed=True),
    instant("not_before"),
    word("state", size=12),
    number("attempts"),
    word("cause", needed=False, size=200),
    Column("message_id", BigInteger, nullable=True),
    instant("sending_at"),
    instant("delivered_at"),
    number("student_id", needed=False, indexed=True),
    number("case_id", needed=False, indexed=True),
)
for _name, _columns, _where in (
    ("ix_outbox_due", ("lane", "not_before", "id"), UNSENT),
    ("ix_outbox_group", ("group_key",), WAITING),
    ("ix_outbox_companions", ("group_key",), "state IN ('waiting', 'later')"),
    ("ix_outbox_card", ("card_key",), UNSENT),
    ("ix_outbox_in_flight", ("id",), IN_FLIGHT),
    ("ix_outbox_held", ("not_before", "id"), WAITING),
    ("ix_outbox_uncertain", ("id",), "state = 'uncertain'"),
):
    Index(
        _name,
        *(outbox.c[_column] for _column in _columns),
        sqlite_where=text(_where),
        postgresql_where=text(_where),
    )

#: Living messages: where each stands, and a hash of what it shows.
cards = Table(
    "cards",
    metadata,
    key(),
    word("card_key", size=200),
    number("person_id", indexed=True),
    Column("chat_id", BigInteger, nullable=False),
    Column("message_id", BigInteger, nullable=False),
    word("shown_hash", size=64),
    instant("updated_at", needed=True),
    Index(None, "card_key", unique=True),
    Index(None, "chat_id", "message_id"),
)

#: The chain (privacy D6): numbers without gaps, each line bound to the one before it by its MAC.
journal = Table(
    "journal",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    instant("at", needed=True, indexed=True),
    word("kind", size=60),
    word("subject", size=60, indexed=True),
    number("by", needed=False),
    long_text("public", needed=True),
    word("salt", needed=False, size=32),
    word("digest", needed=False, size=64),
    word("mac", size=64),
)

#: The personal content of a line; it may go, and the chain still holds.
journal_details = Table(
    "journal_details",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("content", Text, nullable=False, info=SEALED),
)

#: One row: the end of the chain, under a MAC of its own.
journal_head = Table(
    "journal_head",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("number", BigInteger, nullable=False),
    word("mac", size=64),
    word("seal", size=64),
)

#: Small facts about this database, by name.
meta = Table(
    "meta",
    metadata,
    Column("name", String(60), primary_key=True),
    long_text("value", needed=True),
)

#: Who saw or exported what about whom, when and why (privacy D5).
access_log = Table(
    "access_log",
    metadata,
    key(),
    instant("at", needed=True, indexed=True),
    number("person_id", needed=False, indexed=True),
    number("student_id", needed=False, indexed=True),
    word("what", size=60),
    word("why", needed=False, size=200),
)

#: Files that people sent; the content lies in the data folder under its SHA-256, sealed.
attachments = Table(
    "attachments",
    metadata,
    key(),
    word("sha256", size=64, indexed=True),
    word("media_type", size=100),
    number("size"),
    sealed("name"),
    number("person_id", needed=False, indexed=True),
    number("student_id", needed=False, indexed=True),
    number("case_id", needed=False, indexed=True),
    instant("received_at", needed=True, indexed=True),
    instant("removed_at", indexed=True),
    version(),
)
