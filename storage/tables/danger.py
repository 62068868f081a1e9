"""Children in danger: opened by the head and one named person of the section alone (D18)."""

from __future__ import annotations

from sqlalchemy import Table

from storage.tables.columns import instant, key, ref, sealed, version, word
from storage.tables.metadata import metadata

dangers = Table(
    "dangers",
    metadata,
    key(),
    ref("student_id", "students", indexed=True),
    ref("opened_by", "people"),
    instant("opened_at", needed=True),
    ref("head_id", "people", needed=False),
    ref("section_id", "people", needed=False),
    sealed("note"),
    sealed("receipt"),
    ref("receipt_file_id", "attachments", needed=False),
    ref("reported_by", "people", needed=False),
    instant("reported_at"),
    word("state"),
    version(),
)
