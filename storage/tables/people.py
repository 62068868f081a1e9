"""Persons, posts, pairings, guardians, invites, consents."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Table, UniqueConstraint, text

from storage.tables.columns import day, flag, instant, key, number, ref, sealed, version, word
from storage.tables.metadata import metadata

people = Table(
    "people",
    metadata,
    key(),
    word("name", size=80),
    sealed("phone"),
    word("phone_hash", size=64, needed=False, indexed=True),
    word("language", size=8),
    Column("chat_id", BigInteger, nullable=True),
    instant("bound_at"),
    instant("blocked_at"),
    instant("stopped_at"),
    day("left_on"),
    version(),
)
#: Only those who are bound have a chat.
Index(
    "ix_people_chat_id",
    people.c.chat_id,
    sqlite_where=text("chat_id IS NOT NULL"),
    postgresql_where=text("chat_id IS NOT NULL"),
)

posts = Table(
    "posts",
    metadata,
    key(),
    ref("person_id", "people", indexed=True),
    word("role"),
    ref("unit_id", "units"),
    ref("class_id", "classes", needed=False, indexed=True),
    day("from_on"),
    day("to_on"),
    version(),
    Index(None, "unit_id", "role"),
    Index(None, "role"),
)

pairings = Table(
    "pairings",
    metadata,
    key(),
    word("scope"),
    number("scope_id"),
    word("level"),
    ref("person_id", "people", indexed=True),
    day("from_on"),
    day("to_on"),
    version(),
    Index(None, "scope", "scope_id", "level"),
)

deputies = Table(
    "deputies",
    metadata,
    key(),
    ref("person_id", "people", indexed=True),
    ref("deputy_id", "people", indexed=True),
    day("from_on", needed=True),
    day("to_on", needed=True),
    number("named_by"),
    instant("ended_at"),
    version(),
)

guardianships = Table(
    "guardianships",
    metadata,
    key(),
    ref("student_id", "students"),
    ref("person_id", "people", indexed=True),
    number("position"),
    word("relation"),
    flag("is_guardian"),
    flag("is_carer"),
    flag("parent_consent"),
    word("state"),
    instant("claimed_at"),
    number("confirmed_by", needed=False),
    instant("confirmed_at"),
    word("flag"),
    word("flag_pending", needed=False),
    instant("since"),
    version(),
    UniqueConstraint("student_id", "person_id"),
)

#: How far each was linked before; the present state stands at the guardianship.
past_links = Table(
    "past_links",
    metadata,
    key(),
    ref("guardianship_id", "guardianships", indexed=True),
    word("state"),
    instant("until", needed=True),
    version(),
)

invites = Table(
    "invites",
    metadata,
    key(),
    Column("code_hash", word("x", size=64).type, nullable=False, unique=True),
    ref("person_id", "people", indexed=True),
    ref("guardianship_id", "guardianships", needed=False),
    instant("issued_at", needed=True),
    instant("expires_at", needed=True),
    instant("used_at"),
    Column("used_by_chat", BigInteger, nullable=True),
    instant("revoked_at"),
    version(),
)

consents = Table(
    "consents",
    metadata,
    key(),
    ref("person_id", "people", indexed=True),
    ref("guardianship_id", "guardianships", needed=False),
    word("text_version"),
    flag("agreed"),
    word("way"),
    instant("at", needed=True),
    Column("chat_id", BigInteger, nullable=True),
    instant("withdrawn_at"),
    version(),
)

#: Wrong codes and useless messages per chat (data.md: 5 a day and account; then silence).
strangers = Table(
    "strangers",
    metadata,
    key(),
    Column("chat_id", BigInteger, nullable=False, unique=True),
    day("codes_on"),
    number("wrong_codes"),
    number("useless"),
    version(),
)

#: Drafts of long flows: a restart, or answering tomorrow, loses nothing.
drafts = Table(
    "drafts",
    metadata,
    key(),
    Column("chat_id", BigInteger, nullable=False, unique=True),
    ref("person_id", "people"),
    word("flow"),
    word("step"),
    sealed("body"),
    number("message_id", needed=False),
    instant("updated_at", needed=True),
    version(),
)
