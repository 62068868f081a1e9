"""Who was asked at the beginning of a term whether messages arrive, and who tapped (P3)."""

from __future__ import annotations

from sqlalchemy import Table, UniqueConstraint

from storage.tables.columns import day, instant, key, ref, version
from storage.tables.metadata import metadata

drills = Table(
    "drills",
    metadata,
    key(),
    ref("person_id", "people"),
    ref("school_id", "units", indexed=True),
    day("term_on", needed=True),
    instant("sent_at", needed=True),
    instant("answered_at"),
    version(),
    UniqueConstraint("person_id", "school_id", "term_on"),
)
