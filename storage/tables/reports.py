"""What is owed on which rhythm, and every signature."""

from __future__ import annotations

from sqlalchemy import Index, Table, UniqueConstraint, text

from storage.tables.columns import (
    day,
    flag,
    instant,
    key,
    listing,
    number,
    ref,
    sealed,
    version,
    word,
)
from storage.tables.metadata import metadata

report_dues = Table(
    "report_dues",
    metadata,
    key(),
    word("rhythm"),
    ref("unit_id", "units"),
    word("period"),
    day("from_on", needed=True),
    day("to_on", needed=True),
    instant("since", needed=True),
    instant("opens_at", needed=True),
    instant("due_at", needed=True),
    instant("until"),
    ref("part_of_id", "report_dues", needed=False, indexed=True),
    word("state"),
    instant("next_at"),
    number("number"),
    flag("is_changed"),
    listing("doubts"),
    listing("confirmed"),
    number("confirmed_by", needed=False),
    number("prepared_by", needed=False),
    sealed("remark"),
    number("received_by", needed=False),
    instant("received_at"),
    version(),
    UniqueConstraint("rhythm", "period", "unit_id"),
    Index(None, "unit_id", "rhythm"),
)
Index(
    "ix_report_dues_due",
    report_dues.c.next_at,
    sqlite_where=text("next_at IS NOT NULL"),
    postgresql_where=text("next_at IS NOT NULL"),
)

reports = Table(
    "reports",
    metadata,
    key(),
    ref("due_id", "report_dues"),
    number("number"),
    listing("figures"),
    word("digest", size=64),
    instant("at", needed=True),
    ref("signed_by", "people"),
    ref("filed_by", "people"),
    flag("is_late"),
    number("acting_for", needed=False),
    listing("doubts"),
    sealed("remark"),
    sealed("reason"),
    version(),
    #: Two who sign in the same second: one report.
    UniqueConstraint("due_id", "number"),
)
