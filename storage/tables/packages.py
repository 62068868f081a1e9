"""The yearly package: work plans, and rosters as they were signed."""

from __future__ import annotations

from sqlalchemy import Table, UniqueConstraint

from storage.tables.columns import instant, key, listing, number, ref, sealed, version, word
from storage.tables.metadata import metadata

work_plans = Table(
    "work_plans",
    metadata,
    key(),
    ref("due_id", "report_dues", indexed=True),
    ref("file_id", "attachments", indexed=True),
    word("sha256", size=64),
    instant("at", needed=True),
    ref("by", "people"),
    version(),
)

#: The rows of children are sealed as one text.
signed_rosters = Table(
    "signed_rosters",
    metadata,
    key(),
    ref("due_id", "report_dues"),
    number("number"),
    word("ledger"),
    listing("columns"),
    sealed("cells"),
    word("digest", size=64),
    instant("at", needed=True),
    version(),
    UniqueConstraint("due_id", "number", "ledger"),
)
