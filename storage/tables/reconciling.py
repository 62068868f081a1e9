"""Register and rosters as they were handed in, and what comparing them found (rules.md 8)."""

from __future__ import annotations

from sqlalchemy import Index, Table, UniqueConstraint

from storage.tables.columns import instant, key, listing, number, ref, sealed, version, word
from storage.tables.metadata import metadata

#: One class as one list has it: the lines are one sealed text.
class_lists = Table(
    "class_lists",
    metadata,
    key(),
    word("side"),  # register | roster | leavers
    ref("school_id", "units"),
    number("grade"),
    number("number"),
    instant("taken_at", needed=True, indexed=True),
    number("children"),
    sealed("lines"),
    version(),
    UniqueConstraint("side", "school_id", "grade", "number"),
)

reconciliations = Table(
    "reconciliations",
    metadata,
    key(),
    instant("at", needed=True),
    listing("counts"),
    version(),
)

findings = Table(
    "findings",
    metadata,
    key(),
    word("kind"),
    word("mark", size=64),
    word("state"),
    ref("register_school_id", "units", needed=False, indexed=True),
    ref("roster_school_id", "units", needed=False, indexed=True),
    ref("student_id", "students", needed=False, indexed=True),
    sealed("body"),
    instant("opened_at", needed=True),
    instant("answered_at"),
    number("answered_by", needed=False),
    instant("ended_at", indexed=True),
    word("outcome", needed=False),
    version(),
    Index(None, "mark", "ended_at"),
)

#: Pairs of lines that a person has to look at.
doubts = Table(
    "doubts",
    metadata,
    key(),
    word("why"),
    word("mark", size=64, indexed=True),
    ref("school_id", "units", indexed=True),
    ref("register_school_id", "units"),
    ref("roster_school_id", "units"),
    sealed("body"),
    instant("opened_at", needed=True),
    instant("ended_at"),
    instant("decided_at"),
    number("decided_by", needed=False),
    word("decision", needed=False),  # same | other
    version(),
)
