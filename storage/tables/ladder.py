"""Papers, service, referrals to townships, closings: the upper stages of a case."""

from __future__ import annotations

from sqlalchemy import Index, Table, text

from storage.tables.columns import day, flag, instant, key, number, ref, sealed, version, word
from storage.tables.metadata import metadata

papers = Table(
    "papers",
    metadata,
    key(),
    word("kind"),
    ref("case_id", "cases", indexed=True),
    ref("student_id", "students"),
    ref("unit_id", "units"),
    word("state"),
    ref("prepared_by", "people", needed=False),
    instant("prepared_at", needed=True),
    number("round"),
    ref("referral_id", "referrals", needed=False),
    sealed("words"),
    sealed("content"),
    sealed("comment"),
    number("returns"),
    number("year", needed=False),
    number("number", needed=False),
    ref("approved_by", "people", needed=False),
    instant("approved_at"),
    number("acting_for", needed=False),
    ref("draft_file_id", "attachments", needed=False),
    ref("file_id", "attachments", needed=False),
    ref("stamped_file_id", "attachments", needed=False),
    instant("render_at"),
    version(),
    #: One series of numbers for each unit, kind and year, without reuse.
    Index("uq_papers_number", "unit_id", "kind", "year", "number", unique=True),
)
Index(
    "ix_papers_due",
    papers.c.render_at,
    sqlite_where=text("render_at IS NOT NULL"),
    postgresql_where=text("render_at IS NOT NULL"),
)

services = Table(
    "services",
    metadata,
    key(),
    ref("paper_id", "papers", indexed=True),
    ref("case_id", "cases", indexed=True),
    ref("student_id", "students"),
    word("way"),
    day("on", needed=True),
    ref("by", "people"),
    instant("at", needed=True),
    ref("proof_file_id", "attachments"),
    sealed("receiver"),
    sealed("witnesses"),
    number("acting_for", needed=False),
    version(),
)

referrals = Table(
    "referrals",
    metadata,
    key(),
    ref("case_id", "cases", indexed=True),
    ref("student_id", "students", indexed=True),
    ref("township_id", "units", indexed=True),
    flag("is_residence"),
    word("state"),
    instant("opened_at", needed=True),
    number("round"),
    instant("sent_at"),
    ref("sent_by", "people", needed=False),
    ref("receipt_file_id", "attachments", needed=False),
    instant("accepted_at"),
    ref("accepted_by", "people", needed=False),
    sealed("responsible"),
    instant("declined_at"),
    sealed("reason"),
    instant("last_contact_at"),
    version(),
)

closings = Table(
    "closings",
    metadata,
    key(),
    ref("case_id", "cases", indexed=True),
    ref("student_id", "students"),
    word("reason"),
    word("state"),
    ref("asked_by", "people"),
    instant("asked_at", needed=True),
    ref("proof_file_id", "attachments", needed=False),
    sealed("words"),
    day("until_on"),
    ref("receiving_id", "units", needed=False),
    ref("confirmed_by", "people", needed=False),
    instant("confirmed_at"),
    ref("head_by", "people", needed=False),
    instant("head_at"),
    ref("section_by", "people", needed=False),
    instant("section_at"),
    sealed("comment"),
    version(),
)
Index(
    "uq_closings_one_pending_per_case",
    closings.c.case_id,
    unique=True,
    sqlite_where=text("state IN ('at_receiver', 'at_head', 'at_section')"),
    postgresql_where=text("state IN ('at_receiver', 'at_head', 'at_section')"),
)

categories = Table(
    "categories",
    metadata,
    key(),
    ref("student_id", "students", indexed=True),
    word("kind"),
    day("from_on"),
    day("to_on"),
    word("source", needed=False, size=80),
    version(),
)
